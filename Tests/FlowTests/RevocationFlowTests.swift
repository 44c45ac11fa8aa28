import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage
import TestKit
import Testing

@testable import Exchange
@testable import Gateway

/// What a revocation changes, and how soon.
@Suite struct RevocationFlowTests {
    @Test func `a revocation is honoured everywhere within a minute`() async throws {
        let town = try await Town.make()
        let clinic = town.office(.clinic)
        let member = clinic.member
        let entry = try #require(clinic.view.member(member)?.entry).following(on: clinic.today)
        let statement = try await clinic.statementSigner().sign(entry, at: town.time.now)
        let shown = try #require(try await clinic.transportCertificate())
        let signing = try #require(
            town.node.view.certificates(of: PartyID(member), role: .memberSigning).first
        )
        _ = try await town.node.session(for: shown.der)

        let begun = town.time.now
        try await town.revoke(.memberSigning, of: .clinic)
        try await town.revoke(.memberEncryption, of: .clinic)
        try await town.node.revoke(
            shown.sha256,
            of: member,
            since: begun,
            reason: .keyCompromise
        )
        // At once the exchange takes nothing from these keys.
        await #expect(throws: (any Error).self) {
            _ = try await town.node.session(for: shown.der)
        }
        let results = try await town.node.session(of: member)
            .acknowledge([WireStatement(bytes: statement.bytes)])
        #expect(results.first?.refusal?.reason == .revoked)
        #expect(town.node.view.member(member)?.entry?.entryNumber == entry.entryNumber - 1)

        // The clinic cannot come back by itself meanwhile.
        town.wire(.clinic).fail { $0.isDown = true }
        try await town.settle(rounds: 1, failures: Town.FailureList())
        let now = town.time.now
        #expect(now.since(begun) <= .minutes(1))
        for place in World.Place.allCases where place != .clinic {
            let view = town.office(place).view
            #expect(view.isRevoked(signing, at: now))
            let refusal = #expect(throws: DirectoryRefusal.self) {
                try view.encryptionCertificate(for: member, at: now, until: now)
            }
            #expect(refusal == .recipientKeyUnusable)
            #expect(try await town.events(place).contains("revocation.applied"))
        }
        let error = await #expect(throws: GatewayError.self) { try await town.sendLiaison() }
        #expect(error?.code == "recipientKeyUnusable")
    }

    @Test func `a directory that forks keeps no receipt back`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        _ = try await town.office(.clinic).open(key, by: Town.nurse)
        try await Courier(town.office(.clinic)) { _ in }.round()
        try await town.revoke(.memberEncryption, of: .clinic)
        town.wire(.careOffice).fail { faults in
            faults.checkpoint = { _ in "no note".bytes }
        }
        try await town.office(.careOffice).takeEvents(waitSeconds: 0)
        #expect(try await town.state(key) == .opened)
        #expect(try await town.events(.careOffice).contains("audit.alarm forkSeen"))
    }

    @Test func `news of a revocation in the events is heard before what follows it`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await town.revoke(.memberSigning, of: .careOffice)
        try await town.office(.clinic).takeEvents(waitSeconds: 0)
        let member = town.office(.careOffice).member
        let signing = town.office(.clinic).view.signingCertificate(
            of: PartyID(member),
            at: town.time.now
        )
        #expect(signing == nil)
    }

    @Test func `what was taken in after the date is listed with its reader, each a task`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let before = try await town.sendLiaison()
        try await town.settle()
        town.time.advance(by: .hours(1))
        let since = town.time.now
        let keys = [try await town.sendLiaison(), try await town.sendLiaison()]
        try await town.settle()
        let clinic = town.office(.clinic)
        _ = try await clinic.open(keys[0], by: Town.nurse)
        #expect(try await clinic.affected().isEmpty)
        try await town.revoke(.memberSigning, of: .careOffice, since: since)
        try await town.settle(failures: Town.FailureList())
        let affected = try await clinic.affected()
        #expect(Set(affected.map(\.row.key)) == Set(keys))
        let isOpen = affected.allSatisfy { $0.acceptedAt >= since && $0.decision == nil }
        #expect(isOpen)
        let read = try #require(affected.first { $0.row.key == keys[0] })
        #expect(read.opened?.name == Town.nurse.name && read.row.state == .opened)
        let unread = try #require(affected.first { $0.row.key == keys[1] })
        #expect(unread.opened == nil)
        try await clinic.review(keys[0], .enquired, by: Town.nurse)
        let decided = try await clinic.affected().first { $0.row.key == keys[0] }
        #expect(decided?.decision == .enquired)
        #expect(try await town.events(.clinic).contains("revocation.reviewed enquired"))
        await #expect(throws: GatewayError.self) {
            try await clinic.review(before, .confirmed, by: Town.nurse)
        }
    }
}

extension Town {
    /// The registrar ends a member's newest key of a role.
    func revoke(
        _ role: CertificateRole,
        of place: World.Place,
        since: Timestamp? = nil
    ) async throws {
        let member = office(place).member
        let certificate = try required(
            node.view.certificates(of: PartyID(member), role: role).first
        )
        try await node.revoke(
            certificate.sha256,
            of: member,
            since: since ?? time.now,
            reason: .keyCompromise
        )
        await node.tidy { _ in }
    }
}
