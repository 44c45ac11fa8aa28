import Audit
import Cryptography
import Delivery
import Directory
import Envelope
import ExchangeAPI
import Gateway
import Primitives
import Storage
import TestKit
import Testing

/// A message taken back, from the sender's wish to what the recipient sees, at every stage.
@Suite struct WithdrawalTests {
    @Test func `what the recipient has not fetched is withdrawn at the exchange`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.round(.careOffice)
        #expect(try await town.state(key) == .accepted)
        #expect(try await town.withdraw(key) == .requested)
        #expect(try await town.withdraw(key) == .requested, "the same again changes nothing")
        try await town.settle()
        let course = try await town.office(.careOffice).course(of: key.messageID)
        #expect(course.takenBackFor == .wrongPatient)
        #expect(course.copies.first?.copy.state == .withdrawn)
        #expect(course.copies.first?.answer?.outcome == .neverReleased)
        // The recipient sees that there was something, and can neither open nor confirm it.
        let row = try await town.office(.clinic).inbox(limit: 10).first { $0.key == key }
        #expect(row?.state == .withdrawn && row?.sheet == nil)
        try await town.expectClosed(key)
        #expect(try await town.kinds(of: key, at: .careOffice).contains(.neverReleased))
    }

    @Test func `what nobody has opened is never opened`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
        #expect(try await town.withdraw(key) == .requested)
        try await town.settle()
        #expect(try await town.state(key) == .withdrawn)
        let course = try await town.office(.careOffice).course(of: key.messageID)
        #expect(course.copies.first?.answer?.outcome == .neverOpened)
        let row = try await town.office(.clinic).inbox(limit: 10).first { $0.key == key }
        #expect(row?.state == .withdrawn)
        try await town.expectClosed(key)
        for place in [World.Place.careOffice, .clinic] {
            let kinds = try await town.kinds(of: key, at: place)
            #expect(kinds.contains(.withdrawal) && kinds.contains(.neverOpened))
        }
        #expect(try await town.events(.careOffice).contains("withdrawal.requested"))
        #expect(try await town.events(.clinic).contains("withdrawal.answered"))
    }

    @Test func `of what was opened the sender learns when, and the reader sees the wish`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        _ = try await town.office(.clinic).open(key, by: Town.nurse)
        let openedAt = town.time.now
        try await town.settle()
        #expect(try await town.withdraw(key) == .requested)
        try await town.settle()
        #expect(try await town.state(key) == .opened)
        let course = try await town.office(.careOffice).course(of: key.messageID)
        #expect(course.copies.first?.answer?.outcome == .alreadyOpened(at: openedAt))
        let wishes = try await town.office(.clinic).withdrawals(of: [key])
        #expect(wishes[key]?.reason == .wrongPatient)
        // It stays readable, and can be confirmed.
        try await town.office(.clinic).confirm(key, by: Town.nurse)
        try await town.settle()
        #expect(try await town.state(key) == .confirmed)
        let kinds = try await town.kinds(of: key, at: .careOffice)
        #expect(kinds.contains(.alreadyOpened) && kinds.contains(.confirmed))
    }

    /// An answer to the submission was lost: only the exchange knows whether it has the message.
    @Test(arguments: [true, false])
    func `an attempt that may have arrived is made certain first`(hasArrived: Bool) async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        let office = town.office(.careOffice)
        if hasArrived {
            town.wire(.careOffice).fail { $0.submitted = { _ in [] } }
        } else {
            town.wire(.careOffice).fail { $0.refusing = Refusal(.exchangeBusy) }
        }
        let failures = Town.FailureList()
        try await town.round(.careOffice, failures)
        #expect(try await town.state(key) == .queued)
        #expect(try await town.withdraw(key) == .pending)
        #expect(try await office.course(of: key.messageID).takenBackFor == .wrongPatient)
        town.wire(.careOffice).fail()
        town.time.advance(by: .minutes(2))
        try await town.round(.careOffice, failures)
        try await town.round(.careOffice, failures)
        try await town.settle(failures: failures)
        #expect(try await town.state(key) == .withdrawn)
        let course = try await office.course(of: key.messageID)
        #expect(course.copies.first?.answer?.outcome == .neverReleased)
    }

    @Test func `an attempt that the exchange will not have is simply cancelled`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        let failures = Town.FailureList()
        town.wire(.careOffice).fail { $0.refusing = Refusal(.exchangeBusy) }
        try await town.round(.careOffice, failures)
        #expect(try await town.withdraw(key) == .pending)
        town.wire(.careOffice).fail { $0.refusing = Refusal(.recipientKeyUnusable) }
        town.time.advance(by: .minutes(2))
        try await town.round(.careOffice, failures)
        #expect(try await town.state(key) == .withdrawn)
        #expect(try await town.events(.careOffice).contains("message.cancelled"))
    }

    @Test func `what has ended cannot be taken back`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic], hold: .seconds(60))
        let office = town.office(.careOffice)
        let key = try await town.sendLiaison()
        #expect(try await town.withdraw(key) == .cancelled)
        let missing = MessageID.make(at: town.time.now, SeededRandom(seed: 9))
        for (message, code) in [(key.messageID, "outOfOrder"), (missing, "notFound")] {
            let error = await #expect(throws: GatewayError.self) {
                try await office.withdraw(message, because: .other, by: Town.careManager)
            }
            #expect(error?.code == code)
        }
    }

    // MARK: Crash safety

    enum Place: CaseIterable { case sender, exchange, recipient }

    @Test(arguments: Place.allCases, Faults.Moment.allCases)
    func `a stop at any commit of a withdrawal ends in one signed answer`(
        place: Place,
        moment: Faults.Moment
    ) async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let failures = Town.FailureList()
        for number in 1...30 {
            let key = try await town.sendLiaison()
            try await town.settle(rounds: 2, failures: failures)
            #expect(try await town.state(key) == .delivered, "commit \(number)")
            let fault = TownFault(at: number, moment)
            try await reopen(place, town, fault)
            do { _ = try await town.withdraw(key) } catch { /* Asked again after the start. */  }
            try await town.settle(rounds: 2, failures: failures)
            try await reopen(place, town, TownFault(at: 0))
            town.time.advance(by: .minutes(2))
            #expect(try await town.withdraw(key) == .requested)
            try await town.settle(rounds: 2, failures: failures)
            #expect(try await town.state(key) == .withdrawn, "commit \(number)")
            let types = try await town.office(.careOffice).receipts(of: key)
                .map(\.statement.type)
            #expect(types.count { $0 == .withdrawal } == 1)
            #expect(types.count { $0 == .withdrawalAnswer } == 1)
            try await town.expectClosed(key)
            guard fault.isReached else {
                #expect(number > 2)
                break
            }
        }
    }

    private func reopen(_ place: Place, _ town: Town, _ fault: TownFault) async throws {
        switch place {
        case .sender: try await town.reopen(.careOffice, fault: fault)
        case .exchange: try await town.reopenExchange(fault: fault)
        case .recipient: try await town.reopen(.clinic, fault: fault)
        }
    }
}

extension Town {
    func withdraw(
        _ key: MessageKey
    ) async throws -> OrganisationGateway.TakingBack {
        try await office(.careOffice).withdraw(
            key.messageID,
            because: .wrongPatient,
            by: Town.careManager
        )
    }

    /// One round of one office alone.
    func round(_ place: World.Place, _ failures: FailureList? = nil) async throws {
        do {
            try await Courier(office(place)) { _ in }.round()
        } catch {
            guard failures != nil else { throw error }
        }
        time.advance(by: .seconds(1))
    }

    /// Nobody at the clinic reads or confirms it any more.
    fileprivate func expectClosed(_ key: MessageKey) async throws {
        let opening = await #expect(throws: GatewayError.self) {
            _ = try await self.office(.clinic).open(key, by: Town.nurse)
        }
        #expect(opening?.code == "alreadyWithdrawn")
        let confirming = await #expect(throws: GatewayError.self) {
            _ = try await self.office(.clinic).confirm(key, by: Town.nurse)
        }
        #expect(confirming?.code == "outOfOrder")
    }

    /// What the evidence of a place proves.
    fileprivate func kinds(
        of key: MessageKey,
        at place: World.Place
    ) async throws -> [EvidenceFact.Kind] {
        let file = try await office(place).evidence(of: key, to: nil, withContent: true)
        let read = try EvidenceFile(reading: file.bytes)
        let facts = try EvidenceVerifier.verify(read, root: root, now: time.now)
        #expect(facts.allSatisfy { $0.isProved })
        let ours = SecondVerifier.ours(file.bytes, root: root, now: time.now)
        #expect(try SecondVerifier.verdicts(on: [file.bytes], root: root) == [ours])
        return facts.map(\.kind)
    }
}
