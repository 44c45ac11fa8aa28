import Cryptography
import Primitives
import TestKit
import Testing

@testable import Directory

/// The digits that two members read to each other.
struct FingerprintTests {
    @Test func `both ends see the same digits, and other keys give others`() async throws {
        var world = try await World.make()
        let (clinic, hospital) = (world.member(.clinic), world.member(.hospital))
        let digits = try required(
            Fingerprint(of: clinic.id, and: hospital.id, in: world.directory)
        )
        #expect(Fingerprint(of: hospital.id, and: clinic.id, in: world.directory) == digits)
        let isForm = digits.groups.allSatisfy { group in
            group.utf8.count == 4 && Int(group).map { (0...8191).contains($0) } ?? false
        }
        #expect(digits.groups.count == 8 && isForm)
        #expect(digits.text == digits.groups.joined(separator: " "))
        let other = Fingerprint(
            of: clinic.id,
            and: world.member(.careOffice).id,
            in: world.directory
        )
        #expect(other != digits)
        #expect(Fingerprint(of: clinic.id, and: world.paperMember, in: world.directory) == nil)

        // A key without a rotation changes nothing that is read out; a recovery does.
        let thief = MemoryKeyStore(seed: [9])
        let key = try await thief.generate(.encryption, label: "rogue")
        let rogue = try await world.exchange.issue(
            .memberEncryption,
            to: clinic.id,
            point: try thief.point(key),
            from: world.start.adding(.hours(-1))
        )
        var before = world
        try before.apply(.certificate(clinic.id, rogue))
        #expect(Fingerprint(of: clinic.id, and: hospital.id, in: before.directory) == digits)
        var membership = world.exchange.membership(of: clinic)
        membership.recovery = [rogue.keyID]
        let statement = try await world.exchange.registrar.sign(membership, at: world.start)
        try world.apply(.statement(statement))
        try world.apply(.certificate(clinic.id, rogue))
        #expect(Fingerprint(of: clinic.id, and: hospital.id, in: world.directory) != digits)
    }

    @Test func `the digits are slices of thirteen bits of the hash of both`() async throws {
        let world = try await World.make()
        let pair = [world.member(.clinic), world.member(.hospital)].sorted { $0.id < $1.id }
        var bytes = "renkei-fingerprint-v1".bytes + [0]
        for member in pair {
            bytes += member.id.text.bytes + member.signing.certificate.keyID.text.bytes
            bytes += member.encryption.certificate.keyID.text.bytes
        }
        let bits = SHA256.hash(bytes).bytes.flatMap { byte in
            (0..<8).map { Int(byte >> (7 - $0)) & 1 }
        }
        let digits = try required(Fingerprint(of: pair[0].id, and: pair[1].id, in: world.directory))
        for (index, group) in digits.groups.enumerated() {
            let slice = bits[index * 13..<index * 13 + 13].reduce(0) { $0 * 2 + $1 }
            #expect(Int(group) == slice)
        }
    }
}
