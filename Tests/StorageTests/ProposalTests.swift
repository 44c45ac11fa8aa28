import Audit
import Cryptography
import Delivery
import Directory
import Primitives
import Storage
import TestKit
import Testing

/// The way from a decision to a change.
@Suite struct ProposalTests {
    typealias World = StorageWorld

    @Test func `a change carries what the completion makes, sealed for its tree`() throws {
        let row = World.message(World.key(1))
        let change = World.accept(row, expecting: [.decidedAt(World.start)])
        #expect(change.expects.count == 2)
        #expect(change.writes.count == 1)
        #expect(change.receipts.isEmpty)
        let draft = try #require(change.audit.first)
        #expect(draft.tree == World.transport)
        #expect(draft.entry.openings.allSatisfy { $0.keyReference == World.dataKey.reference })
    }

    @Test func `drafts are signed in order and the store gives back what it has stored`()
        async throws
    {
        let world = try await TestKit.World.make()
        let key = World.key(1)
        let signer = world.exchange.receipts
        let drafts: [Proposal<ExchangeWrite>.Draft] = [
            { _ in Self.expired(key, after: World.digest("accepted"), by: world) },
            { signed in Self.expired(key, after: signed[0].sha256, by: world) },
        ]
        let proposal = Proposal<ExchangeWrite>(expects: [], drafts: drafts) { signed in
            let slots = [World.office, World.clinic].map {
                StatementSlot.copy(.expired, key, $0)
            }
            let writes = zip(signed, slots).map { statement, slot in
                ExchangeWrite.statement(
                    StatementRow(statement, slot: slot, storedAt: World.start)
                )
            }
            return (writes, signed.map { World.accepted(key, $0.sha256) })
        }
        let first = try await signer.sign(drafts[0]([]), at: World.start)
        let signed = [first, try await signer.sign(drafts[1]([first]), at: World.start)]
        let change = proposal.finished(signed, in: World.trees, by: World.dataKey)

        let place = try await ExchangeStorePlace()
        let committed = try await place.store.commit(change)
        #expect(committed.receipts == signed)
        #expect(committed.positions.map(\.index) == [1, 2])
        let second = try signed[1].body(as: ExpiredStatement.self)
        #expect(second.head.previous == signed[0].sha256)
        let stored = try await place.store.ask { try $0.statement(signed[1].sha256) }
        #expect(stored?.bytes == signed[1].bytes)
        #expect(stored?.type == .expired)
        #expect(stored?.issuer == PartyID(world.exchange.id))
    }

    private static func expired(
        _ key: MessageKey,
        after previous: Digest,
        by world: TestKit.World
    ) -> ExpiredStatement {
        ExpiredStatement(
            head: ReceiptHead(
                issuer: PartyID(world.exchange.id),
                message: key,
                previous: previous,
                at: World.start,
                logOrigin: world.exchange.transportOrigin
            ),
            to: World.office
        )
    }

    @Test func `an act without a leaf stops the program`() async {
        await #expect(processExitsWith: .failure) {
            _ = StorageWorld.change([ExchangeWrite](), [])
        }
    }

    @Test func `an entry for a tree that is not given stops the program`() async {
        await #expect(processExitsWith: .failure) {
            let entry = StorageWorld.opened(StorageWorld.access)
            _ = StorageWorld.change([GatewayWrite](), [entry], in: [StorageWorld.keys])
        }
    }

    @Test func `a draft without its signature stops the program`() async {
        await #expect(processExitsWith: .failure) {
            let entry = StorageWorld.opened(StorageWorld.keys)
            let proposal = Proposal<ExchangeWrite>(
                expects: [],
                drafts: [{ _ in preconditionFailure("nobody signs it") }],
                complete: { _ in ([], [entry]) }
            )
            _ = proposal.finished([], in: StorageWorld.trees, by: StorageWorld.dataKey)
        }
    }

    @Test(arguments: [
        StoreError.conflict(nil), .full, .busy, .damaged, .rolledBack(.keys),
        .unavailable(code: 1), .closed, .locked, .noStore, .unknownFile,
        .newerSchema(found: 2, known: 1),
    ])
    func `every error says what happened and what to do`(error: StoreError) {
        #expect(!error.code.isEmpty)
        #expect(error.summary.hasSuffix("."))
        #expect(error.advice.hasSuffix("."))
    }

    @Test func `a sealed column tells nothing`() {
        #expect("\(World.sealed("name"))".hasSameBytes(as: "(sealed)"))
        #expect(String(reflecting: World.sealed("name")).hasSameBytes(as: "(sealed)"))
    }
}
