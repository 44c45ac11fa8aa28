import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Foundation
import Primitives
import Storage
import TestKit
import Testing

@testable import Gateway

/// 日次照合: what went between two offices on a day is compared the next morning.
@Suite struct ReconciliationTests {
    @Test func `a day on which all went well agrees at both ends`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await town.passNight()
        let key = try await town.sendLiaison()
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
        try await town.passNight()
        #expect(try await town.outcomes(.careOffice) == [.agrees])
        #expect(try await town.outcomes(.clinic) == [.agrees])
        try await town.expectNoDifference()
    }

    @Test func `a message that is gone from its recipient's store is found the next morning`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await town.passNight()
        let kept = try await town.sendLiaison()
        try await town.settle()
        let before = try town.copyStore(of: .clinic)
        let lost = try await town.sendLiaison()
        try await town.settle()
        #expect(try await town.state(lost) == .delivered)
        try await town.restore(.clinic, from: before)
        try await town.passNight()
        for place in [World.Place.careOffice, .clinic] {
            #expect(try await town.outcomes(place) == [.differs], "\(place)")
            let alarms = try await town.events(place).filter { $0 == Town.differs }
            #expect(alarms.count == 1, "\(place)")
        }
        #expect(kept != lost)
    }
}

extension Town {
    static let differs = "audit.alarm reconciliationDiffers"

    /// Until five in the morning of the next day, and everybody has had their turns.
    func passNight() async throws {
        let tomorrow = time.now.dayInJapan.adding(days: 1)
        let morning = Timestamp(startOfDayInJapan: tomorrow).adding(.hours(5))
        time.advance(by: morning.since(time.now))
        try await settle(failures: FailureList())
    }

    /// The folder of an office's store as it is now.
    func copyStore(of place: World.Place) throws -> URL {
        let copy = folder.appending(path: "copy-\(UUID())")
        try FileManager.default.copyItem(at: storeFolder(of: place), to: copy)
        return copy
    }

    /// Puts an older copy in the place of an office's store, and starts it.
    func restore(_ place: World.Place, from copy: URL) async throws {
        office(place).store.close()
        try FileManager.default.removeItem(at: storeFolder(of: place))
        try FileManager.default.copyItem(at: copy, to: storeFolder(of: place))
        try await reopen(place)
    }

    private func storeFolder(of place: World.Place) -> URL {
        folder.appending(path: "gateway/orgs/\(office(place).member)")
    }

    func outcomes(_ place: World.Place) async throws -> [ReconciliationOutcome?] {
        try await office(place).read { stored throws(StoreError) in
            try stored.reconciliations(since: Day(daysSince1970: 0)).map(\.outcome)
        }
    }

    func expectNoDifference() async throws {
        for (place, _) in offices {
            let alarms = try await events(place).filter { $0 == Self.differs }
            #expect(alarms.isEmpty, "\(place)")
        }
    }
}
