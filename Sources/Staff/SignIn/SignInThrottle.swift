import Primitives

/// Makes whoever fails wait: for each 職員ID and for each address, known or not.
///
/// An attempt counts as failed until it says that it was not, so that many at once are no more
/// guesses than one after the other.
struct SignInThrottle: Sendable {
    private var names: [ByteText: Tries] = [:]
    private var addresses: [ByteText: Tries] = [:]

    /// The failures of one name or address.
    private struct Tries {
        var recent: [Duration] = []
        /// How often a wait was added; each is twice as long as the one before.
        var waits = 0
        var until = Duration.zero
        /// Whether the wait that runs was said.
        var isTold = false

        mutating func fail(at now: Duration) {
            recent = recent.filter { now - $0 < SignInThrottle.window } + [now]
            guard waits > 0 || recent.count >= SignInThrottle.freeFailures else { return }
            let wait = SignInThrottle.firstWait * (1 << min(waits, 10))
            until = now + min(wait, SignInThrottle.longestWait)
            waits += 1
            isTold = false
        }

        mutating func takeBack(_ moment: Duration) {
            if let place = recent.lastIndex(of: moment) { recent.remove(at: place) }
            guard waits > 0 else { return }
            waits -= 1
            until = moment
        }

        func isOver(at now: Duration) -> Bool {
            until + SignInThrottle.window <= now
                && recent.allSatisfy { now - $0 >= SignInThrottle.window }
        }
    }

    static let freeFailures = 5
    static let window = Duration.minutes(15)
    static let firstWait = Duration.seconds(15)
    static let longestWait = Duration.minutes(15)

    /// An attempt that may go on.
    struct Attempt: Sendable {
        fileprivate let name: ByteText
        fileprivate let address: ByteText
        fileprivate let at: Duration
    }

    enum Answer: Sendable {
        case go(Attempt)
        /// - Parameter isNew: nobody was told of this wait before.
        case wait(Duration, isNew: Bool)
    }

    mutating func admit(_ name: String, from address: String, at now: Duration) -> Answer {
        let (name, address) = (ByteText(name), ByteText(address))
        let until = max(names[name]?.until ?? .zero, addresses[address]?.until ?? .zero)
        guard until <= now else {
            let isNew = [names[name], addresses[address]].contains { tries in
                tries.map { !$0.isTold && $0.until > now } ?? false
            }
            names[name]?.isTold = true
            addresses[address]?.isTold = true
            return .wait(until - now, isNew: isNew)
        }
        Self.fail(&names, name, now)
        Self.fail(&addresses, address, now)
        return .go(Attempt(name: name, address: address, at: now))
    }

    /// The attempt succeeded: its name begins anew. Of the address only this one is taken back, or
    /// an own account would buy guesses at others.
    mutating func succeed(_ attempt: Attempt) {
        names[attempt.name] = nil
        addresses[attempt.address]?.takeBack(attempt.at)
    }

    /// The attempt was not judged.
    mutating func forgive(_ attempt: Attempt) {
        names[attempt.name]?.takeBack(attempt.at)
        addresses[attempt.address]?.takeBack(attempt.at)
    }

    var count: Int { names.count + addresses.count }

    private static func fail(_ all: inout [ByteText: Tries], _ key: ByteText, _ now: Duration) {
        if all[key] == nil, all.count >= Limits.throttledNames {
            all = all.filter { !$0.value.isOver(at: now) }
            // Whoever fills the table loses the oldest of it, not what is guarded now.
            if all.count >= Limits.throttledNames,
                let oldest = all.min(by: { $0.value.until < $1.value.until })?.key
            {
                all[oldest] = nil
            }
        }
        all[key, default: Tries()].fail(at: now)
    }
}
