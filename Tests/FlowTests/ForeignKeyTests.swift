import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Gateway
import Primitives
import TestKit
import Testing

@testable import Exchange

/// What the exchange issues in a member's name without the member.
@Suite struct ForeignKeyTests {
    @Test(arguments: [KeyUse.signing, .encryption])
    func `a certificate in our name with another's key is an alarm, and our keys go on`(
        use: KeyUse
    ) async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let member = town.office(.clinic).member
        let thief = MemoryKeyStore(seed: [9])
        let key = try await thief.generate(use, label: "rogue")
        let rogue = try await town.node.identity.memberAuthority.issue(
            use == .signing ? .memberSigning : .memberEncryption,
            subject: .member(member),
            point: try thief.point(key),
            serial: [UInt8](repeating: 7, count: 20),
            validity: Validity(from: town.time.now, to: town.time.now.adding(.days(30)))
        )
        try await town.node.operate { writer throws(Refusal) in
            try writer.believe(.certificate(member, rogue))
        }
        try await town.settle()
        let alarm = "key.foreignCertificate leafNotExpected"
        #expect(try await town.events(.clinic).count { $0 == alarm } == 1)
        #expect(try await town.events(.careOffice).contains(alarm) == false)
        let message = try await town.sendLiaison()
        try await town.settle()
        #expect(try await town.state(message) == .delivered)
        _ = try await town.office(.clinic).open(message, by: Town.nurse)
        try await town.settle()
        #expect(try await town.state(message) == .opened)
    }
}
