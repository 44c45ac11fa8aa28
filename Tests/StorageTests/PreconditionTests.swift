import Delivery
import Directory
import Primitives
import Storage
import Testing

/// Each condition holds while it is true and fails its change alone once it is not.
@Suite struct PreconditionTests {
    typealias World = StorageWorld

    /// On a store with message 1 from the hospital to the office, released, and one certificate.
    static let table: [(condition: Precondition, holds: Bool)] = [
        (.decidedAt(World.start), true),
        (.decidedAt(World.start.adding(.seconds(0) - Limits.decisionAge)), true),
        (.decidedAt(World.start.adding(.milliseconds(-1) - Limits.decisionAge)), false),
        (.treeOpen(World.keys), true),
        (.treeOpen(World.access), false),
        (.treeSize(World.keys, 1), true),
        (.treeSize(World.keys, 0), false),
        (.treeSize(World.keys, 2), false),
        (.treeSize(World.access, 0), false),
        (.statementUnknown(.message(.accepted, World.key(1))), false),
        (.statementUnknown(.message(.accepted, World.key(2))), true),
        (.statementUnknown(.copy(.accepted, World.key(1), World.office)), true),
        (.statementUnknown(.numbered(.directoryEntry, PartyID(World.office), 1)), true),
        (.messageUnknown(World.key(1), sealed: World.digest("new")), false),
        (.messageUnknown(World.key(2), sealed: World.digest("new")), true),
        (.messageUnknown(World.key(2), sealed: World.message(World.key(1)).sealedSha256), false),
        (.copyState(World.key(1), to: World.office, .released), true),
        (.copyState(World.key(1), to: World.office, .accepted), false),
        (.copyState(World.key(1), to: World.clinic, .released), false),
        (.copyState(World.key(2), to: World.office, .released), false),
        (.certificateStanding(World.digest("standing")), true),
        (.certificateStanding(World.digest("revoked")), false),
        (.certificateStanding(World.digest("unknown")), false),
        (.codeStanding(World.office, tries: 0), true),
        (.codeStanding(World.office, tries: 1), false),
        (.codeStanding(World.clinic, tries: 0), false),
        (
            .usage(
                from: World.hospital,
                to: World.office,
                atMost: Usage(messages: 1, bytes: 1_000)
            ),
            true
        ),
        (
            .usage(
                from: World.hospital,
                to: World.office,
                atMost: Usage(messages: 0, bytes: 1_000)
            ),
            false
        ),
        (
            .usage(from: World.hospital, to: World.office, atMost: Usage(messages: 1, bytes: 9)),
            false
        ),
        (
            .usage(from: World.office, to: World.hospital, atMost: Usage(messages: 0, bytes: 0)),
            true
        ),
    ]

    @Test(arguments: StoreEngine.allCases, table)
    func `a change stands or falls with what it expects`(
        engine: StoreEngine,
        row: (condition: Precondition, holds: Bool)
    ) async throws {
        let place = try await ExchangeStorePlace(engine)
        _ = try await place.store.commit(World.accept(World.message(World.key(1))))
        _ = try await place.store.commit(World.release(World.key(1)))
        _ = try await place.store.commit(World.change(Self.members, [Self.entry]))
        let notice = NoticeRow(type: .maintenance, members: [])
        let write = ExchangeWrite.notice(World.clinic, notice, at: World.start)
        let change = World.change(expecting: [row.condition], [write], [Self.entry])
        let neighbour = World.change([write], [Self.entry])

        let results = await place.store.commit([change, neighbour])
        let cursor = try await place.store.ask { try $0.newestEvent(of: World.clinic) }
        if row.holds {
            #expect(try results[0].get().positions.count == 1)
        } else {
            #expect(results[0] == .failure(.conflict(row.condition)))
        }
        #expect(try results[1].get().positions.count == 1)
        #expect(cursor == (row.holds ? 2 : 1))
    }

    private static let entry = World.released(World.key(1))

    private static let members: [ExchangeWrite] = [
        .certificate(certificate("standing")), .certificate(certificate("revoked")),
        .revoke(certificate: World.digest("revoked"), at: World.start),
        .joiningCode(
            JoiningCodeRow(
                member: World.office,
                keys: World.sealed("code"),
                validUntil: World.at(9),
                tries: 0,
                used: nil
            )
        ),
    ]

    private static func certificate(_ label: String) -> CertificateRow {
        CertificateRow(
            sha256: World.digest(label),
            member: World.office,
            keyID: World.demand(KeyID(String(World.digest(label).hex.prefix(40)))),
            der: [1],
            notAfter: World.at(99),
            revokedAt: nil
        )
    }
}
