import Delivery
import Directory
import Exchange
import ExchangeAPI
import Gateway
import Primitives
import Storage
import TestKit
import Testing

/// An exchange, or somebody on the way, that changes what it carries.
@Suite struct ForgeryTests {
    enum Forgery: CaseIterable {
        case flipped, cut, empty

        func forged(_ sealed: [UInt8]) -> [UInt8] {
            var bytes = sealed
            switch self {
            case .flipped: bytes[bytes.count / 2] ^= 1
            case .cut: bytes.removeLast(bytes.count / 3)
            case .empty: bytes = []
            }
            return bytes
        }
    }

    @Test(arguments: Forgery.allCases)
    func `changed bytes are set apart, never shown, and mended by the true ones`(
        forgery: Forgery
    ) async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        town.wire(.clinic).fail {
            $0.fetched = { message in
                WireMessage(
                    routing: message.routing,
                    submission: message.submission,
                    sealed: forgery.forged(message.sealed),
                    accepted: message.accepted
                )
            }
        }
        let key = try await town.sendLiaison()
        let failures = Town.FailureList()
        try await town.settle(failures: failures)
        #expect(try await town.office(.clinic).inbox(limit: 10).allSatisfy { $0.sheet == nil })
        await #expect(throws: GatewayError.self) {
            try await town.office(.clinic).open(key, by: Town.nurse)
        }
        let events = try await town.events(.clinic)
        #expect(events.count { $0 == "message.quarantined receiptUnusable" } == 1)
        #expect(!events.contains { $0.hasPrefix("message.delivered") })
        town.wire(.clinic).fail()
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
        #expect(try await town.rows(key) == 1)
        #expect(try await town.events(.clinic).contains("message.freed"))
    }

    @Test func `the same message again gets its stored receipt, and nobody sees it twice`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        let receipts = try await town.office(.clinic).receipts(of: key).map(\.statement.sha256)
        town.wire(.clinic).fail { $0.listed = { _ in Self.page(key) } }
        try await town.settle(rounds: 1)
        #expect(try await town.rows(key) == 1)
        #expect(
            try await town.office(.clinic).receipts(of: key).map(\.statement.sha256) == receipts
        )
        #expect(try await town.events(.clinic).contains("message.duplicate sameBytes"))
    }

    @Test func `the same id with other bytes is an alarm and gets no receipt`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        town.wire(.clinic).fail {
            $0.listed = { _ in Self.page(key) }
            $0.fetched = { message in
                WireMessage(
                    routing: message.routing,
                    submission: message.submission,
                    sealed: Forgery.flipped.forged(message.sealed),
                    accepted: message.accepted
                )
            }
        }
        try await town.settle(rounds: 1)
        #expect(try await town.events(.clinic).contains("message.conflict otherBytes"))
        #expect(try await town.office(.clinic).receipts(of: key).count == 2)
        #expect(try await town.office(.clinic).open(key, by: Town.nurse).key == key)
    }

    @Test func `an exchange that takes the same id with other bytes refuses it`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let first = try await town.sendLiaison()
        let second = try await town.sendLiaison()
        try await town.settle()
        let sent = town.wire(.careOffice).sent
        let mixed = WireMessage(
            routing: sent[0].routing,
            submission: sent[1].submission,
            sealed: sent[1].sealed
        )
        let session = town.node.session(of: first.from)
        let results = try await session.submit([sent[0], mixed])
        #expect(results[0].receipt != nil && results[0].status == 200)
        #expect(results[1].status == 409 && results[1].receipt == nil)
        try await town.settle()
        #expect(try await town.rows(first) == 1)
        #expect(try await town.rows(second) == 1)
    }

    @Test func `a message of another mailbox is refused, not shown`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic, .hospital])
        let key = try await town.sendLiaison()
        try await town.settle()
        let clinic = town.node.session(of: town.office(.clinic).member)
        let fetched = try await clinic.fetch([key])
        guard case .message(let message, _, _)? = fetched.first else {
            Issue.record("nothing fetched")
            return
        }
        let other = try await town.toHospital()
        town.wire(.hospital).fail { $0.fetched = { _ in message } }
        try await town.settle(failures: Town.FailureList())
        let inbox = try await town.office(.hospital).inbox(limit: 10)
        #expect(inbox.map(\.key) == [other])
        #expect(inbox.allSatisfy { $0.sheet == nil })
    }

    @Test(arguments: [true, false])
    func `an exchange that is down or answers rubbish loses nothing`(isDown: Bool) async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        town.wire(.careOffice).fail {
            $0.isDown = isDown
            $0.submitted = { _ in [.done(isNew: true, receipt: [0x30, 0x03, 1, 2, 3])] }
        }
        let failures = Town.FailureList()
        try await town.settle(failures: failures)
        #expect(
            failures.codes.contains(isDown ? "exchangeUnreachable" : "exchangeAnswerMalformed")
        )
        #expect(try await town.state(key) == .queued)
        town.wire(.careOffice).fail()
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
        #expect(try await town.rows(key) == 1)
    }

    private static func page(_ key: MessageKey) -> InboxPage {
        InboxPage(
            revision: 1_000,
            items: [
                InboxLine(
                    key: key,
                    urgency: .routine,
                    sealedLength: 1,
                    chunkCount: 0,
                    accepted: (at: SimulatedTime.start, until: SimulatedTime.start),
                    position: 1
                )
            ]
        )
    }
}

extension Town {
    /// A sheet from the care office to the hospital.
    func toHospital() async throws -> MessageKey {
        let office = office(.careOffice)
        let files = [Array("%PDF-1.4".utf8), Array("%PDF-1.5".utf8)]
        let sheet = try await FlowSheet.named("admission-info-1", for: office) { sheet in
            sheet["attachments"] = .array(files.map { FlowSheet.attachment("添付.pdf", $0) })
        }
        let request = SendRequest(sheet: sheet, attachments: try await office.packed(files))
        let sent = try await office.send(request, by: Town.careManager)
        return MessageKey(from: office.member, messageID: sent.messageID)
    }
}
