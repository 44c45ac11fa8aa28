import Audit
import Cryptography
import Delivery
import Directory
import Primitives
import Storage
import TestKit
import Testing

private typealias World = StorageWorld

/// The end of what is kept of a patient, in every store.
struct ErasureContractTests {
    private static let received = World.key(2, from: World.office)

    private static func key(
        _ subject: String,
        _ place: GatewayStorePlace
    ) async throws -> Int64 {
        let key = WrappedDataKey(
            use: .columns,
            fiscalYear: 2026,
            subject: subject.bytes,
            wrapped: "wrapped \(subject)".bytes,
            createdAt: World.start
        )
        return try await place.store.keepDataKey(key).reference
    }

    private static func column(_ key: Int64) -> SealedColumn {
        SealedColumn(keyReference: key, bytes: "sealed under \(key)".bytes)
    }

    private static func sent(_ key: Int64) -> OutboxRow {
        let row = World.outbox(1)
        return OutboxRow(
            message: row.message,
            thread: row.thread,
            sheetType: row.sheetType,
            urgency: row.urgency,
            inReplyTo: nil,
            replaces: nil,
            createdAt: row.createdAt,
            holdUntil: row.holdUntil,
            expiresAt: row.expiresAt,
            draft: column(key),
            copies: row.copies,
            isSealed: false,
            wasAttempted: false,
            blockedFor: nil,
            revision: 1
        )
    }

    private static func inbox(_ key: Int64) -> InboxRow {
        let row = World.inbox(2)
        return InboxRow(
            key: row.key,
            state: row.state,
            urgency: row.urgency,
            receivedAt: row.receivedAt,
            expiresAt: row.expiresAt,
            movedAt: row.movedAt,
            sealedSha256: row.sealedSha256,
            reason: nil,
            sheet: InboxSheet(
                thread: World.thread,
                sheetType: World.sheetType,
                contentSha256: World.digest("content 2"),
                inReplyTo: nil,
                desk: nil,
                replyDueAt: nil,
                sealed: column(key)
            ),
            revision: 1
        )
    }

    /// A sent message under two keys, a received one under another, and a record.
    private static func fill(
        _ place: GatewayStorePlace,
        _ keys: (one: Int64, two: Int64, other: Int64)
    ) async throws {
        let sent = sent(keys.one)
        let content = column(keys.two)
        let bytes = OutboxBytes(routing: [1], submission: [2], sealed: [3], content: content)
        let inboxBytes = InboxBytes(
            routing: [1],
            submission: [2],
            sealed: [3],
            accepted: [4],
            content: column(keys.other)
        )
        let slot = StatementSlot.copy(.delivered, received, World.hospital)
        let receipt = World.statement(.delivered, slot, by: PartyID(World.hospital))
        let to = World.office
        let awaited = ExpectationName(World.key(1), to, .delivered)
        _ = try await place.store.commit(
            World.act(
                .queue(sent),
                .seal(sent.message, bytes),
                .moveOutbox(sent.message, to: to, .delivered, at: World.at(9)),
                .receive(inbox(keys.other), inboxBytes),
                .receipt(receipt, disclosure: column(1)),
                .send(receipt.sha256),
                .expect(ExpectationRow(awaited, due: World.at(5))),
                .record(.paper, World.recordID("p"), column(keys.one), at: World.at(3))
            )
        )
    }

    private static func holdings(_ one: Int64, _ two: Int64, _ other: Int64) -> Set<Holding> {
        [
            Holding(
                .sent(World.messageID(1)),
                thread: World.thread,
                movedAt: World.at(9),
                keys: [one, two]
            ),
            Holding(
                .received(received),
                thread: World.thread,
                movedAt: World.at(2),
                isMoving: true,
                keys: [other]
            ),
            Holding(.record(.paper, World.recordID("p")), movedAt: World.at(3), keys: [one]),
        ]
    }

    private static func erasure(
        _ holdings: [Holding.Name],
        _ leaves: [LeafPosition] = []
    ) -> Erasure {
        Erasure(by: World.hospital, of: holdings, leaves: leaves, sparing: [1])
    }

    @Test(arguments: StoreEngine.allCases)
    func `a message goes with all that hangs on it, and its keys when nothing is under them`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        let store = place.store
        _ = try await Self.key("", place)
        let one = try await Self.key("one", place)
        let two = try await Self.key("two", place)
        let other = try await Self.key("other", place)
        try await Self.fill(place, (one, two, other))
        let held = try await store.ask { try $0.holdings() }
        #expect(Set(held) == Self.holdings(one, two, other))

        _ = try await store.commit(
            World.act(.erase(Self.erasure([.sent(World.messageID(1))])))
        )
        #expect(try await store.ask { try $0.outbox(World.messageID(1)) } == nil)
        #expect(try await store.ask { try $0.outboxBytes(of: World.messageID(1)) } == nil)
        #expect(try await store.ask { try $0.draft(of: World.messageID(1)) } == nil)
        #expect(try await store.ask { try $0.outbox(thread: World.thread) }.isEmpty)
        #expect(try await store.ask { try $0.expectations(of: World.key(1)) }.isEmpty)
        #expect(try await store.ask { try $0.isErased(World.key(1)) })
        #expect(try await store.ask { try $0.isErased(Self.received) } == false)
        // The paper route is under the one, so that only the other is spent.
        #expect(try await store.ask { try $0.spentKeys() } == [two])
        await #expect(throws: StoreError.conflict(nil)) {
            try await store.commit(
                World.act(.record(.draft, World.recordID("d"), Self.column(two), at: World.start))
            )
        }
        #expect(try await store.destroySpentKeys() == 1)
        #expect(try await store.destroySpentKeys() == 0)
        #expect(try await store.dataKey(two) == nil)
        #expect(try await store.dataKey(one) != nil)
        #expect(try await store.dataKey(of: "two".bytes, in: 2026) == nil)

        let rest: [Holding.Name] = [
            .received(Self.received), .record(.paper, World.recordID("p")),
        ]
        _ = try await store.commit(World.act(.erase(Self.erasure(rest))))
        #expect(try await store.ask { try $0.holdings() }.isEmpty)
        #expect(try await store.ask { try $0.inboxBytes(of: Self.received) } == nil)
        #expect(try await store.ask { try $0.inbox(content: World.digest("content 2")) } == nil)
        #expect(try await store.ask { try $0.receipts(of: Self.received) }.isEmpty)
        #expect(try await store.ask { try $0.unsentStatements(limit: 9) }.isEmpty)
        #expect(try await store.destroySpentKeys() == 2)
        // What is not there cannot go.
        await #expect(throws: StoreError.conflict(nil)) {
            try await store.commit(
                World.act(.erase(Self.erasure([.record(.paper, World.recordID("p"))])))
            )
        }
    }

    @Test(arguments: StoreEngine.allCases)
    func `with a paper route goes what was said of its emergency`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        _ = try await Self.key("", place)
        let key = try await Self.key("one", place)
        let name = World.recordID(World.messageID(7).text)
        let row = EmergencyRow(
            id: World.demand(EmergencyID("7f1c0a52-3a57-4d43-9d0e-000000000001")),
            .consent,
            World.key(7),
            by: nil,
            at: World.at(1),
            sealed: Self.column(key)
        )
        _ = try await place.store.commit(
            World.act(
                .record(.paper, name, Self.column(1), at: World.at(1)),
                .emergency(row)
            )
        )
        #expect(try await place.store.ask { try $0.holdings() }.map(\.keys) == [[1, key]])
        _ = try await place.store.commit(
            World.act(.erase(Self.erasure([.record(.paper, name)])))
        )
        #expect(try await place.store.ask { try $0.waitingEmergencyCount() } == 0)
        #expect(try await place.store.ask { try $0.spentKeys() } == [key])
        // What was erased is not taken in again.
        let late = World.inbox(7)
        let again = InboxRow(
            key: World.key(7),
            state: .refused,
            urgency: late.urgency,
            receivedAt: late.receivedAt,
            expiresAt: late.expiresAt,
            movedAt: late.movedAt,
            sealedSha256: late.sealedSha256,
            reason: nil,
            sheet: nil,
            revision: 1
        )
        await #expect(throws: StoreError.conflict(nil)) {
            _ = try await place.store.commit(World.act(.receive(again, nil)))
        }
    }

    @Test(arguments: StoreEngine.allCases)
    func `leaves stay, without what tells of the patient`(engine: StoreEngine) async throws {
        let place = try await GatewayStorePlace(engine)
        _ = try await Self.key("", place)
        let key = try await Self.key("one", place)
        let personal = DataKey(
            reference: key,
            secret: SecretBytes(copying: Array(repeating: 7, count: 32)),
            random: SeededRandom(seed: 1)
        )
        var facts = AuditFacts(
            .messageQueued,
            by: Agent(
                .person,
                name: "佐藤花子",
                role: World.demand(RoleCode("nurse")),
                assurance: .none
            ),
            for: PartyID(World.hospital),
            on: .message(World.messageID(1)),
            at: World.start
        )
        let patient = AuditPatient("架空 花子")
        facts.patient = patient
        let entry = AuditEntry(facts, in: .access, random: SeededRandom(seed: 2))
        let keys = EntryKeys(year: World.dataKey, patients: [patient: personal])
        let change = Proposal<GatewayWrite>(expects: []) { _ in ([], [entry]) }.completed([])
            .sealed(in: World.trees, by: keys)
        let position = try await place.store.commit(change).positions[0]
        let tags = [
            World.dataKey.tag(.patient, patient.term.bytes),
            World.dataKey.tag(.message, World.messageID(1).text.bytes),
        ]
        let actor = World.dataKey.tag(.actor, "佐藤花子".bytes)
        for tag in tags + [actor] {
            #expect(try await place.store.ask { try $0.isTagged(position, tag) })
        }
        let leaf = try await place.store.ask { try $0.leaf(at: position) }
        _ = try await place.store.commit(World.act(.erase(Self.erasure([], [position]))))
        #expect(try await place.store.ask { try $0.leaf(at: position) } == leaf)
        let left = try await place.store.ask { try $0.openings(at: position) }
        #expect(left.map(\.field) == [.actorName])
        for tag in tags {
            #expect(try await place.store.ask { try $0.isTagged(position, tag) } == false)
        }
        #expect(try await place.store.ask { try $0.isTagged(position, actor) })
        #expect(try await place.store.ask { try $0.spentKeys() } == [key])
    }
}
