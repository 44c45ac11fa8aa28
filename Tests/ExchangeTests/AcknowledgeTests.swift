import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import TestKit
import Testing

@testable import Exchange

/// Receipts in and out of turn (`exchange-api.md` 6).
struct AcknowledgeTests {
    typealias Place = SubmitTests.Place

    /// A message that was accepted, and released where `isReleased`, with every receipt that could
    /// follow.
    struct Sent {
        let place: Place
        let message: LoopbackMessage
        let accepted: SignedStatement
        let receipts: [StatementType: WireStatement]

        static func make(isReleased: Bool = true) async throws -> Sent {
            let place = try await Place.make()
            let message = try await place.message()
            let accepted = try await place.office.send(message)
            if isReleased { _ = try await place.hospital.fetch(message.key) }
            let delivered = try await place.hospital.delivered(message, after: accepted)
            let opened = try await place.hospital.opened(message.key, after: delivered)
            return Sent(
                place: place,
                message: message,
                accepted: accepted,
                receipts: [
                    .delivered: delivered,
                    .refused: try await place.hospital.refused(message, after: accepted),
                    .opened: opened,
                    .confirmed: try await place.hospital.confirmed(message.key, after: opened),
                ]
            )
        }

        func tell(_ type: StatementType) async throws -> ItemResult {
            try await tell(try required(receipts[type]))
        }

        func tell(_ receipt: WireStatement) async throws -> ItemResult {
            try required(try await place.hospital.service.acknowledge([receipt]).first)
        }
    }

    /// What is told before, what then, and what is answered.
    static let turns: [(before: [StatementType], StatementType, Refusal.Reason?)] = [
        ([], .delivered, nil),
        ([], .refused, nil),
        ([], .opened, .outOfOrder),
        ([], .confirmed, .outOfOrder),
        ([.delivered], .opened, nil),
        ([.delivered], .confirmed, .outOfOrder),
        ([.delivered], .refused, .outOfOrder),
        ([.delivered, .opened], .confirmed, nil),
        ([.refused], .delivered, .outOfOrder),
        ([.refused], .opened, .outOfOrder),
    ]

    @Test(arguments: turns)
    func `a receipt moves its copy in its turn alone`(
        turn: (before: [StatementType], type: StatementType, reason: Refusal.Reason?)
    ) async throws {
        let sent = try await Sent.make()
        for type in turn.before { #expect(try await sent.tell(type).status == 201) }
        let result = try await sent.tell(turn.type)
        #expect(result.refusal?.reason == turn.reason)
        #expect(turn.reason != nil || result.status == 201)
    }

    @Test func `nothing is acknowledged that was never released`() async throws {
        let sent = try await Sent.make(isReleased: false)
        let refusal = try await sent.tell(.delivered).refusal
        #expect(refusal?.reason == .outOfOrder)
        #expect(refusal?.details == [.init(pointer: "/state", code: "accepted")])
    }

    @Test func `a repeat is answered without change, also in a later state`() async throws {
        let sent = try await Sent.make()
        for type in [StatementType.delivered, .opened, .confirmed] {
            #expect(try await sent.tell(type).status == 201)
        }
        let leaves = try await sent.place.exchange.transportEvents().count
        for type in [StatementType.delivered, .opened, .confirmed] {
            #expect(try await sent.tell(type).status == 200)
        }
        #expect(try await sent.place.exchange.transportEvents().count == leaves)
        #expect(try await sent.place.office.service.events(PageQuery(after: 0)).count == 3)
    }

    @Test func `another receipt of a kind meets the first, which stands`() async throws {
        let sent = try await Sent.make()
        _ = try await sent.tell(.delivered)
        sent.place.exchange.time.advance(by: .seconds(1))
        let second = try await sent.place.hospital.delivered(sent.message, after: sent.accepted)
        let result = try await sent.tell(second)
        #expect(result.refusal?.reason == .statementConflict)
        let first = try #require(sent.receipts[.delivered])
        #expect(result.statementSha256 == SHA256.hash(first.bytes))
        #expect(
            try await sent.place.exchange.transportEvents()
                .contains("receipt.rejected statementConflict")
        )
    }

    @Test func `nobody acknowledges for another`() async throws {
        let sent = try await Sent.make()
        let delivered = try #require(sent.receipts[.delivered])
        let byOther = try await sent.place.office.service.acknowledge([delivered]).first
        #expect(byOther?.refusal?.reason == .notYourName)
        // A member that is no recipient learns of no message.
        let clinic = try await sent.place.exchange.join(.clinic)
        let foreign = try await clinic.delivered(sent.message, after: sent.accepted)
        let result = try await clinic.service.acknowledge([foreign]).first
        #expect(result?.refusal?.reason == .notFound)
    }

    @Test func `a receipt names the statement before it`() async throws {
        let sent = try await Sent.make()
        let wrong = try await sent.place.hospital.delivered(
            sent.message,
            after: sent.message.submission
        )
        #expect(try await sent.tell(wrong).refusal?.reason == .hashDiffers)
        #expect(
            try await sent.place.exchange.transportEvents().contains("receipt.rejected hashDiffers")
        )
    }

    @Test func `a disclosure is the one that the receipt names`() async throws {
        let sent = try await Sent.make()
        _ = try await sent.tell(.delivered)
        let opened = try #require(sent.receipts[.opened])
        for disclosure in [nil, "another".bytes] {
            let changed = WireStatement(bytes: opened.bytes, disclosure: disclosure)
            #expect(try await sent.tell(changed).refusal?.reason == .hashDiffers)
        }
        #expect(try await sent.tell(opened).status == 201)
    }

    @Test func `a revoked key acknowledges nothing`() async throws {
        let sent = try await Sent.make()
        let hospital = sent.place.hospital
        try await sent.place.exchange.node.revoke(
            hospital.signing.certificate.sha256,
            of: hospital.id,
            since: sent.place.exchange.time.now,
            reason: .keyCompromise
        )
        #expect(try await sent.tell(.delivered).refusal?.reason == .revoked)
    }

    @Test func `what is no statement, or not a member's to make, is refused`() async throws {
        let sent = try await Sent.make()
        let results = try await sent.place.hospital.service.acknowledge([
            WireStatement(bytes: "no CMS".bytes), WireStatement(bytes: sent.accepted.bytes),
        ])
        #expect(results.map(\.refusal?.reason) == [.malformed, .notYourName])
        let own = try await sent.place.office.service.acknowledge([
            WireStatement(bytes: sent.message.submission.bytes)
        ])
        #expect(own.map(\.refusal?.reason) == [.notYourName])
    }

    @Test func `a refusal ends the copy and keeps its body from further fetches`() async throws {
        let sent = try await Sent.make()
        #expect(try await sent.tell(.refused).status == 201)
        await #expect(throws: Refusal.self) {
            _ = try await sent.place.hospital.fetch(sent.message.key)
        }
        let inbox = try await sent.place.hospital.service.inbox(InboxQuery(since: 0))
        #expect(inbox?.items.isEmpty == true)
    }
}
