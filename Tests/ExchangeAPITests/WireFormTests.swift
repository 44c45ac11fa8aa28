import Audit
import Cryptography
import Delivery
import Directory
import Primitives
import TestKit
import Testing

@testable import ExchangeAPI

/// Every value of the contract stands in a frame or in JSON, and comes back as it was.
struct WireFormTests {
    private static let time = SimulatedTime.start
    private static let random = SeededRandom(seed: 1)
    private static let member = MemberID.make(random)
    private static let key = MessageKey(
        from: member,
        messageID: .make(at: time, random)
    )
    private static let digest = SHA256.hash("digest".bytes)
    private static let message = WireMessage(routing: [1], submission: [2], sealed: [3])

    /// Over the whole body, as it travels, with what a later version says besides.
    private func travelled(_ frame: Frame) throws -> Frame {
        var members = frame.members
        members["tomorrow"] = ["weather": "fine"]
        let later = Frame(frame.kind, members, parts: frame.parts)
        let body = Frame.encode([later], closing: ["tomorrow": 1])
        return try #require(try Frame.decode(body).frames.first)
    }

    @Test(arguments: [nil, [4] as [UInt8]])
    func `a message, with and without its receipt`(accepted: [UInt8]?) throws {
        let message = WireMessage(
            routing: [1],
            submission: [2],
            sealed: [3],
            accepted: accepted
        )
        #expect(try WireMessage(travelled(message.frame())) == message)
    }

    @Test(arguments: [
        FetchResult.message(message, released: time, attempt: 3),
        .refused(key, Refusal(.bodyGone)),
    ])
    func `what was fetched, and why not`(result: FetchResult) throws {
        #expect(try FetchResult(travelled(result.frame(index: 0))) == result)
    }

    @Test func `a line of the inbox`() throws {
        let line = InboxLine(
            key: Self.key,
            urgency: .emergency,
            sealedLength: 4096,
            chunkCount: 2,
            accepted: (at: Self.time, until: Self.time.adding(.days(1))),
            position: 12
        )
        #expect(try InboxLine(travelled(line.frame)) == line)
    }

    @Test(arguments: [
        ItemResult.done(isNew: true, receipt: [1, 2]),
        .done(isNew: false),
        .refused(Refusal(.quotaExceeded, retryAfterSeconds: 60)),
        .refused(Refusal(.statementConflict), standing: digest),
        .refused(
            Refusal(
                .chunkMissing,
                details: [.init(pointer: "/chunks/0", code: digest.hex)]
            )
        ),
    ])
    func `the result of an item`(result: ItemResult) throws {
        #expect(try ItemResult(travelled(result.frame(index: 0, trace: "ab"))) == result)
    }

    @Test(arguments: [nil, [2] as [UInt8]])
    func `a statement, with and without disclosure`(disclosure: [UInt8]?) throws {
        let statement = WireStatement(bytes: [1], disclosure: disclosure)
        #expect(try WireStatement(travelled(statement.frame())) == statement)
    }

    @Test func `proofs on their way to another member`() throws {
        let proofs = SealedProofs(to: Self.member, bytes: [1, 2, 3])
        #expect(try SealedProofs(travelled(proofs.frame)) == proofs)
    }

    @Test(arguments: [
        WireEvent.Body.statement(WireStatement(bytes: [1], disclosure: [2])),
        .proofs(from: member, bytes: [3]),
        .notice(WireNotice(type: "listPublished")),
        .notice(WireNotice(type: "somethingNew")),
        .notice(
            WireNotice(
                type: "deadlineWarning",
                copy: WireNotice.Copy(
                    key: key,
                    to: member,
                    stage: "first"
                )
            )
        ),
    ])
    func `an event`(body: WireEvent.Body) throws {
        let event = WireEvent(cursor: 42, at: Self.time, body: body)
        #expect(try WireEvent(travelled(event.frame)) == event)
    }

    @Test(arguments: [nil, ReceiptProof(leaf: [1], tlogProof: [2])])
    func `a proof, or none yet`(proof: ReceiptProof?) throws {
        let wire = WireProof(statement: Self.digest, proof: proof)
        #expect(try WireProof(travelled(wire.frame)) == wire)
    }

    @Test(arguments: [nil, [2] as [UInt8]])
    func `a leaf, with and without object`(object: [UInt8]?) throws {
        let leaf = WireLeaf(index: 3, leaf: [1], object: object)
        #expect(try WireLeaf(travelled(leaf.frame)) == leaf)
    }

    @Test func `a copy's report`() throws {
        let report = CopyReport(
            place: 5,
            messageID: Self.key.messageID,
            to: Self.member,
            state: .delivered,
            acceptedAt: Self.time,
            statements: [Self.digest]
        )
        var reader = try ObjectReader(report.json)
        #expect(try CopyReport(reading: &reader) == report)
    }

    @Test func `the status, also with members of a newer exchange`() throws {
        let status = ExchangeStatus(
            exchange: .make(Self.random),
            suites: [try #require(SuiteID("renkei-2026-1"))],
            limits: PolicyLimits(),
            time: Self.time,
            treeSizes: [.keys: 12, .transport: 3],
            operatorTelephone: TelephoneNumber("06-0000-0001")
        )
        var json = try #require(status.json.object)
        json["weather"] = "fine"
        let read = try ExchangeStatus(.object(json))
        #expect(read.json.canonicalBytes == status.json.canonicalBytes)
        #expect(read.treeSizes == status.treeSizes)
    }

    @Test func `a frame of another kind is not taken for this one`() {
        let frame = Frame(.item)
        let readers: [(Frame) throws -> Any] = [
            { try WireMessage($0) }, { try FetchResult($0) }, { try ItemResult($0) },
            { try WireStatement($0) }, { try SealedProofs($0) }, { try WireEvent($0) },
            { try WireProof($0) }, { try WireLeaf($0) }, { try InboxLine($0) },
        ]
        for read in readers {
            #expect(throws: Refusal(.malformed)) { _ = try read(frame) }
        }
    }

    static let bounds: [(part: Int, bytes: Int)] = [
        (0, Limits.routingBytes), (1, Limits.statementBytes), (2, Limits.sealedBytes),
    ]

    @Test(arguments: bounds)
    func `each part of a message has its bound`(bound: (part: Int, bytes: Int)) throws {
        func read(_ count: Int) throws {
            var parts: [[UInt8]] = [[1], [2], [3]]
            parts[bound.part] = [UInt8](repeating: 0, count: count)
            _ = try WireMessage(Frame(.message, parts: parts))
        }
        try read(bound.bytes)
        #expect(throws: Refusal(.tooLarge)) { try read(bound.bytes + 1) }
    }

    @Test func `statements and proofs have their bounds`() throws {
        func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
        let statement = { try WireStatement(Frame(.statement, parts: [bytes($0)])) }
        let disclosed = { try WireStatement(Frame(.statement, parts: [[1], bytes($0)])) }
        let proofs = {
            try SealedProofs(
                Frame(.proofs, ["to": .name(Self.member)], parts: [bytes($0)])
            )
        }
        _ = try statement(Limits.statementBytes)
        _ = try disclosed(Limits.statementBytes)
        _ = try proofs(Limits.sealedProofsBytes)
        let tooLarge = Refusal(.tooLarge)
        #expect(throws: tooLarge) { _ = try statement(Limits.statementBytes + 1) }
        #expect(throws: tooLarge) { _ = try disclosed(Limits.statementBytes + 1) }
        #expect(throws: tooLarge) { _ = try proofs(Limits.sealedProofsBytes + 1) }
    }
}
