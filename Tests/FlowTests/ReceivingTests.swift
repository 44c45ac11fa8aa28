import Cryptography
import Delivery
import Directory
import Exchange
import ExchangeAPI
import Primitives
import Storage
import TestKit
import Testing

@testable import Gateway

/// Taking mail in when something on the way, at the sender or here is not as it should be.
@Suite struct ReceivingTests {
    @Test func `chunks that no manifest names are never fetched`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let key = try await town.sendLiaison()
        try await office.sealDue { _ in }
        let bytes = try #require(
            try await office.store.read { stored throws(StoreError) in
                try stored.outboxBytes(of: key.messageID)
            }
        )
        let chunk = [UInt8](repeating: 7, count: 4096)
        let offered = OfferedChunk(sealedSha256: SHA256.hash(chunk), sealedLength: chunk.count)
        let offer = SubmissionStatement(
            routing: try Routing(reading: bytes.routing),
            sealed: bytes.sealed,
            chunks: [offered]
        )
        let signed = try await office.statementSigner().sign(offer, at: town.time.now)
        let session = town.node.session(of: key.from)
        try await session.putChunk(offered.sealedSha256, chunk)
        let results = try await session.submit([
            WireMessage(routing: bytes.routing, submission: signed.bytes, sealed: bytes.sealed)
        ])
        #expect(results.first?.receipt != nil)
        try await Courier(town.office(.clinic)) { _ in }.round()
        #expect(try await town.events(.clinic).contains("message.refused damagedPart"))
        #expect(town.wire(.clinic).chunksAskedFor == 0)
    }

    @Test func `what is set apart is fetched by nobody but its own turn, and holds up nothing`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let clinic = town.office(.clinic)
        let key = try await setApart(town)
        let asked = town.wire(.clinic).asked.count
        let line = InboxLine(
            key: key,
            urgency: .routine,
            sealedLength: 1,
            chunkCount: 0,
            accepted: (at: SimulatedTime.start, until: SimulatedTime.start),
            position: 1
        )
        let page = InboxPage(
            revision: 1_000,
            items: [InboxLine](repeating: line, count: Limits.pageItems)
        )
        town.wire(.clinic).fail { $0.listed = { _ in page } }
        try await clinic.receive(waitSeconds: 0)
        #expect(town.wire(.clinic).asked.count == asked)
        let cursor = try await clinic.store.read { stored throws(StoreError) in
            try stored.cursor(.inbox)
        }
        #expect(cursor == 1_000)
    }

    @Test func `what could not be judged in its time is refused`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await setApart(town)
        town.time.advance(by: .days(8))
        try await town.settle(failures: Town.FailureList())
        let row = try await town.office(.clinic).inbox(limit: 10).first { $0.key == key }
        #expect(row?.state == .refused)
        #expect(row?.reason?.rawValue == "expired")
        let events = try await town.events(.clinic)
        #expect(events.count { $0 == "message.refused expired" } == 1)
        #expect(!events.contains("message.freed"))
        let receipts = try await town.office(.clinic).receipts(of: key)
        #expect(receipts.map(\.statement.type) == [.refused])
    }

    @Test func `a clock ten minutes off takes nothing in until it is right`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        town.wire(.clinic).fail { $0.clockOffset = .minutes(-10) }
        // Not even the first round of a gateway that has just been started.
        try await town.reopen(.clinic)
        let failures = Town.FailureList()
        try await town.settle(rounds: 1, failures: failures)
        let error = await #expect(throws: GatewayError.self) {
            try await town.reopen(.clinic).receive(waitSeconds: 0)
        }
        #expect(error?.code == "clockOff")
        #expect(Set(failures.codes) == ["clockOff"])
        #expect(try await town.rows(key) == 0)
        #expect(try await town.state(key) == .accepted)
        town.wire(.clinic).fail()
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
    }

    @Test func `a statement that waits holds up none after it`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let keys = [try await town.sendLiaison(), try await town.sendLiaison()]
        town.wire(.clinic).fail {
            $0.acknowledged = { results in
                [.refused(Refusal(.exchangeBusy))] + results.dropFirst()
            }
        }
        let failures = Town.FailureList()
        try await town.settle(failures: failures)
        #expect(failures.codes.contains("exchangeBusy"))
        let waiting = try await town.office(.clinic).store.read { stored throws(StoreError) in
            try stored.unsentStatements(limit: 10)
        }
        #expect(waiting.count == 1)
        town.wire(.clinic).fail()
        try await town.settle()
        for key in keys { #expect(try await town.state(key) == .delivered) }
    }

    @Test(arguments: [true, false])
    func `a receipt goes the way of the one before it`(staysRefused: Bool) async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        let clinic = town.office(.clinic)
        town.wire(.clinic).fail {
            $0.refusingStatement = { statement in
                let type = (try? SignedStatement(reading: statement.bytes))?.type
                return type == .opened ? Refusal(.revoked) : nil
            }
        }
        _ = try await clinic.open(key, by: Town.nurse)
        try await town.settle(failures: Town.FailureList())
        #expect(try await town.events(.clinic).contains("receipt.rejected revoked"))
        if !staysRefused { town.wire(.clinic).fail() }
        _ = try await clinic.confirm(key, by: Town.nurse)
        try await town.settle(failures: Town.FailureList())
        let waiting = try await clinic.store.read { stored throws(StoreError) in
            try stored.unsentStatements(limit: 10)
        }
        #expect(waiting.isEmpty)
        #expect(try await town.state(key) == (staysRefused ? .delivered : .confirmed))
    }

    /// A message that the clinic could not judge: its bytes were changed on the way.
    private func setApart(_ town: Town) async throws -> MessageKey {
        town.wire(.clinic).fail {
            $0.fetched = { message in
                WireMessage(
                    routing: message.routing,
                    submission: message.submission,
                    sealed: Array(message.sealed.dropLast()),
                    accepted: message.accepted
                )
            }
        }
        let key = try await town.sendLiaison()
        try await town.settle(failures: Town.FailureList())
        let held = try await town.office(.clinic).store.read { stored throws(StoreError) in
            try stored.heldInbox().map(\.key)
        }
        #expect(held == [key])
        return key
    }
}
