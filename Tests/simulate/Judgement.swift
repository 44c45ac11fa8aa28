import Audit
import Cryptography
import Delivery
import Directory
import Exchange
import Gateway
import Primitives
import Storage
import TestKit

/// Looks into all stores after a world has come to rest, and compares them with what the witness
/// has seen and with one another.
struct Judgement {
    private let remains: Remains
    private let lanes: Lanes

    init(_ remains: Remains, _ lanes: Lanes = .one) {
        self.remains = remains
        self.lanes = lanes
    }

    init(_ world: SimulatedWorld) throws {
        self.init(try Remains(world.exchange, world.offices, world.scene.witness))
    }

    private var witness: Witness { remains.witness }
    private var view: DirectoryView { remains.view }
    private var exchange: ModelExchangeStore { remains.exchange }

    func judge() async throws -> SeedReport.Counts {
        let logs = LogBook(view, witness)
        // The exchange's logs are by far the longest: they come first, beside the others.
        try await lanes.each([nil] + remains.offices) { office in
            guard let office else { return try await logs.add(exchange) }
            try await logs.add(office.store, of: office.member)
        }
        try await lanes.each(logs.spoken) { logs.judge($0.value, $0.key) }
        let counts = Lock(SeedReport.Counts())
        try await lanes.each(witness.wishes) { wish in
            let found = try await self.judge(wish)
            counts.withLock { $0.add(found) }
        }
        try await lanes.each(remains.offices) { try await self.judgeInbox(of: $0) }
        try await lanes.each(remains.offices) { try await self.judgeExchange(of: $0) }
        try await lanes.each(remains.offices) { try await self.judgeDays(of: $0) }
        return counts.withLock { $0 }
    }

    /// Of every message whose time is over its sender has been told, unless its copy is with the
    /// recipient and only the recipient can tell.
    func judgeSilence(of member: MemberID) async throws {
        let office = try remains.office(member)
        let rows = try await office.store.read { stored throws(StoreError) in
            try stored.outbox(state: nil, limit: .max)
        }
        for row in rows where row.expiresAt.adding(.hours(1)) < office.now {
            let key = MessageKey(from: office.member, messageID: row.message)
            for copy in row.copies where copy.state == .queued || copy.state == .accepted {
                let there = try await exchange.read { stored throws(StoreError) in
                    try stored.copy(key, to: copy.to)?.state
                }
                guard there != .released else { continue }
                witness.find(.lost, "nobody was told what became of \(row.message)")
            }
        }
    }

    /// Of a member whose key was revoked nothing more was accepted.
    func judgeRevoked(_ member: MemberID, since: Timestamp) async throws {
        let late = try await exchange.read { stored throws(StoreError) in
            try stored.deliveries(of: member, state: nil, after: 0, limit: .max)
                .filter { $0.message.acceptedAt > since }
        }
        for delivery in late {
            witness.find(.contradiction, "\(delivery.message.key.messageID) was accepted too late")
        }
    }

    // MARK: One message

    private func judge(_ wish: Witness.Wish) async throws -> SeedReport.Counts {
        var counts = SeedReport.Counts()
        let sender = try remains.office(wish.from)
        let rows = try await sender.store.read { stored throws(StoreError) in
            try stored.outbox(thread: wish.thread).filter { $0.sheetType == wish.sheetType }
        }
        if rows.count > 1 { witness.find(.duplicated, "\(wish.word) stands \(rows.count) times") }
        guard let told = wish.told else { return counts }
        guard let row = rows.first(where: { $0.message == told.messageID }) else {
            counts.messages += wish.copies
            witness.find(.lost, "\(wish.word) was queued and is not there")
            return counts
        }
        let message = try await exchange.read { stored throws(StoreError) in
            try stored.message(told)
        }
        for copy in row.copies {
            counts.messages += 1
            if message != nil { counts.accepted += 1 }
            try await judge(copy, of: told, &counts)
        }
        try await judgeReceipts(of: told, row, sender)
        return counts
    }

    private func judge(
        _ copy: OutboxCopy,
        of key: MessageKey,
        _ counts: inout SeedReport.Counts
    ) async throws {
        let there = try await exchange.read { stored throws(StoreError) in
            try stored.copy(key, to: copy.to)?.state
        }
        let recipient = try remains.office(copy.to)
        let arrived = try await recipient.store.read { stored throws(StoreError) in
            try stored.inbox(key)?.state
        }
        let states = (copy.state, there, arrived)
        let text =
            "\(key.messageID): sender \(states.0), exchange \(String(describing: states.1))"
            + ", recipient \(String(describing: states.2))"
        switch states {
        case (.withdrawn, nil, nil), (.withdrawn, .withdrawn?, nil),
            (.withdrawn, .withdrawn?, .withdrawn?):
            counts.withdrawn += 1
        case (.undeliverable, nil, nil), (.expired, .expired?, nil),
            (.expired, .expired?, .expired?):
            counts.expired += 1
        case (.refused, .refused?, .refused?): counts.refused += 1
        case (.delivered, .delivered?, .delivered?), (.opened, .opened?, .opened?),
            (.confirmed, .confirmed?, .confirmed?):
            counts.delivered += 1
        case (.delivered, .delivered?, .replied?), (.opened, .opened?, .replied?),
            (.confirmed, .confirmed?, .replied?), (.replied, .delivered?, .replied?),
            (.replied, .opened?, .replied?), (.replied, .confirmed?, .replied?):
            counts.delivered += 1
        default:
            if remains.isExcused(key, copy, there, arrived) { return counts.excused += 1 }
            let isSilent = !copy.state.isEnd && arrived == nil
            witness.find(isSilent ? .lost : .contradiction, text)
        }
    }

    /// What the sender holds proves itself: chain, signatures, and the leaf each receipt promised.
    private func judgeReceipts(
        of key: MessageKey,
        _ row: OutboxRow,
        _ office: Remains.Office
    ) async throws {
        let (receipts, bytes) = try await office.store.read { stored throws(StoreError) in
            (try stored.receipts(of: key), try stored.outboxBytes(of: key.messageID))
        }
        guard let bytes else {
            guard receipts.isEmpty else {
                return witness.find(.contradiction, "\(key.messageID) was receipted unsealed")
            }
            return
        }
        let submission = try SignedStatement(reading: bytes.submission)
        let body = try submission.body(as: SubmissionStatement.self)
        guard let exchange = view.exchange else { throw WorldEnd.nobodyThere }
        for copy in row.copies {
            var chain = ReceiptChain(
                of: key,
                sealed: body.sealedSha256,
                submission: submission.sha256,
                to: copy.to,
                through: exchange
            )
            let own = receipts.filter { ($0.statement.slot.recipient ?? copy.to) == copy.to }
            for receipt in own {
                guard receipt.statement.issuer != PartyID(office.member) else {
                    chain.append(receipt.statement.type, receipt.statement.sha256)
                    continue
                }
                do {
                    let statement = try SignedStatement(reading: receipt.statement.bytes)
                    _ = try chain.verify(statement, in: view)
                    chain.append(statement.type, statement.sha256)
                    try proved(receipt, statement)
                } catch Unproved.noProof where remains.isApart(office.member, copy.to) {
                    // One of the two went away before the proof was carried.
                } catch {
                    let text = "\(receipt.statement.type) of \(key.messageID): \(error)"
                    witness.find(.contradiction, text)
                }
            }
        }
    }

    private enum Unproved: Error { case noProof, noTree }

    private func proved(_ receipt: ReceiptRow, _ statement: SignedStatement) throws {
        guard let text = statement.json["logOrigin"]?.string else { return }
        guard let proof = receipt.proof else { throw Unproved.noProof }
        guard let origin = TreeOrigin(text), let key = view.logKey(of: origin) else {
            throw Unproved.noTree
        }
        try ReceiptProof(leaf: proof.leaf, tlogProof: proof.tlogProof)
            .verify(statement, promisedIn: origin, key: key)
    }

    // MARK: Lists

    /// Nothing stands on a list twice, and nothing that nobody sent.
    private func judgeInbox(of office: Remains.Office) async throws {
        let rows = try await office.store.read { stored throws(StoreError) in
            try stored.inbox(state: nil, limit: .max)
        }
        var shown: Set<String> = []
        for row in rows {
            if row.state == nil {
                witness.find(.lost, "\(row.key.messageID) is still set apart at \(office.name)")
            }
            guard let sheet = row.sheet else { continue }
            let name = "\(sheet.sheetType) \(sheet.thread) \(row.key.from)"
            if !shown.insert(name).inserted {
                witness.find(.duplicated, "\(office.name) was shown \(name) twice")
            }
        }
    }

    /// Where no store was put back, no two offices ever knew other messages of a day.
    private func judgeDays(of office: Remains.Office) async throws {
        let alarms = try await office.store.read { stored throws(StoreError) -> [[UInt8]] in
            guard let tree = try stored.openTree(.access) else { return [] }
            let places = try stored.failures(of: .auditAlarm, in: tree.origin, 0..<tree.size)
            var leaves: [[UInt8]] = []
            for place in places {
                leaves += try stored.leaves(of: tree.origin, from: place, limit: 1)
            }
            return leaves
        }
        for bytes in alarms {
            let facts = try AuditLeaf(reading: bytes, in: .access).facts
            guard facts.reason?.text == "reconciliationDiffers" else { continue }
            if case .named(let peer) = facts.peer, let peer = peer.member,
                remains.isApart(office.member, peer)
            {
                continue
            }
            witness.find(.contradiction, "\(office.name) and a peer differ about a day")
        }
    }

    /// What the exchange has accepted of an office, that office has sent.
    private func judgeExchange(of office: Remains.Office) async throws {
        let member = office.member
        let deliveries = try await exchange.read { stored throws(StoreError) in
            try stored.deliveries(of: member, state: nil, after: 0, limit: .max)
        }
        let known = try await office.store.read { stored throws(StoreError) in
            Set(try stored.outbox(state: nil, limit: .max).map(\.message))
        }
        var seen: Set<MessageKey> = []
        for delivery in deliveries {
            let key = delivery.message.key
            if !seen.insert(key).inserted {
                witness.find(.duplicated, "\(key.messageID) was accepted twice")
            }
            if !known.contains(key.messageID) {
                witness.find(.contradiction, "\(key.messageID) was never in the outbox")
            }
        }
    }
}
