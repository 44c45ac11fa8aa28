import Gateway
import Primitives
import TestKit
import Testing

/// What a notice counts: nothing but numbers, and nothing that was there before.
struct NewsTests {
    @Test func `what came and is unopened is news until it is opened or was told`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let clinic = town.office(.clinic)
        let start = town.time.now
        #expect(try await clinic.news(since: start) == News(arrived: 0, late: 0))
        let key = try await town.sendLiaison()
        town.time.advance(by: .minutes(2))
        try await town.settle()
        #expect(try await clinic.news(since: start) == News(arrived: 1, late: 0))
        town.time.advance(by: .minutes(1))
        #expect(try await clinic.news(since: town.time.now) == News(arrived: 0, late: 0))
        _ = try await clinic.open(key, by: Town.nurse)
        #expect(try await clinic.news(since: start) == News(arrived: 0, late: 0))
    }

    @Test func `a sheet that nobody takes in time is news of its sender`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let care = town.office(.careOffice)
        let start = town.time.now
        _ = try await town.sendLiaison()
        town.time.advance(by: .minutes(2))
        town.wire(.clinic).fail { $0.isDown = true }
        for _ in 0..<30 {
            town.time.advance(by: .hours(2))
            try await town.settle(rounds: 1, failures: Town.FailureList())
        }
        #expect(try await care.news(since: start) == News(arrived: 0, late: 1))
        #expect(try await care.news(since: town.time.now).late == 0)
    }
}
