import Cryptography
import Delivery
import Directory
import Envelope
import ExchangeAPI
import Primitives
import Storage
import TestKit
import Testing

@testable import Exchange
@testable import Gateway

/// Sheets that meet a changed key under way.
@Suite struct KeyChangeTests {
    @Test func `what was sealed to a revoked key is sealed again, and stays one sheet`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        let failures = Town.FailureList()
        town.wire(.careOffice).fail { $0.isDown = true }
        try await town.settle(rounds: 1, failures: failures)
        #expect(try await town.office(.careOffice).track(key.messageID).isSealed)
        try await town.revoke(.memberEncryption, of: .clinic)
        // The clinic gets another key without anybody's help.
        try await town.settle(rounds: 1, failures: failures)
        town.wire(.careOffice).fail()
        town.time.advance(by: .minutes(2))
        try await town.settle(rounds: 6, failures: failures)
        #expect(try await town.state(key) == .delivered)
        #expect(try await town.office(.careOffice).outbox(limit: .max).count == 1)
        let inbox = try await town.office(.clinic).inbox(limit: .max)
        #expect(inbox.map(\.state) == [.delivered])
        #expect(try await town.events(.careOffice).contains("message.resealed"))
        #expect(try await town.office(.careOffice).family(of: key.messageID).count == 2)
        _ = try await town.office(.clinic).open(try #require(inbox.first).key, by: Town.nurse)
        try await town.settle()
        #expect(try await town.state(key) == .opened)
        let receipts = try await town.office(.careOffice).receipts(of: key)
        #expect(receipts.map(\.statement.type) == [.accepted, .delivered, .opened])
        let evidence = try await town.office(.careOffice)
            .evidence(of: key, to: nil, withContent: true)
        #expect(!evidence.bytes.isEmpty)
    }

    @Test func `what a recipient cannot open any more is sent again by itself`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await Courier(town.office(.careOffice)) { _ in }.round()
        #expect(try await town.state(key) == .accepted)
        try await town.loseEncryptionKey(.clinic)
        let failures = Town.FailureList()
        try await town.settle(rounds: 6, failures: failures)
        #expect(try await town.state(key) == .delivered)
        let inbox = try await town.office(.clinic).inbox(limit: .max)
        #expect(inbox.count { $0.state == .delivered } == 1)
        #expect(inbox.count { $0.state == .refused } == 1)
        #expect(try await town.office(.careOffice).outbox(limit: .max).count == 1)
        // Nothing is sent a third time.
        try await town.settle(rounds: 3, failures: failures)
        #expect(try await town.office(.clinic).inbox(limit: .max).count == 2)
    }

    @Test func `a key near its end is no reason to refuse a sheet`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        town.wire(.clinic).fail { $0.lostRenewals = [.encryption] }
        let failures = Town.FailureList()
        for days in Array(repeating: 28, count: 12) + [27] {
            await town.pass(.days(days))
            try await town.settle(rounds: 2, failures: failures)
        }
        let key = try await town.sendLiaison()
        try await town.settle(rounds: 2, failures: failures)
        #expect(try await town.state(key) == .delivered)
    }

    @Test func `what is taken back is taken back as a whole, sealed again or not`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let key = try await town.sendLiaison()
        try await Courier(office) { _ in }.round()
        try await town.loseEncryptionKey(.clinic)
        try await town.settle(rounds: 6, failures: Town.FailureList())
        let rows = try await office.family(of: key.messageID)
        #expect(rows.count == 2)
        let taken = try await office.withdraw(key.messageID, because: .other, by: Town.nurse)
        #expect(taken == .requested)
        try await town.settle()
        #expect(try await town.state(key) == .withdrawn)
        let course = try await office.course(of: key.messageID)
        #expect(course.takenBackFor == .other && course.resentAs == nil)
    }
}

extension Town {
    /// As after a broken disk; the next key gets another name, as the same one would be the same.
    func loseEncryptionKey(_ place: World.Place) async throws {
        for handle in keys(place).handles() where handle.use == .encryption {
            try await keys(place).destroy(handle)
        }
        _ = try await keys(place).generate(.encryption, label: "encryption-2")
    }
}
