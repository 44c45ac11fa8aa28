import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Gateway
import Primitives
import Storage
import TestKit
import Testing

@testable import Exchange

/// Members cosign the exchange's log, and the exchange theirs.
@Suite struct WitnessTests {
    /// A town in which the hospital is the witness.
    private static func town() async throws -> Town {
        let town = try await Town.make(places: [.careOffice, .clinic, .hospital])
        try await town.node.addWitness(town.office(.hospital).member)
        try await town.settle()
        return town
    }

    @Test func `the exchange's trees are cosigned, and each office's by the exchange`()
        async throws
    {
        let town = try await Self.town()
        #expect(town.node.view.policy?.quorum == 1)
        for report in try await town.node.witnessReports() {
            #expect(report.cosigned?.size == report.size && report.trouble == nil)
        }
        #expect(town.office(.careOffice).unwitnessedLeaves == 0)
        let office = town.office(.clinic)
        let cosigned = try await office.store.read { stored throws(StoreError) in
            let tree = try stored.openTree(.access)
            return try tree.flatMap { tree throws(StoreError) in
                try stored.checkpoints(of: tree.origin, limit: 9).first { !$0.cosignatures.isEmpty }
            }
        }
        #expect(cosigned != nil)
        let key = try await town.sendLiaison()
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
    }

    @Test(arguments: [false, true])
    func `a sheet waits until the witness has seen the recipient's key`(
        isAccepted: Bool
    ) async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        try await town.node.addWitness(town.office(.hospital).member)
        try await town.settle()
        town.wire(.hospital).fail { $0.isDown = true }
        try await town.join(.clinic)
        let failures = Town.FailureList()
        try await town.settle(failures: failures)
        let key = try await town.sendLiaison()
        try await town.settle(failures: failures)
        #expect(failures.codes.contains("keyUnwitnessed"))
        #expect(try await town.state(key) == .queued)
        #expect(try await town.office(.careOffice).track(key.messageID).blockedFor == nil)
        #expect(town.office(.careOffice).unwitnessedLeaves > 0)
        if isAccepted {
            let reason = "救急搬送のため"
            try await town.office(.careOffice)
                .acceptUnwitnessed(by: Town.careManager, because: reason)
            #expect(try await town.events(.careOffice).contains("key.unwitnessedAccepted"))
        } else {
            town.wire(.hospital).fail()
        }
        town.time.advance(by: .minutes(2))
        try await town.settle(failures: failures)
        #expect(try await town.state(key) == .delivered)
        // What witnesses have seen is known after a start too.
        try await town.reopen(.careOffice)
        #expect(town.office(.careOffice).unwitnessedLeaves == 0)
    }

    @Test func `witnesses that stay away are told to operator and members, once`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        try await town.node.addWitness(town.office(.hospital).member)
        try await town.settle()
        town.wire(.hospital).fail { $0.isDown = true }
        try await town.join(.clinic)
        let told = Lock<[String]>([])
        func pass(_ time: Duration) async throws {
            town.time.advance(by: time)
            await town.node.tidy { error in told.withLock { $0.append(error.code) } }
            try await town.settle(failures: Town.FailureList())
        }
        try await pass(.minutes(59))
        #expect(told.withLock { $0 } == [])
        for _ in 0..<3 { try await pass(.minutes(2)) }
        #expect(told.withLock { $0 } == ["noQuorum"])
        func alarms() async throws -> Int {
            try await town.events(.careOffice).count { $0 == "audit.alarm noQuorum" }
        }
        #expect(try await alarms() == 0)
        for _ in 0..<2 { try await pass(.hours(24)) }
        #expect(try await alarms() == 1)
    }

    @Test func `a witness refuses a forked log, and an alarm is on record`() async throws {
        let town = try await Self.town()
        let keys = town.node.origin(.keys)
        let forged = try await town.node.identity.log.checkpoint(
            keys,
            TreeHead(size: 500, root: SHA256.hash("another tree".bytes))
        )
        let size = try await town.node.witnessedSize(.keys)
        town.wire(.hospital).fail {
            $0.witnessed = { _ in [WitnessRequest(oldSize: size, proof: [], checkpoint: forged)] }
        }
        try await town.settle()
        let reports = try await town.node.witnessReports()
        #expect(reports.contains { $0.trouble == .refuses(.forked) })
        let alarms = try await town.events(.hospital).filter { $0 == "audit.alarm forkSeen" }
        #expect(alarms.count == 1)
    }

    @Test func `cosignatures of others and of old keys count for nothing`() async throws {
        let town = try await Self.town()
        let office = town.office(.careOffice)
        await #expect(throws: ExchangeError.refused(Refusal(.notFound))) {
            try await town.wire(.careOffice).cosign([])
        }
        let keys = town.node.origin(.keys)
        let saved = try await town.wire(.hospital).checkpoint(.keys, isWitnessed: true)
        let checkpoint = try Checkpoint(reading: saved)
        let line = try #require(checkpoint.cosignatures.first)
        let answer = WitnessAnswer(keys, .cosigned(size: checkpoint.head.size - 1, line))
        await #expect(throws: ExchangeError.self) {
            try await town.wire(.hospital).cosign([answer])
        }
        // Another member's log is not to be handed in.
        let access = try #require(TreeOrigin("exchange.example/log/access/\(office.member)/2026"))
        let foreign = try await town.node.identity.log.checkpoint(access, checkpoint.head)
        let request = WitnessRequest(oldSize: 0, proof: [], checkpoint: foreign)
        await #expect(throws: ExchangeError.refused(Refusal(.notYourName))) {
            try await town.wire(.hospital).witness(request)
        }
        let answered = try await town.wire(.careOffice).witness(request)
        #expect(answered.outcome == .refused(.badSignature))
    }

    @Test func `the only witness leaves the list, and everybody follows`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let hospital = town.office(.hospital).member
        try await town.node.addWitness(hospital)
        try await town.settle()
        try await town.node.removeWitness(hospital)
        try await town.settle()
        try await town.join(.clinic)
        try await town.settle()
        #expect(town.office(.careOffice).unwitnessedLeaves == 0)
        let key = try await town.sendLiaison()
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
    }

    @Test func `a witness that leaves the list is no longer needed`() async throws {
        let town = try await Self.town()
        try await town.node.addWitness(town.office(.clinic).member)
        try await town.node.addWitness(town.office(.careOffice).member)
        #expect(town.node.view.policy?.quorum == 2)
        try await town.settle()
        try await town.node.removeWitness(town.office(.hospital).member)
        #expect(town.node.view.policy?.quorum == 1)
        try await town.settle(rounds: 5)
        #expect(town.office(.hospital).unwitnessedLeaves == 0)
        #expect(try await town.node.witnessReports().count == 4)
    }
}
