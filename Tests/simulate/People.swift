import Delivery
import Directory
import Gateway
import Primitives
import Sheets
import Storage
import TestKit

/// The people of a district's offices, and what they do by the dice: they send, take back, read,
/// confirm and answer.
final class People: Sendable {
    /// What was queued while a month ran.
    struct Sent: Sendable {
        let key: MessageKey
        let at: Timestamp
        let isAnswer: Bool
    }

    private struct State: Sendable {
        var senders: [Int] = []
        /// Of each ward.
        var recipients: [[Int]] = []
        var sent: [Sent] = []
        /// Of them and of those that are being written: no lane begins one too many.
        var begun = 0
        var refused: [String: Int] = [:]
        /// Where somebody was told that nothing can be sent to.
        var avoided: Set<Int> = []
        /// Who will be taken back within the hour.
        var regretted: [(from: Int, message: MessageID)] = []
        /// Whose lists have changed.
        var toRead: Set<Int> = []
        var ignored: Set<MessageKey> = []
        var gone: [Int: Gone] = [:]
        var places: [MemberID: Int] = [:]
    }

    private struct Gone: Sendable {
        let at: Timestamp
        let isRevoked: Bool
    }

    private let district: District
    private let state = Lock(State())

    init(_ district: District) { self.district = district }

    private var dice: Dice { district.scene.dice }
    private var witness: Witness { district.scene.witness }
    var sent: [Sent] { state.withLock { $0.sent } }
    /// By the code of the own office.
    var refused: [String: Int] { state.withLock { $0.refused } }

    /// All are there.
    func settle() {
        let houses = district.houses
        state.withLock { state in
            let wards = (houses.map(\.ward).max() ?? 0) + 1
            state.recipients = Array(repeating: [], count: wards)
            for (number, house) in houses.enumerated() {
                state.places[house.member] = number
                if house.kind == .careOffice {
                    state.senders.append(number)
                } else {
                    state.recipients[house.ward].append(number)
                }
            }
        }
    }

    // MARK: Who is gone

    /// Some that are still there.
    func choose(_ count: Int, of kinds: [World.Place]) -> [Int] {
        let houses = district.houses
        var chosen: [Int] = []
        while chosen.count < count {
            let number = dice.below(houses.count)
            guard kinds.contains(houses[number].kind), !isGone(number), !chosen.contains(number)
            else { continue }
            chosen.append(number)
        }
        return chosen
    }

    func revoke(_ number: Int) { go(number, isRevoked: true) }
    func leave(_ number: Int) { go(number, isRevoked: false) }

    private func go(_ number: Int, isRevoked: Bool) {
        let gone = Gone(at: district.time.now, isRevoked: isRevoked)
        state.withLock { $0.gone[number] = gone }
    }

    private func isGone(_ number: Int) -> Bool { state.withLock { $0.gone[number] != nil } }

    /// Whose keys were revoked, and when.
    var revoked: [MemberID: Timestamp] { gone { $0.isRevoked } }
    var left: [MemberID: Timestamp] { gone { !$0.isRevoked } }

    private func gone(_ isWanted: (Gone) -> Bool) -> [MemberID: Timestamp] {
        let houses = district.houses
        let gone = state.withLock { $0.gone }
        return Dictionary(
            uniqueKeysWithValues: gone.filter { isWanted($0.value) }.map {
                (houses[$0.key].member, $0.value.at)
            }
        )
    }

    // MARK: What they do

    /// Whose lists have changed look at them within the hour.
    func meet(_ numbers: Set<Int>) { state.withLock { $0.toRead.formUnion(numbers) } }

    /// They take back, read and answer, and send until so much has been sent in all.
    func act(until total: Int) async throws {
        let (regretted, toRead) = state.withLock { state in
            defer { (state.regretted, state.toRead) = ([], []) }
            return (state.regretted, state.toRead)
        }
        for one in regretted where !isGone(one.from) { await takeBack(one.message, from: one.from) }
        try await district.lanes.each(toRead.sorted().filter { !isGone($0) }) { number in
            await self.read(at: number, until: total)
        }
        // Where nobody can send anything more it is for the judges to say so.
        for _ in 0..<20 {
            let senders = state.withLock { $0.senders }.filter { !isGone($0) }
            let missing = total - state.withLock { $0.begun }
            guard missing > 0, !senders.isEmpty else { break }
            let chosen = (0..<missing).map { _ in dice.pick(senders) }
            try await district.lanes.each(chosen) { await self.send(from: $0) }
        }
    }

    /// - Returns: false where enough has been begun.
    private func begin(until total: Int) -> Bool {
        state.withLock { state in
            guard state.begun < total else { return false }
            state.begun += 1
            return true
        }
    }

    func send(from number: Int) async {
        guard begin(until: .max) else { return }
        if await !write(from: number) { state.withLock { $0.begun -= 1 } }
    }

    /// A sheet to somebody of the same ward; every tenth goes to two.
    ///
    /// - Returns: whether it was queued.
    private func write(from number: Int) async -> Bool {
        let house = district.houses[number]
        let known = state.withLock { state in
            state.recipients[house.ward].filter { !state.avoided.contains($0) }
        }
        guard !known.isEmpty else { return false }
        var recipients = [dice.pick(known)]
        if dice.isOne(of: 10) { recipients = Set(recipients + [dice.pick(known)]).sorted() }
        let thread = ThreadID.make(SeededRandom(seed: dice.seed()))
        let urgency = dice.pick(["routine", "routine", "routine", "routine", "soon", "emergency"])
        let parties = recipients.map { district.houses[$0].party }
        let wish = wish("careLiaison", thread, from: house, to: recipients.count) {
            try Letters.liaison(from: house.party, to: parties, urgency, thread: thread)
        }
        guard let wish else { return false }
        guard let message = await say(wish, from: number, isAnswer: false) else {
            // Of two nobody knows which it was.
            if recipients.count == 1 { state.withLock { $0.avoided.formUnion(recipients) } }
            return false
        }
        if dice.isOne(of: 80) {
            await takeBack(message, from: number)
        } else if dice.isOne(of: 40) {
            state.withLock { $0.regretted.append((number, message)) }
        }
        return true
    }

    private func wish(
        _ type: String,
        _ thread: ThreadID,
        from house: District.House,
        to copies: Int,
        _ sheet: () throws -> [UInt8]
    ) -> Witness.Wish? {
        guard let type = SheetType(type) else { preconditionFailure("a fixed type") }
        do {
            let wish = Witness.Wish(
                from: house.member,
                thread: thread,
                sheetType: type,
                copies: copies,
                sheet: try sheet(),
                word: "\(type) \(thread) from \(house.member)"
            )
            witness.add(wish)
            return wish
        } catch {
            witness.find(.contradiction, "no sheet: \(error)")
            return nil
        }
    }

    private func say(_ wish: Witness.Wish, from number: Int, isAnswer: Bool) async -> MessageID? {
        let house = district.houses[number]
        guard let gateway = house.side.gateway else { return nil }
        do throws(GatewayError) {
            let request = SendRequest(sheet: wish.sheet)
            let queued = try await gateway.send(request, by: Town.careManager)
            let key = MessageKey(from: house.member, messageID: queued.messageID)
            witness.queued(wish.word, as: key)
            let sent = Sent(key: key, at: district.time.now, isAnswer: isAnswer)
            state.withLock { $0.sent.append(sent) }
            district.hasWork(number)
            return queued.messageID
        } catch {
            state.withLock { $0.refused[error.code, default: 0] += 1 }
            return nil
        }
    }

    private func takeBack(_ message: MessageID, from number: Int) async {
        guard let gateway = district.houses[number].side.gateway else { return }
        do throws(GatewayError) {
            _ = try await gateway.withdraw(message, because: .other, by: Town.careManager)
            district.hasWork(number)
        } catch { witness.note("\(message) is not taken back: \(error.code)") }
    }

    /// One sheet in ten is left for another day, one in five is opened, all others are confirmed;
    /// about half of those that came from care managers are answered.
    private func read(at number: Int, until total: Int) async {
        let house = district.houses[number]
        guard let store = house.side.store else { return }
        do throws(StoreError) {
            let rows = try await store.read { stored throws(StoreError) in
                try stored.inbox(state: .delivered, limit: 50)
            }
            for row in rows.reversed() where !state.withLock({ $0.ignored.contains(row.key) }) {
                await read(row, at: number, until: total)
            }
        } catch { witness.find(.contradiction, "\(house.member) cannot look: \(error)") }
    }

    private func read(_ row: InboxRow, at number: Int, until total: Int) async {
        guard let gateway = district.houses[number].side.gateway else { return }
        let fate = dice.below(10)
        guard fate > 0 else { return state.withLock { _ = $0.ignored.insert(row.key) } }
        do throws(GatewayError) {
            if fate < 3 {
                _ = try await gateway.open(row.key, by: Town.nurse)
            } else {
                try await gateway.confirm(row.key, by: Town.nurse)
            }
            district.hasWork(number)
        } catch { witness.note("\(row.key.messageID) is not read: \(error.code)") }
        guard dice.isOne(of: 2), begin(until: total) else { return }
        if await !answer(row, from: number) { state.withLock { $0.begun -= 1 } }
    }

    /// - Returns: whether an answer was queued.
    private func answer(_ row: InboxRow, from number: Int) async -> Bool {
        let house = district.houses[number]
        guard house.kind != .careOffice, let thread = row.sheet?.thread,
            let sender = state.withLock({ $0.places[row.key.from] })
        else { return false }
        let sheetID = SheetID.make(SeededRandom(seed: dice.seed()))
        let party = district.houses[sender].party
        let wish = wish("careLiaisonReply", thread, from: house, to: 1) {
            try Letters.reply(from: house.party, to: party, thread, as: sheetID)
        }
        guard let wish else { return false }
        return await say(wish, from: number, isAnswer: true) != nil
    }
}
