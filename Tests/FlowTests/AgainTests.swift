import Audit
import Consent
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Sheets
import Storage
import TestKit
import Testing

@testable import Gateway

/// What goes on by itself when its cause is gone, and what goes on for those who can get it.
@Suite struct AgainTests {
    @Test func `who cannot get a message is left out, and the others get a new one`() async throws {
        let town = try await Town.make(places: [.clinic, .hospital, .consultationRoom])
        let office = town.office(.clinic)
        let sheet = try await FlowSheet.named("referred-patient-status-1", for: office)
        let sent = try await office.send(SendRequest(sheet: sheet), by: Town.nurse)
        try await office.sealDue { _ in }
        let first = try #require(sent.recipients.first)
        town.wire(.clinic).fail {
            $0.refusing = Refusal(
                .recipientKeyUnusable,
                details: [.init(pointer: "/to/0", code: "recipientKeyUnusable")]
            )
        }
        try await office.submitSealed { _ in }
        town.wire(.clinic).fail()
        try await town.settle()
        let course = try await office.course(of: sent.messageID)
        let left = course.copies.first { $0.copy.to == first }
        #expect(left?.copy.state == .queued)
        #expect(course.row.blockedFor?.rawValue == "recipientKeyUnusable")
        let again = try #require(course.resentAs)
        let row = try await office.track(again)
        #expect(row.replaces == sent.messageID)
        #expect(row.copies.count == sent.recipients.count - 1)
        #expect(row.copies.allSatisfy { $0.state == .delivered && $0.to != first })
        let key = MessageKey(from: office.member, messageID: again)
        let places = [World.Place.hospital, .consultationRoom].filter {
            town.office($0).member != first
        }
        for place in places {
            #expect(try await town.rows(key, at: place) == 1)
            #expect(try await town.office(place).open(key, by: Town.nurse).key == key)
        }
        #expect(try await town.events(.clinic).contains("message.resealed"))
        // The rest of the old one is a person's to decide.
        let taken = try await office.withdraw(sent.messageID, because: .other, by: Town.nurse)
        #expect(taken == .cancelled)
    }

    @Test(arguments: [false, true])
    func `a message goes on when its consent is there again`(isSealed: Bool) async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let key = try await town.sendLiaison()
        if isSealed { try await office.sealDue { _ in } }
        // Written down too narrow, and put right later.
        let whole = try #require(try await office.consentRecords().first).json
        var narrow = try #require(whole.object)
        narrow["scopeOrgTypes"] = ["hospital"]
        _ = try await office.recordConsent(.object(narrow), by: Town.careManager)
        try await town.settle()
        #expect(try await office.track(key.messageID).blockedFor?.rawValue == "consentMissing")
        _ = try await office.recordConsent(whole, by: Town.careManager)
        try await town.settle()
        #expect(try await office.track(key.messageID).blockedFor == nil)
        #expect(try await town.state(key) == .delivered)
    }

    @Test func `mail behind a page of messages set apart does not wait for them`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let failures = Town.FailureList()
        for _ in 0..<Limits.pageItems { _ = try await town.sendLiaison() }
        try await Courier(town.office(.careOffice)) { _ in }.round()
        // Without the exchange's receipt nothing of it can be judged.
        town.wire(.clinic).fail {
            $0.fetched = { message in
                WireMessage(
                    routing: message.routing,
                    submission: message.submission,
                    sealed: message.sealed,
                    accepted: message.submission
                )
            }
        }
        try await town.settle(rounds: 2, failures: failures)
        let held = try await town.office(.clinic).inbox(limit: .max).filter { $0.state == nil }
        #expect(held.count == Limits.pageItems)
        let key = try await town.sendLiaison()
        try await Courier(town.office(.careOffice)) { _ in }.round()
        let honest = key
        town.wire(.clinic).fail {
            $0.fetched = { message in
                let routing = try? Routing(reading: message.routing)
                guard routing?.key != honest else { return message }
                return WireMessage(
                    routing: message.routing,
                    submission: message.submission,
                    sealed: message.sealed,
                    accepted: message.submission
                )
            }
        }
        try await town.settle(rounds: 2, failures: failures)
        #expect(try await town.state(key) == .delivered)
    }
}
