import Audit
import Delivery
import Directory
import Envelope
import Primitives
import TestKit

@testable import Cryptography

/// The world of the vectors with its further keys and directory changes, and the makers of
/// messages.
struct Smithy {
    let messages: Messages
    let vectorWorld: VectorWorld
    /// Certified for the care office, in the directory as a key that follows another (addition
    /// `second-key`).
    let second: StatementSigner.Key
    /// Certified for the care office and in no directory.
    let unknown: StatementSigner.Key
    /// Certified by a root of the same name.
    let impostor: StatementSigner.Key
    /// A member whose certificate begins an hour after the world (addition `newcomer`).
    let newcomer: (id: MemberID, key: StatementSigner.Key)
    /// A TLS certificate of the care office (addition `tls-signer`).
    let transport: StatementSigner.Key

    var world: World { messages.world }

    static func make() async throws -> Smithy {
        let world = try await World.make()
        let office = world.member(.careOffice)
        let second = try await certified(world, "second", office.id)
        let transport = try await certified(world, "tls", office.id, .memberTransport)
        let id = MemberID.make(SeededRandom(seed: 99))
        let later = world.start.adding(.hours(1))
        let newcomer = try await certified(world, "newcomer", id, from: later)
        let other = try await World.make(seed: 2)
        let additions = try await [
            "second-key": [certificate(second, office.id, at: world.start)],
            "tls-signer": [certificate(transport, office.id, at: world.start)],
            "newcomer": join(newcomer, id, world),
            "revoked": [revoked(world, listed: .zero, since: .minutes(-1))],
            "revoked-listed-later": [revoked(world, listed: .hours(2), since: .minutes(-1))],
            "revoked-after": [revoked(world, listed: .hours(2), since: .hours(1))],
            "revoked-by-statement": [revocation(world)],
            "lists-later": [
                DirectoryRow(
                    .list(
                        world.exchange.list(
                            of: world.exchange.memberAuthority,
                            number: 2,
                            at: world.start.adding(.days(3))
                        )
                    ),
                    at: world.start.adding(.days(3))
                )
            ],
        ]
        var keys: [World.Place: [UInt8]] = [:]
        for place in World.Place.allCases {
            let member = world.member(place)
            keys[place] = try member.store.pem(member.encryption.key)
        }
        return Smithy(
            messages: try Messages(world),
            vectorWorld: VectorWorld(
                root: world.exchange.root.certificate,
                base: try world.leaves.map { leaf, object in
                    let change = try DirectoryChange(leaf: leaf, object: object)
                    return DirectoryRow(try required(change), at: leaf.at)
                },
                additions: Dictionary(
                    uniqueKeysWithValues: additions.map { (ByteText($0.key), $0.value) }
                ),
                members: world.members.mapValues(\.id),
                keys: keys
            ),
            second: second,
            unknown: try await certified(world, "unknown", office.id),
            impostor: try await certified(other, "impostor", office.id),
            newcomer: (id, newcomer),
            transport: transport
        )
    }

    /// A vector of a message after `edit`, a minute after it was made.
    func vector(
        to receiver: World.Place = .clinic,
        after later: Duration = .minutes(1),
        with additions: [String] = [],
        small: Bool = false,
        _ edit: (inout Forge) throws -> Void = { _ in }
    ) async throws -> Vector {
        var forge = try small ? Forge.small(messages) : Forge(messages)
        try edit(&forge)
        let forged = try await forge.make()
        return Vector(
            bytes: forged.bytes,
            chunks: forged.chunks,
            receiver: receiver,
            now: forge.createdAt.adding(later),
            additions: additions
        )
    }

    // MARK: Keys and changes

    static func certified(
        _ world: World,
        _ label: String,
        _ member: MemberID,
        _ profile: CertificateProfile = .memberSigning,
        from: Timestamp? = nil
    ) async throws -> StatementSigner.Key {
        let store = world.member(.careOffice).store
        let key = try await store.generate(.signing, label: label)
        let certificate = try await world.exchange.issue(
            profile,
            to: member,
            point: store.point(key),
            from: from ?? world.start.adding(.days(-1))
        )
        let issuing = world.exchange.memberAuthority.certificate
        return StatementSigner.Key(
            store,
            key,
            SigningIdentity(certificate: certificate, issuing: issuing)
        )
    }

    private static func certificate(
        _ key: StatementSigner.Key,
        _ member: MemberID,
        at time: Timestamp
    ) -> DirectoryRow {
        DirectoryRow(.certificate(member, key.identity.certificate), at: time)
    }

    private static func join(
        _ key: StatementSigner.Key,
        _ id: MemberID,
        _ world: World
    ) async throws -> [DirectoryRow] {
        let time = world.start.adding(.hours(2))
        let office = world.member(.careOffice)
        let membership = Membership(
            issuer: PartyID(world.exchange.id),
            memberID: id,
            profile: office.profile,
            standing: MemberStanding(since: world.start),
            verification: Verification(by: "registrar", at: world.start)
        )
        let statement = try await world.exchange.registrar.sign(membership, at: time)
        return [DirectoryRow(.statement(statement), at: time), certificate(key, id, at: time)]
    }

    private static func revoked(
        _ world: World,
        listed: Duration,
        since: Duration
    ) async throws -> DirectoryRow {
        let time = world.start.adding(listed)
        let list = try await world.exchange.list(
            of: world.exchange.memberAuthority,
            number: 2,
            at: time,
            revoked: [
                RevokedCertificate(
                    serial: world.member(.careOffice).signing.certificate.serial,
                    reason: .keyCompromise,
                    since: world.start.adding(since)
                )
            ]
        )
        return DirectoryRow(.list(list), at: time)
    }

    private static func revocation(_ world: World) async throws -> DirectoryRow {
        let office = world.member(.careOffice)
        let revocation = Revocation(
            issuer: PartyID(office.id),
            of: (office.id, office.signing.certificate.sha256),
            since: world.start.adding(.minutes(-1)),
            reason: .keyCompromise,
            requestedAt: world.start
        )
        let statement = try await office.signer.sign(revocation, at: world.start)
        return DirectoryRow(.statement(statement), at: world.start)
    }
}
