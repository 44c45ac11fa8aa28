import Cryptography
import Primitives
import TestKit
import Testing

@testable import Directory

/// The replay of the `keys` tree.
struct ReplayTests {
    @Test func `the miniature world replays, and every member can be sealed to`() async throws {
        let world = try await World.make()
        #expect(world.directory.members.count == World.Place.allCases.count + 1)
        #expect(world.directory.exchange == world.exchange.id)
        #expect(world.directory.policy?.number == 1)
        #expect(world.directory.lists.count == 3)
        for place in World.Place.allCases {
            let member = world.member(place)
            let certificate = try world.directory.encryptionCertificate(
                for: member.id,
                at: world.start,
                until: world.start.adding(.days(7))
            )
            #expect(certificate == member.encryption.certificate)
            let signing = world.directory.signingCertificate(
                of: PartyID(member.id),
                at: world.start
            )
            #expect(signing == member.signing.certificate)
            #expect(world.directory.member(member.id)?.certificates.count == 3)
        }
        let receipts = world.directory.signingCertificate(
            of: PartyID(world.exchange.id),
            at: world.start
        )
        #expect(receipts == world.exchange.receipts.certificate)
    }
}
