import Cryptography
import Delivery
import Primitives
import Storage
import TestKit

/// Somebody who stands beside every office and every line, and writes down what was said and shown.
/// What the stores hold at the end is judged by it.
final class Witness: Sendable {
    /// What a person wanted to be sent.
    struct Wish: Sendable {
        let from: MemberID
        let thread: ThreadID
        let sheetType: SheetType
        /// To how many it goes.
        let copies: Int
        let sheet: [UInt8]
        /// The software's word for this one sending.
        let word: String
        /// Where the office has said that it is queued.
        var told: MessageKey?
    }

    /// A copy as somebody saw it on a list.
    private struct Seen: Hashable, Sendable {
        let by: MemberID
        let key: MessageKey
        let to: MemberID?
    }

    private struct State: Sendable {
        var wishes: [Wish] = []
        var places: [String: Int] = [:]
        var spoken: [PartyID: [Digest: [UInt8]]] = [:]
        var seen: [Seen: DeliveryState] = [:]
        var findings: [Finding] = []
        var transcript: [String] = []
    }

    private let state: Lock<State>

    /// Somebody who knows already what was wished for.
    init(knowing wishes: [Wish] = []) {
        state = Lock(State())
        for wish in wishes { add(wish) }
    }

    var wishes: [Wish] { state.withLock { $0.wishes } }
    var findings: [Finding] { state.withLock { $0.findings } }
    var transcript: [String] { state.withLock { $0.transcript } }
    /// Every statement that has left the process of its maker.
    var spoken: [PartyID: [Digest: [UInt8]]] { state.withLock { $0.spoken } }

    func note(_ line: @autoclosure () -> String) {
        let line = line()
        state.withLock { $0.transcript.append(line) }
    }

    func find(_ kind: Finding.Kind, _ text: String) {
        state.withLock { state in
            state.findings.append(Finding(kind: kind, text: text))
            state.transcript.append("\(kind.rawValue): \(text)")
        }
    }

    func add(_ wish: Wish) {
        state.withLock { state in
            state.places[wish.word] = state.wishes.count
            state.wishes.append(wish)
        }
    }

    func queued(_ word: String, as key: MessageKey) {
        let before: MessageKey? = state.withLock { state in
            guard let place = state.places[word] else { return nil }
            defer { state.wishes[place].told = key }
            return state.wishes[place].told
        }
        if let before, before != key {
            find(.duplicated, "\(word) was queued as \(before.messageID) and \(key.messageID)")
        }
    }

    func spoke(_ party: PartyID, _ bytes: [UInt8]) {
        let digest = SHA256.hash(bytes)
        state.withLock { $0.spoken[party, default: [:]][digest] = bytes }
    }

    /// A line of the inbox as a person reads it.
    func saw(_ row: InboxRow, at member: MemberID) {
        guard let new = row.state else { return }
        saw(Seen(by: member, key: row.key, to: nil), new)
    }

    /// A line of the outbox.
    func saw(_ row: OutboxRow, from member: MemberID) {
        let key = MessageKey(from: member, messageID: row.message)
        for copy in row.copies { saw(Seen(by: member, key: key, to: copy.to), copy.state) }
    }

    private func saw(_ seen: Seen, _ new: DeliveryState) {
        let old = state.withLock { state in
            defer { state.seen[seen] = new }
            return state.seen[seen]
        }
        guard let old, old != new else {
            if old == nil { note("\(seen.by) sees \(seen.key.messageID) \(new)") }
            return
        }
        note("\(seen.by) sees \(seen.key.messageID) \(old) -> \(new)")
        guard !Self.follows(old, new) else { return }
        find(.contradiction, "\(seen.by) saw \(seen.key.messageID) go from \(old) to \(new)")
    }

    /// States never move backwards, and an end stays; a receipt that comes late disproves 不達.
    static func follows(_ old: DeliveryState, _ new: DeliveryState) -> Bool {
        if old == .undeliverable { return new != .queued && new != .draft }
        if old.isEnd { return false }
        return new.isEnd || new.rank >= old.rank
    }
}

/// What is wrong after a run.
struct Finding: Sendable {
    enum Kind: String, Sendable { case lost, duplicated, contradiction }
    let kind: Kind
    let text: String
}

extension Witness {
    /// A statement that the exchange has passed on: its own, or a member's that it now vouches to
    /// have.
    func carried(_ bytes: [UInt8], by exchange: ExchangeID) { spoke(PartyID(exchange), bytes) }
}
