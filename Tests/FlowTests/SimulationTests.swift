import Delivery
import Exchange
import Foundation
import Gateway
import Primitives
import Storage
import TestKit
import Testing

/// Senders on a lossy network, by a seed: in the end each sheet stands once and is proved.
@Suite struct SimulationTests {
    private static let isLong = ProcessInfo.processInfo.environment["RENKEI_LONG"] == "1"
    private static let seeds: [UInt64] = isLong ? Array(1...20) : [4]

    @Test(arguments: seeds)
    func `whatever is lost on the way, each sheet is shown once and proved`(
        seed: UInt64
    ) async throws {
        let town = try await Town.make(seed: seed, places: [.careOffice, .clinic])
        let random = SeededRandom(seed: seed)
        for (_, office) in town.offices {
            let place: World.Place =
                office.member == town.office(.clinic).member ? .clinic : .careOffice
            town.wire(place).connect(
                LossyExchange(town.node.session(of: office.member), seed: seed)
            )
        }
        let failures = Town.FailureList()
        var keys: [MessageKey] = []
        for _ in 0..<(Self.isLong ? 40 : 4) {
            keys.append(try await town.sendLiaison())
            try await town.settle(rounds: 1, failures: failures)
            town.time.advance(by: .seconds(Int64(random.number(below: 90))))
            for row in try await town.office(.clinic).inbox(limit: .max)
            where row.state == .delivered && random.number(below: 2) == 0 {
                try await town.office(.clinic).confirm(row.key, by: Town.nurse)
            }
        }
        for place in [World.Place.careOffice, .clinic] {
            town.wire(place).connect(town.node.session(of: town.office(place).member))
        }
        try await town.settle(rounds: 4, failures: failures)
        let inbox = try await town.office(.clinic).inbox(limit: .max)
        #expect(Set(inbox.map(\.key)) == Set(keys) && inbox.count == keys.count, "seed \(seed)")
        for key in keys {
            let receipts = try await town.office(.careOffice).receipts(of: key)
            #expect(receipts.count >= 2, "seed \(seed)")
            #expect(receipts.allSatisfy { $0.proof != nil }, "seed \(seed)")
            let shown = inbox.first { $0.key == key }?.state
            #expect(try await town.state(key) == shown, "seed \(seed)")
        }
    }
}
