import Cryptography
import Primitives
import Testing

@testable import Audit

struct AuditLeafTests {
    static let commitment = Commitment.make(field: .object, value: [], salt: [1])

    private static func origin(_ tree: TreeKind) -> TreeOrigin {
        switch tree {
        case .keys: AuditWorld.keys
        case .transport: AuditWorld.transport
        case .access: AuditWorld.access
        }
    }

    /// The smallest facts of an event that its rule allows.
    static func facts(_ event: AuditEvent, in tree: TreeKind) throws -> LeafFacts {
        let rule = try #require(AuditCatalogue.rule(event, in: tree))
        let outcome = rule.outcomes[0]
        let reason = outcome == .success ? nil : AuditReason(rule.reasons.first ?? "other")
        let isCommitted = LeafObject.isCommitted(rule.objects[0], in: tree)
        let found = AuditLeafTests.origin(tree)
        let name = AuditWorld.demand(
            ObjectName(event == .treeRecovered ? found.text : "name-1")
        )
        let recovery = TreeRecovery(of: found, found: .empty, known: nil)
        return LeafFacts(
            event: event,
            outcome: outcome,
            reason: reason,
            organisation: PartyID(AuditWorld.exchange),
            peer: nil,
            object: LeafObject(
                kind: rule.objects[0],
                name: isCommitted ? .committed(commitment) : .clear(name),
                sha256: nil,
                stage: nil
            ),
            statementSha256: rule.recordsStatement ? AuditWorld.statement : nil,
            purpose: rule.purposes.first,
            actor: LeafActor(
                kind: rule.agents[0],
                commitment: nil,
                role: AuditWorld.nurse.role,
                assurance: .none
            ),
            network: nil,
            patient: nil,
            consent: nil,
            details: nil,
            recovery: event == .treeRecovered ? recovery : nil
        )
    }

    @Test func `a leaf has exactly these bytes`() throws {
        let leaf = AuditLeaf(
            try AuditLeafTests.facts(.messageAccepted, in: .transport),
            in: .transport,
            at: AuditWorld.time,
            source: AuditWorld.source
        )
        let expected = """
            {"action":"C","actor":{"assurance":"none","kind":"peer","role":"nurse"},\
            "at":"2026-11-21T02:03:04.567Z",\
            "object":{"id":"\(AuditLeafTests.commitment)","kind":"message"},\
            "organisation":"\(AuditWorld.exchange)","outcome":0,"purpose":"system",\
            "source":{"node":"node-1","productVersion":"0.1.0"},\
            "statementSha256":"\(AuditWorld.statement)","type":"message.accepted","version":1}
            """
        #expect(String(decoding: leaf.bytes, as: UTF8.self) == expected)
        #expect(leaf.hash == SHA256.hash([0] + expected.bytes))
    }

    @Test(arguments: TreeKind.allCases)
    func `every event of a tree is written and read back`(tree: TreeKind) throws {
        for event in AuditEvent.allCases where AuditCatalogue.rule(event, in: tree) != nil {
            let facts = try AuditLeafTests.facts(event, in: tree)
            let leaf = AuditLeaf(facts, in: tree, at: AuditWorld.time, source: AuditWorld.source)
            #expect(try AuditLeaf(reading: leaf.bytes, in: tree) == leaf, "\(event)")
        }
    }

    @Test func `every event has a tree, and no tree has the events of another`() {
        for event in AuditEvent.allCases {
            let trees = TreeKind.allCases.filter { AuditCatalogue.rule(event, in: $0) != nil }
            #expect(!trees.isEmpty, "\(event)")
            let isOfCertificates = event == .certificateIssued || event == .certificateRevoked
            #expect(
                trees == [.keys] || !trees.contains(.keys) || trees.count == 3 || isOfCertificates,
                "\(event)"
            )
        }
        #expect(AuditCatalogue.rule(.sheetOpened, in: .transport) == nil)
        #expect(AuditCatalogue.rule(.certificateIssued, in: .access) == nil)
        #expect(AuditCatalogue.rule(.processStarted, in: .keys) == nil)
        #expect(AuditCatalogue.rule(.messageAccepted, in: .transport)?.action == .create)
        #expect(AuditCatalogue.rule(.messageAccepted, in: .access)?.action == .update)
    }

    @Test(arguments: [
        AuditObject.statement(AuditWorld.statement, of: AuditWorld.message),
        .part(AuditWorld.demand(ObjectName(letters(64))), of: AuditWorld.message),
        .message(AuditWorld.message, sha256: AuditWorld.statement),
    ])
    func `the greatest leaf stays within the limit`(object: AuditObject) throws {
        var object = object
        object.stage = AuditWorld.demand(AuditReason(AuditLeafTests.letters(32)))
        let events: [ObjectKind: AuditEvent] = [
            .statement: .receiptRejected, .part: .sheetOpened, .message: .messageSigned,
        ]
        let event = try #require(events[object.kind])
        let rule = try #require(AuditCatalogue.rule(event, in: .access))
        var act = AuditFacts(
            event,
            by: Agent(
                rule.agents[0],
                name: "name",
                role: AuditWorld.demand(RoleCode(AuditLeafTests.letters(32))),
                assurance: .certificate
            ),
            for: PartyID(AuditWorld.hospital),
            on: object,
            at: AuditWorld.time
        )
        act.outcome = .seriousFailure
        act.reason = object.stage
        act.peer = PartyID(AuditWorld.office)
        act.statementSha256 = AuditWorld.statement
        (act.patient, act.consent, act.network, act.details) = (
            AuditPatient("p"), "c", "n", "d"
        )
        let source = AuditSource(
            node: AuditWorld.demand(NodeName(AuditLeafTests.letters(24))),
            productVersion: AuditWorld.demand(ProductVersion(AuditLeafTests.letters(16)))
        )
        let leaf = AuditEntry(act, in: .access, random: CountingRandom())
            .sealed(origin: AuditWorld.access, by: AuditWorld.dataKey())
            .leaf(at: AuditWorld.time, source: source)
        #expect((900...Limits.leafBytes).contains(leaf.bytes.count))
        #expect(try AuditLeaf(reading: leaf.bytes, in: .access) == leaf)
    }

    @Test func `the greatest leaf of a tree stays within the limit`() throws {
        let host = AuditWorld.demand(LogHost(AuditLeafTests.letters(64)))
        let origin = TreeOrigin.access(host, member: AuditWorld.hospital, fiscalYear: 2026)
        var act = AuditFacts(
            .auditAlarm,
            by: .system,
            for: PartyID(AuditWorld.hospital),
            on: .tree(origin, sha256: AuditWorld.statement),
            at: AuditWorld.time
        )
        act.outcome = .majorFailure
        act.reason = AuditReason("reconciliationDiffers")
        (act.details, act.network, act.peer) = ("d", "n", PartyID(AuditWorld.office))
        let leaf = AuditEntry(act, in: .access, random: CountingRandom())
            .sealed(origin: origin, by: AuditWorld.dataKey())
            .leaf(at: AuditWorld.time, source: AuditWorld.source)
        #expect(try AuditLeaf(reading: leaf.bytes, in: .access) == leaf)
    }

    static func letters(_ count: Int) -> String { String(repeating: "a", count: count) }
}
