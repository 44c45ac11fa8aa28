import Primitives
import Testing

@testable import Audit

struct AuditEntryTests {
    static func opened() -> AuditFacts {
        var act = AuditFacts(
            .sheetOpened,
            by: AuditWorld.nurse,
            for: PartyID(AuditWorld.hospital),
            on: .part(AuditWorld.demand(ObjectName("sheet.json")), of: AuditWorld.message),
            at: AuditWorld.time
        )
        act.peer = PartyID(AuditWorld.office)
        act.purpose = .emergency
        act.patient = AuditPatient("0123456789")
        act.consent = #"{"basis":"written"}"#
        act.network = "192.0.2.1"
        act.details = "救急搬送のため"
        act.statementSha256 = AuditWorld.statement
        return act
    }

    static func sealed(_ act: AuditFacts, in origin: TreeOrigin) -> SealedAuditEntry {
        AuditEntry(act, in: origin.kind, random: CountingRandom())
            .sealed(origin: origin, by: AuditWorld.dataKey())
    }

    @Test func `nothing personal is in the leaf, the sealed openings or a description`() {
        let act = AuditEntryTests.opened()
        let sealed = AuditEntryTests.sealed(act, in: AuditWorld.access)
        let leaf = sealed.leaf(at: AuditWorld.time, source: AuditWorld.source)
        let stored =
            String(decoding: leaf.bytes, as: UTF8.self)
            + sealed.openings.map { String(decoding: $0.sealed, as: UTF8.self) }.joined()
            + "\(act) \(String(reflecting: [act])) \(act.agent) \(String(reflecting: act.agent))"
            + String(reflecting: AuditEntry(act, in: .access, random: CountingRandom()).openings)
        for secret in ["佐藤", "0123456789", "written", "192.0.2.1", "救急搬送"] {
            #expect(!stored.contains(secret))
        }
    }

    @Test func `every commitment of the leaf opens to its value`() throws {
        let sealed = AuditEntryTests.sealed(AuditEntryTests.opened(), in: AuditWorld.access)
        let expected: [CommitmentField: String] = [
            .actorName: "看護師 佐藤花子", .patient: "0123456789", .network: "192.0.2.1",
            .consent: #"{"basis":"written"}"#, .details: "救急搬送のため",
        ]
        #expect(Set(sealed.openings.map(\.field)) == Set(expected.keys))
        let bytes = sealed.leaf(at: AuditWorld.time, source: AuditWorld.source).bytes
        let facts = try AuditLeaf(reading: bytes, in: .access).facts
        for row in sealed.openings {
            let commitment = try #require(facts.commitment(row.field))
            let opening = try row.open(
                commitment,
                origin: AuditWorld.access,
                by: AuditWorld.dataKey()
            )
            #expect(facts.holds(opening))
            #expect(opening.value.hasSameBytes(as: expected[row.field] ?? ""))
            #expect(!facts.holds(Opening(row.field, "other", salt: opening.salt)))
        }
    }

    @Test func `an opening opens in its tree, field and leaf alone`() throws {
        let sealed = AuditEntryTests.sealed(AuditEntryTests.opened(), in: AuditWorld.access)
        let row = try #require(sealed.openings.first { $0.field == .patient })
        let right = try #require(sealed.facts.commitment(.patient))
        let wrong = try #require(sealed.facts.commitment(.network))
        let renamed = SealedOpening(field: .network, keyReference: 1, sealed: row.sealed)
        let cut = SealedOpening(field: .patient, keyReference: 1, sealed: [])
        let tries: [(SealedOpening, Commitment, TreeOrigin, DataKey)] = [
            (row, wrong, AuditWorld.access, AuditWorld.dataKey()),
            (row, right, AuditWorld.transport, AuditWorld.dataKey()),
            (row, right, AuditWorld.access, AuditWorld.dataKey(2)),
            (renamed, right, AuditWorld.access, AuditWorld.dataKey()),
            (cut, right, AuditWorld.access, AuditWorld.dataKey()),
        ]
        for (row, commitment, origin, key) in tries {
            #expect(throws: AuditRefusal.wrongOpening) {
                try row.open(commitment, origin: origin, by: key)
            }
        }
    }

    @Test func `in transport neither party nor message is named`() throws {
        var act = AuditFacts(
            .messageDelivered,
            by: .member,
            for: PartyID(AuditWorld.exchange),
            on: .statement(AuditWorld.statement, of: AuditWorld.message),
            at: AuditWorld.time
        )
        act.peer = PartyID(AuditWorld.hospital)
        act.statementSha256 = AuditWorld.statement
        let sealed = AuditEntryTests.sealed(act, in: AuditWorld.transport)
        let leaf = sealed.leaf(at: AuditWorld.time, source: AuditWorld.source)
        let text = String(decoding: leaf.bytes, as: UTF8.self)
        #expect(!text.contains(AuditWorld.hospital.text))
        #expect(!text.contains(AuditWorld.message.text))
        #expect(sealed.facts.object.sha256 == nil)
        #expect(sealed.openings.map(\.field) == [.object, .peer])
        #expect(
            sealed.tags == [
                AuditWorld.dataKey().tag(.message, AuditWorld.message.text.bytes)
            ]
        )
    }

    @Test func `in access parties and messages are named, accounts and consents are not`() {
        let opened = AuditEntryTests.sealed(AuditEntryTests.opened(), in: AuditWorld.access)
        #expect(opened.facts.peer == .named(PartyID(AuditWorld.office)))
        let name = ObjectName("\(AuditWorld.message)/sheet.json").map(LeafObject.Name.clear)
        #expect(opened.facts.object.name == name)
        var act = AuditFacts(
            .consentRecorded,
            by: AuditWorld.nurse,
            for: PartyID(AuditWorld.hospital),
            on: .consent(ConsentRecordID.make(CountingRandom())),
            at: AuditWorld.time
        )
        act.patient = AuditPatient("0123456789")
        let consent = AuditEntryTests.sealed(act, in: AuditWorld.access)
        #expect(consent.facts.commitment(.object) != nil)
        #expect(consent.facts.purpose == .care)
    }

    @Test func `a leaf is found by person, patient, message and desk`() {
        let sealed = AuditEntryTests.sealed(AuditEntryTests.opened(), in: AuditWorld.access)
        let key = AuditWorld.dataKey()
        #expect(
            sealed.tags == [
                key.tag(.actor, "看護師 佐藤花子".bytes), key.tag(.patient, "0123456789".bytes),
                key.tag(.message, AuditWorld.message.text.bytes), key.tag(.desk, "liaison".bytes),
            ]
        )
        #expect(sealed.statementSha256 == AuditWorld.statement)
    }

    @Test func `objects are named by their identifiers`() throws {
        let key = try #require(KeyID(String(repeating: "0", count: 40)))
        let digest = AuditWorld.statement
        let objects: [(AuditObject, ObjectKind, String)] = [
            (.message(AuditWorld.message), .message, AuditWorld.message.text),
            (.statement(digest), .statement, digest.hex),
            (.list(issuer: key, number: 7, sha256: digest), .statement, "\(key)-7"),
            (.certificate(key, sha256: digest), .certificate, key.text),
            (.account(PartyID(AuditWorld.office)), .account, AuditWorld.office.text),
            (.setting(AuditWorld.demand(AuditReason("process"))), .setting, "process"),
            (.tree(AuditWorld.access), .tree, AuditWorld.access.text),
            (.report(digest), .report, digest.hex),
            (.part(SheetID.make(CountingRandom())), .part, SheetID.make(CountingRandom()).text),
        ]
        for (object, kind, name) in objects {
            #expect(object.kind == kind)
            #expect(object.name.text.hasSameBytes(as: name))
        }
    }

    @Test func `an entry that the catalogue does not allow stops the program`() async {
        await #expect(processExitsWith: .failure) {
            var act = AuditEntryTests.opened()
            act.purpose = .system
            _ = AuditEntry(act, in: .access, random: CountingRandom())
        }
        await #expect(processExitsWith: .failure) {
            _ = AuditEntry(AuditEntryTests.opened(), in: .transport, random: CountingRandom())
        }
    }

    @Test(arguments: ["", "free text", "氏名", "a\"b", String(repeating: "a", count: 129)])
    func `free text is no object name`(text: String) {
        #expect(ObjectName(text) == nil)
    }

    @Test(arguments: ["", "Nurse", "看護師", "a b", "1a", String(repeating: "a", count: 33)])
    func `free text is no code`(text: String) {
        #expect(AuditReason(text) == nil)
        #expect(RoleCode(text) == nil)
    }
}
