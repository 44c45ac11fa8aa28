import Cryptography
package import Primitives

/// Where long polls wait for news of a key.
///
/// `notify` comes after the commit, never inside it; each woken waiter reads the store itself, so
/// that a lost or double wake is harmless.
package final class LongPollHub<Key: Hashable & Sendable>: Sendable {
    package enum Wake: Sendable, Equatable {
        case news
        /// Also for the oldest waiter of a key that has too many.
        case deadline
        case drain
        /// The caller's task was cancelled: its peer went away.
        case gone
    }

    private let board = Lock(Board<Key>())
    private let time: any TimeSource
    private let random: any RandomSource
    private let waitersPerKey: Int

    package init(
        time: any TimeSource,
        random: any RandomSource = SystemRandom(),
        waitersPerKey: Int = Limits.parkedWaitsPerMember
    ) {
        self.time = time
        self.random = random
        self.waitersPerKey = waitersPerKey
    }

    /// How many wait now.
    package var count: Int { board.withLock { $0.waiters.count } }

    /// Waits until there is news of `key`, at most until `deadline` (an `uptime`) less up to a
    /// tenth. `isNews` reads the store; it is asked before the waiter is registered and once more
    /// after it, which closes the race with a commit in between.
    package func wait(
        _ key: Key,
        until deadline: Duration,
        isNews: () async -> Bool
    ) async -> Wake {
        if await isNews() { return .news }
        let (id, oldest) = board.withLock { $0.register(key, atMost: waitersPerKey) }
        guard let id else { return .drain }
        if let oldest { wake(oldest, .deadline) }
        if await isNews() { wake(id, .news) }
        let end = deadline - jitter(of: deadline - time.uptime)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do throws(CancellationError) {
                    try await self.time.sleep(until: end)
                    self.wake(id, .deadline)
                } catch {
                    self.wake(id, .gone)
                }
            }
            let wake = await withCheckedContinuation { continuation in
                let early = self.board.withLock { $0.park(id, continuation) }
                if let early { continuation.resume(returning: early) }
            }
            group.cancelAll()
            return wake
        }
    }

    /// Wakes all waiters of `key`. Call it after the commit.
    package func notify(_ key: Key) {
        for id in board.withLock({ $0.order[key] ?? [] }) { wake(id, .news) }
    }

    /// Wakes everybody, spread over two seconds, and lets nobody wait from now on.
    package func drain() async {
        let ids = board.withLock { board in
            board.isDraining = true
            return board.waiters.keys.sorted()
        }
        for (place, id) in ids.enumerated() {
            do throws(CancellationError) {
                if place > 0 { try await time.sleep(for: .seconds(2) / ids.count) }
            } catch {
                // A cancelled drain is a hurried one: the rest is woken at once.
            }
            wake(id, .drain)
        }
    }

    private func wake(_ id: UInt64, _ wake: Wake) {
        board.withLock { $0.wake(id, wake) }?.resume(returning: wake)
    }

    private func jitter(of wait: Duration) -> Duration {
        max(.zero, wait) * Int(random.number(below: 1000)) / 10_000
    }
}

/// The waiters, without the waiting.
private struct Board<Key: Hashable & Sendable> {
    struct Waiter {
        let key: Key
        var continuation: CheckedContinuation<LongPollHub<Key>.Wake, Never>?
        /// A wake that came before the waiter was parked.
        var early: LongPollHub<Key>.Wake?
    }

    var waiters: [UInt64: Waiter] = [:]
    /// Oldest first.
    var order: [Key: [UInt64]] = [:]
    var isDraining = false
    private var lastID: UInt64 = 0

    /// - Returns: no id while draining; and the waiter that must go to make room.
    mutating func register(_ key: Key, atMost limit: Int) -> (id: UInt64?, oldest: UInt64?) {
        guard !isDraining else { return (nil, nil) }
        lastID += 1
        waiters[lastID] = Waiter(key: key)
        order[key, default: []].append(lastID)
        let waiting = order[key] ?? []
        return (lastID, waiting.count > limit ? waiting.first : nil)
    }

    /// - Returns: the wake that was quicker, if one was.
    mutating func park(
        _ id: UInt64,
        _ continuation: CheckedContinuation<LongPollHub<Key>.Wake, Never>
    ) -> LongPollHub<Key>.Wake? {
        guard let early = waiters[id]?.early else {
            waiters[id]?.continuation = continuation
            return nil
        }
        waiters[id] = nil
        return early
    }

    /// - Returns: whom to resume.
    mutating func wake(
        _ id: UInt64,
        _ wake: LongPollHub<Key>.Wake
    ) -> CheckedContinuation<LongPollHub<Key>.Wake, Never>? {
        guard let waiter = waiters[id], waiter.early == nil else { return nil }
        let others = (order[waiter.key] ?? []).filter { $0 != id }
        order[waiter.key] = others.isEmpty ? nil : others
        if waiter.continuation == nil {
            waiters[id]?.early = wake
        } else {
            waiters[id] = nil
        }
        return waiter.continuation
    }
}
