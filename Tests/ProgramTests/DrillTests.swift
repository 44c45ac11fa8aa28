import Foundation
import Testing

@testable import renkei

/// The drills of `Deploy/drills`, as an operator runs them: a machine is destroyed, put back from
/// its backup, and nothing is lost or doubled.
@Suite struct DrillTests {
    private func run(_ drill: String) async throws -> Terminal.Outcome {
        try await Terminal.run([
            "\(Session.root.path)/Deploy/drills/\(drill)", Session.products.path + "/renkei",
        ])
    }

    @Test(.timeLimit(.minutes(5)))
    func `an office whose machine is gone has every sheet again, once`() async throws {
        let outcome = try await run("gateway-lost")
        #expect(outcome.exitCode == 0, "\(outcome.output) \(outcome.talk)")
        let last = try #require(outcome.lines.last)
        #expect(last == "gateway-lost: nothing lost, nothing doubled (10 sheets)")
        #expect(outcome.lines.count == 14, "a line for each step, and the last one")
    }

    /// As far as it goes: nothing lets the logs of a restored exchange go on.
    @Test(.timeLimit(.minutes(5)))
    func `an exchange whose machine is gone is put back, and does not act`() async throws {
        let outcome = try await run("exchange-lost")
        #expect(outcome.exitCode == 0, "\(outcome.output) \(outcome.talk)")
        let last = try #require(outcome.lines.last)
        let said = "put back as of its backup; going on from there is not built"
        #expect(last == "exchange-lost: \(said)")
        #expect(outcome.lines.count == 8)
    }
}
