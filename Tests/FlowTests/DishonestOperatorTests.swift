import Audit
import Cryptography
import Delivery
import Directory
import Gateway
import Primitives
import Storage
import TestKit
import Testing

@testable import Exchange
@testable import Gateway

/// What the operator of an exchange can try against its members, and which of them finds it out.
@Suite struct DishonestOperatorTests {
    private static let town = [World.Place.careOffice, .clinic]

    /// A directory that is another by one leaf.
    private func another(_ town: Town, signedBy signer: CheckpointSigner) async throws -> Checkpoint
    {
        try await signer.checkpoint(
            town.node.origin(.keys),
            TreeHead(
                size: town.office(.careOffice).directorySize + 1,
                root: SHA256.hash("another tree".bytes)
            )
        )
    }

    /// Makes the care office believe in it.
    private func showAnother(_ town: Town, signedBy signer: CheckpointSigner) async throws {
        let shown = try await another(town, signedBy: signer)
        try await town.office(.careOffice).keep([.peerCheckpoint(shown)])
    }

    private func forks(_ town: Town) async throws -> Int {
        try await town.events(.clinic).count { $0 == "audit.alarm forkSeen" }
    }

    /// The sheet comes before or after the leaves with which the two can be compared.
    @Test(arguments: [false, true])
    func `two directories for two members are found out by a sheet between them`(
        isAhead: Bool
    ) async throws {
        let town = try await Town.make(places: Self.town)
        try await showAnother(town, signedBy: town.node.identity.log)
        if !isAhead { town.wire(.clinic).fail { $0.isDown = true } }
        let failures = Town.FailureList()
        let key = try await town.sendLiaison()
        try await town.settle(failures: failures)
        #expect(try await forks(town) == (isAhead ? 1 : 0))
        try await town.join(.hospital)
        town.wire(.clinic).fail()
        for _ in 0..<3 {
            town.time.advance(by: .minutes(2))
            try await town.settle(failures: failures)
        }
        #expect(try await forks(town) == 1)
        // Nobody's sheet waits for that.
        #expect(try await town.state(key) == .delivered)
        try await town.reopen(.clinic)
        _ = try await town.sendLiaison()
        try await town.settle(failures: failures)
        #expect(try await forks(town) == 1, "told once")
    }

    @Test func `what was heard of is compared when its leaves have come`() async throws {
        let town = try await Town.make(places: Self.town)
        town.wire(.clinic).fail { $0.isDown = true }
        let shown = try await another(town, signedBy: town.node.identity.log)
        let heard = SettingName(rawValue: "heardCheckpoint")
        try await town.office(.clinic).keep([.setting(heard, shown.note)])
        try await town.join(.hospital)
        town.wire(.clinic).fail()
        try await town.settle()
        #expect(try await forks(town) == 1)
    }

    @Test func `leaves that one member does not get are missed after a sheet of another`()
        async throws
    {
        let town = try await Town.make(places: Self.town)
        town.wire(.clinic).fail { $0.directory = { _ in [] } }
        try await town.join(.hospital)
        try await town.settle(failures: Town.FailureList())
        #expect(try await forks(town) == 0)
        let key = try await town.sendLiaison()
        for _ in 0..<2 {
            town.time.advance(by: .minutes(2))
            try await town.settle(failures: Town.FailureList())
        }
        #expect(try await town.state(key) == .delivered)
        #expect(try await forks(town) == 1)
    }

    @Test func `what the exchange has not signed speaks against nobody`() async throws {
        let town = try await Town.make(places: Self.town)
        try await showAnother(town, signedBy: town.office(.careOffice).log)
        _ = try await town.sendLiaison()
        try await town.settle(failures: Town.FailureList())
        try await town.join(.hospital)
        try await town.settle(failures: Town.FailureList())
        #expect(try await forks(town) == 0)
    }
}
