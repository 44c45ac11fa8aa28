import Consent
import Delivery
import Directory
import Exchange
import ExchangeAPI
import Primitives
import Sheets
import Storage
import TestKit
import Testing

@testable import Gateway

/// What a sender does wrong, or what is wrong around it: a clear error, a leaf, nothing lost.
@Suite struct SendingTests {
    @Test func `a recipient who is no member is named, and nothing is queued`() async throws {
        let town = try await Town.make(places: [.careOffice])
        let error = await #expect(throws: GatewayError.self) { try await town.sendLiaison() }
        #expect(error?.code == "unknownRecipient")
        #expect(error?.advice.isEmpty == false)
        #expect(try await town.office(.careOffice).outbox(limit: 10).isEmpty)
    }

    @Test func `to somebody else than the sheet names nothing is sent`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic, .hospital])
        let office = town.office(.careOffice)
        var request = SendRequest(sheet: try await FlowSheet.liaison(for: office))
        request.onlyTo = town.office(.hospital).member.text
        let other = request
        let error = await #expect(throws: GatewayError.self) {
            _ = try await office.send(other, by: Town.careManager)
        }
        #expect(error?.code == "notARecipient" && error?.advice.isEmpty == false)
        #expect(try await office.outbox(limit: 10).isEmpty)
        request.onlyTo = town.office(.clinic).member.text
        _ = try await office.send(request, by: Town.careManager)
        #expect(try await office.outbox(limit: 10).count == 1)
    }

    @Test func `two who fit are said to be two, until the wrong one is suspended`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let clinic = try #require(office.view.member(town.office(.clinic).member)?.membership)
        // The same name and type under no number is accepted: many clinics share a name.
        let twin = try await town.node.addMember(
            MemberProfile(
                displayName: clinic.profile.displayName,
                organisationType: clinic.profile.organisationType
            ),
            connection: .gateway,
            verifiedBy: "operator"
        )
        try await town.settle()
        let sheet = try await FlowSheet.named("care-liaison-1", for: office) { sheet in
            let organisation: JSON = [
                "name": .string(clinic.profile.displayName),
                "type": .name(clinic.profile.organisationType),
            ]
            sheet["recipients"] = [["organization": organisation, "purpose": "to"]]
        }
        let error = await #expect(throws: GatewayError.self) {
            _ = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        }
        #expect(error?.code == "recipientAmbiguous")
        #expect(error?.summary.contains("More than one") == true)
        #expect(error?.advice.isEmpty == false && error?.isTemporary == false)
        try await town.node.setStatus(.suspended, of: twin.member)
        try await town.settle()
        _ = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        #expect(try await office.outbox(limit: 10).count == 1)
    }

    @Test func `a sheet with problems is refused with all of them`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.named("care-liaison-1", for: office) { sheet in
            sheet["issuedOn"] = "2099-01-01"
            guard case .object(var patient)? = sheet["patient"] else { return }
            patient["fullName"] = nil
            sheet["patient"] = .object(patient)
        }
        do {
            _ = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
            Issue.record("sent")
        } catch .sheet(let invalid) {
            #expect(invalid.problems.count >= 2)
        }
    }

    @Test func `without a consent record nothing is sent, and that is on record`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let sheet = try SheetExamples.example("care-liaison-1.json").json.canonicalBytes
        let error = await #expect(throws: GatewayError.self) {
            try await town.office(.careOffice).send(
                SendRequest(sheet: sheet),
                by: Town.careManager
            )
        }
        #expect(error?.code == "consentMissing")
        #expect(try await town.events(.careOffice).contains("consent.denied none"))
    }

    @Test func `a consent withdrawn before sending refuses`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.liaison(for: office)
        try await withdraw(office)
        let error = await #expect(throws: GatewayError.self) {
            try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        }
        #expect(error?.code == "consentMissing")
        #expect(try await town.events(.careOffice).contains("consent.denied withdrawn"))
    }

    @Test(arguments: [false, true])
    func `a consent withdrawn before the first attempt holds the message`(
        isSealed: Bool
    ) async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let key = try await town.sendLiaison()
        if isSealed {
            // Sealed on one round, with no way out yet: the attempt is what is not allowed then.
            try await office.sealDue { _ in }
            #expect(try await office.track(key.messageID).isSealed)
        }
        try await withdraw(office)
        try await town.settle()
        let row = try await office.track(key.messageID)
        #expect(row.blockedFor?.rawValue == "consentMissing")
        #expect(!row.wasAttempted && row.isSealed == isSealed)
        #expect(town.wire(.careOffice).sent.isEmpty)
        let events = try await town.events(.careOffice)
        #expect(events.contains("consent.denied withdrawn"))
        #expect(events.contains("message.held consentMissing"))
        let taken = try await office.withdraw(
            key.messageID,
            because: .consentMissing,
            by: Town.careManager
        )
        #expect(taken == .cancelled)
        #expect(try await town.state(key) == .withdrawn)
    }

    @Test func `a message can be cancelled within its hold and never leaves then`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic], hold: .seconds(60))
        let key = try await town.sendLiaison()
        try await town.settle(rounds: 2)
        #expect(try await town.state(key) == .queued)
        let taken = try await town.office(.careOffice).withdraw(
            key.messageID,
            because: .wrongContent,
            by: Town.careManager
        )
        #expect(taken == .cancelled)
        town.time.advance(by: .seconds(90))
        try await town.settle()
        #expect(try await town.state(key) == .withdrawn)
        #expect(town.wire(.careOffice).sent.isEmpty)
        #expect(try await town.events(.careOffice).contains("message.cancelled"))
    }

    @Test func `an emergency waits for no hold`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic], hold: .seconds(60))
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.named("care-liaison-1", for: office) { sheet in
            sheet["urgency"] = "emergency"
        }
        let sent = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        #expect(sent.holdUntil == town.time.now)
        try await town.settle()
        #expect(try await office.track(sent.messageID).copies.map(\.state) == [.delivered])
    }

    @Test func `the same idempotency key is one sending`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        var request = SendRequest(sheet: try await FlowSheet.liaison(for: office))
        request.idempotencyKey = "今日の一通"
        let same = request
        async let first = office.send(same, by: Town.careManager)
        async let second = office.send(same, by: Town.careManager)
        let third = try await office.send(same, by: Town.careManager)
        let messages = try await [first.messageID, second.messageID, third.messageID]
        #expect(Set(messages).count == 1)
        #expect(try await office.outbox(limit: 10).count == 1)
    }

    @Test func `a clock ten minutes off seals nothing until it is right`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        town.wire(.careOffice).fail { $0.clockOffset = .minutes(10) }
        let key = try await town.sendLiaison()
        let failures = Town.FailureList()
        try await town.settle(failures: failures)
        #expect(Set(failures.codes) == ["clockOff"])
        #expect(try await town.office(.careOffice).track(key.messageID).isSealed == false)
        #expect(try await town.events(.careOffice).count { $0 == "audit.alarm clockOff" } == 1)
        town.wire(.careOffice).fail()
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
    }

    @Test func `a clock that is ahead does not give up what is still good`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        town.wire(.careOffice).fail { $0.clockOffset = .days(-8) }
        let key = try await town.sendLiaison()
        let failures = Town.FailureList()
        try await town.settle(failures: failures)
        town.time.advance(by: .days(4))
        try await town.settle(failures: failures)
        #expect(try await town.state(key) == .queued)
        town.wire(.careOffice).fail()
        try await town.settle()
        #expect(try await town.state(key) == .undeliverable)
    }

    @Test(arguments: [(Duration.seconds(4), true), (.seconds(6), false), (.seconds(-6), false)])
    func `a clock some seconds off signs no checkpoint`(
        offset: Duration,
        isSigned: Bool
    ) async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let before = try await town.checkpointSize(of: .careOffice)
        town.wire(.careOffice).fail { $0.clockOffset = offset }
        try await town.settle(rounds: 1)
        _ = try await office.auditEntries(of: nil, message: nil, by: Town.nurse)
        try await town.settle(rounds: 1)
        #expect((try await town.checkpointSize(of: .careOffice) > before) == isSigned)
    }

    @Test func `an ended certificate signs nothing, and the queue stays`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic], hold: .days(2))
        town.wire(.careOffice).fail { $0.lostRenewals = [.signing] }
        let failures = Town.FailureList()
        town.time.advance(by: .days(89))
        try await town.settle(rounds: 1, failures: failures)
        let key = try await town.sendLiaison()
        town.time.advance(by: .days(2))
        try await town.settle(failures: failures)
        #expect(failures.codes.contains("certificateExpired"))
        #expect(try await town.state(key) == .queued)
        #expect(try await town.office(.careOffice).track(key.messageID).isSealed == false)
    }

    @Test func `a full disk is an error, and goes on when there is room`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        var options = StoreOptions()
        options.maximumPages = 1
        try await town.reopen(.careOffice, options: options)
        let error = await #expect(throws: GatewayError.self) {
            for _ in 0..<40 { _ = try await town.sendLiaison() }
        }
        #expect(error?.code == "storageFull")
        #expect(error?.isTemporary == true)
        let before = try await town.office(.careOffice).outbox(limit: .max).count
        try await town.reopen(.careOffice)
        #expect(try await town.office(.careOffice).outbox(limit: .max).count == before)
        let key = try await town.sendLiaison()
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
    }

    @Test func `the same idempotency key with another sheet is refused`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let sheets = [
            try await FlowSheet.liaison(for: office),
            try await FlowSheet.named("care-liaison-1", for: office) {
                $0["sheetId"] = "00000000-0000-4000-8000-000000000001"
            },
        ]
        var first = SendRequest(sheet: sheets[0])
        first.idempotencyKey = "key"
        _ = try await office.send(first, by: Town.careManager)
        var second = SendRequest(sheet: sheets[1])
        second.idempotencyKey = "key"
        let error = await #expect(throws: GatewayError.self) {
            _ = try await office.send(second, by: Town.careManager)
        }
        #expect(error?.code == "messageIdConflict")
        #expect(try await office.outbox(limit: .max).count == 1)
    }

    @Test func `a message that is refused for now waits alone`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let held = try await town.sendLiaison()
        town.wire(.careOffice).fail {
            $0.refusing = Refusal(.quotaExceeded, retryAfterSeconds: 60)
        }
        let failures = Town.FailureList()
        try await town.settle(rounds: 2, failures: failures)
        #expect(failures.codes == ["quotaExceeded"])
        town.wire(.careOffice).fail()
        let offered = town.wire(.careOffice).sent.count
        let next = try await town.sendLiaison()
        try await town.settle(rounds: 2)
        #expect(try await town.state(next) == .delivered)
        #expect(town.wire(.careOffice).sent.count == offered + 1)
        #expect(try await town.state(held) == .queued)
        town.time.advance(by: .minutes(2))
        try await town.settle()
        #expect(try await town.state(held) == .delivered)
    }

    @Test func `a chunk that cannot be uploaded holds up nothing else`() async throws {
        let town = try await Town.make()
        let office = town.office(.careOffice)
        let file = [UInt8](repeating: 0x25, count: 5 * 1024 * 1024)
        let sheet = try await FlowSheet.named("admission-info-1", for: office) { sheet in
            sheet["attachments"] = .array([FlowSheet.attachment("大.pdf", file)])
        }
        let large = try await office.send(
            SendRequest(sheet: sheet, attachments: try await office.packed([file])),
            by: Town.careManager
        )
        let small = try await town.sendLiaison()
        town.wire(.careOffice).fail { $0.losesChunks = true }
        try await town.settle(failures: Town.FailureList())
        #expect(try await town.state(small) == .delivered)
        let key = MessageKey(from: office.member, messageID: large.messageID)
        #expect(try await town.state(key) == .queued)
        town.wire(.careOffice).fail()
        town.time.advance(by: .minutes(2))
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
    }

    @Test func `a full disk at the exchange refuses, and the sheet waits for room`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        var options = StoreOptions()
        options.maximumPages = 1
        try await town.reopenExchange(options: options)
        let failures = Town.FailureList()
        let key = try await town.sendLiaison()
        try await town.settle(failures: failures)
        #expect(failures.codes.contains("storageFull"))
        #expect(try await town.state(key) == .queued)
        #expect(try await town.office(.clinic).inbox(limit: .max).isEmpty)
        try await town.reopenExchange()
        town.time.advance(by: .minutes(2))
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
    }

    @Test func `an attachment that is too large is refused before anything is stored`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let office = town.office(.careOffice)
        let file = [UInt8](repeating: 0x25, count: 20 * 1024 * 1024 + 1)
        let sheet = try await FlowSheet.named("admission-info-1", for: office) { sheet in
            sheet["attachments"] = .array([FlowSheet.attachment("大.pdf", file)])
        }
        let error = await #expect(throws: GatewayError.self) {
            _ = try await office.send(
                SendRequest(sheet: sheet, attachments: try await office.packed([file])),
                by: Town.careManager
            )
        }
        #expect(error?.code == "invalidSheet")
        #expect(try await office.outbox(limit: .max).isEmpty)
    }

    @Test func `a withdrawn consent is not given again under its number`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.liaison(for: office)
        try await withdraw(office)
        let error = await #expect(throws: GatewayError.self) {
            _ = try await FlowSheet.liaison(for: office)
        }
        #expect(error?.code == "consentRecordWithdrawn")
        let denied = await #expect(throws: GatewayError.self) {
            try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        }
        #expect(denied?.code == "consentMissing")
    }

    private func withdraw(_ office: OrganisationGateway) async throws {
        try await office.withdrawConsent(
            FlowSheet.record,
            giver: ConsentGiver("self"),
            by: Town.careManager
        )
    }
}
