import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import TestKit
import Testing

@testable import Exchange
@testable import Gateway

/// What an office is told of its own keys as time passes.
@Suite struct KeyReportFlowTests {
    @Test func `a late renewal is told at its marks, and what stops is named`() async throws {
        let town = try await Town.make(places: [.careOffice])
        let office = town.office(.careOffice)
        #expect(try await office.keyReport().state == .healthy)
        town.wire(.careOffice).fail { $0.lostRenewals = [.signing] }
        let failures = Town.FailureList()
        var states: [KeyReport.State] = []
        for days in [60, 10, 5, 8, 5, 4] {
            await town.pass(.days(days))
            try await town.settle(rounds: 2, failures: failures)
            states.append(try await office.keyReport().state)
        }
        let late = states.dropFirst().dropLast().filter { $0 != .renewalOverdue }
        #expect(late.isEmpty)
        #expect(states.last == .signingEnded)
        let warned = try await town.events(.careOffice).count { $0 == "key.expiryWarned" }
        #expect(warned == 4)
        let lines = try await office.keyReport().lines
        let line = try #require(lines.first { $0.usage == .signing })
        #expect(line.condition == .ended && line.daysLeft < 0)
        await #expect(throws: GatewayError.self) {
            try await office.renew([.signing], by: Town.careManager)
        }
    }

    @Test func `a lost encryption key is followed by another, and is no alarm`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let clinic = town.office(.clinic)
        for handle in town.keys(.clinic).handles() where handle.use == .encryption {
            try await town.keys(.clinic).destroy(handle)
        }
        // Another key under the same name would be the same one in this store.
        _ = try await town.keys(.clinic).generate(.encryption, label: "encryption-2")
        #expect(try await clinic.keyReport().state == .encryptionLost)
        try await town.settle()
        #expect(try await clinic.keyReport().state == .healthy)
        let alarms = try await town.events(.clinic).filter { $0.hasPrefix("key.foreign") }
        #expect(alarms.isEmpty)
        let key = try await town.sendLiaison()
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
    }

    @Test func `an alarm about the own name stands as long as that certificate`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let clinic = town.office(.clinic)
        let thief = MemoryKeyStore(seed: [9])
        let key = try await thief.generate(.encryption, label: "rogue")
        let rogue = try await town.node.identity.memberAuthority.issue(
            .memberEncryption,
            subject: .member(clinic.member),
            point: try thief.point(key),
            serial: [UInt8](repeating: 7, count: 20),
            validity: Validity(from: town.time.now, to: town.time.now.adding(.days(2)))
        )
        try await town.node.operate { writer throws(Refusal) in
            try writer.believe(.certificate(clinic.member, rogue))
        }
        try await town.settle()
        #expect(try await clinic.keyReport().state == .foreignKey)
        await town.pass(.days(3))
        try await town.settle()
        #expect(try await clinic.keyReport().state == .healthy)
    }
}
