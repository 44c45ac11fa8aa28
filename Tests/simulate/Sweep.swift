import Delivery
import Exchange
import Gateway
import Primitives
import Storage
import TestKit

/// The fault sweep: of each operation the first call of the store or of the network fails, then the
/// second, and so on until none is left. After each the party is started again, whoever asked says
/// it once more, and all is finished and judged.
struct Sweep {
    /// One sheet's life, told in the operations that make it up.
    enum Operation: String, CaseIterable {
        case send, submit, receive, hear, open, confirm, answer, carryAnswer, hearAnswer
        case cancel, expire, receiveLate
    }

    enum Party: String, CaseIterable { case careOffice, clinic, hospital, exchange }
    enum Means: String, CaseIterable { case store, network }

    struct Result: Sendable {
        var runs = 0
        var failures: [String] = []
    }

    private let ground: Ground
    private let wishes: [Witness.Wish]
    let operation: Operation

    /// Runs all of it on this thread.
    static func run() throws -> Result {
        var result = Result()
        var ground = try Ground.found()
        var wishes: [Witness.Wish] = []
        for operation in Operation.allCases {
            let sweep = Sweep(ground: ground, wishes: wishes, operation: operation)
            sweep.fail(&result)
            // The same without a fault is where the next operation begins.
            let scene = Scene(1, ground, wishes)
            let world = SimulatedWorld(1, ground, scene)
            ground = try scene.executor.run { () -> Swift.Result<Ground, any Error> in
                do {
                    try await sweep.begin(world)
                    try await sweep.perform(in: world)
                    return .success(world.left)
                } catch { return .failure(error) }
            }.get()
            wishes = scene.witness.wishes
        }
        return result
    }

    private func fail(_ result: inout Result) {
        for party in Party.allCases {
            for means in Means.allCases where means == .store || party != .exchange {
                for moment in Faults.Moment.allCases { fail(party, means, moment, &result) }
            }
        }
    }

    /// Each call of one party in turn, until the operation makes no more of them.
    private func fail(
        _ party: Party,
        _ means: Means,
        _ moment: Faults.Moment,
        _ result: inout Result
    ) {
        var call = 1
        while let findings = run(party, means, OneFault(call: call, moment)) {
            result.runs += 1
            result.failures += findings.map {
                "\(operation), \(means) call \(call) \(moment) of \(party): \($0.text)"
            }
            call += 1
        }
    }

    /// nil where the operation makes fewer calls.
    private func run(_ party: Party, _ means: Means, _ fault: OneFault) -> [Finding]? {
        let scene = Scene(UInt64(fault.call), ground, wishes)
        let world = SimulatedWorld(0, ground, scene)
        let wasReached = scene.executor.run {
            do {
                try await begin(world)
                arm(fault, party, means, in: world)
                do { try await perform(in: world) } catch {
                    scene.witness.note("\(operation): \(error)")
                }
                guard isReached(party, means, in: world) else { return false }
                arm(OneFault(), party, means, in: world)
                try await restart(party, in: world)
                try await perform(in: world)
                try await finish(world)
            } catch { scene.witness.find(.contradiction, "it cannot go on: \(error)") }
            return true
        }
        return wasReached ? scene.witness.findings : nil
    }

    private func begin(_ world: SimulatedWorld) async throws {
        try await world.exchange.start()
        for office in world.offices { try await office.start() }
    }

    private func office(_ party: Party, in world: SimulatedWorld) -> OfficeSide? {
        World.Place(rawValue: party.rawValue).map(world.office)
    }

    private func arm(
        _ fault: OneFault,
        _ party: Party,
        _ means: Means,
        in world: SimulatedWorld
    ) {
        let office = office(party, in: world)
        switch means {
        case .store: (office?.life ?? world.exchange.life).fail(fault)
        case .network: office?.line.fail(fault)
        }
    }

    private func isReached(_ party: Party, _ means: Means, in world: SimulatedWorld) -> Bool {
        let office = office(party, in: world)
        return switch means {
        case .store: (office?.life ?? world.exchange.life).isFaultReached
        case .network: office?.line.isFaultReached ?? false
        }
    }

    private func restart(_ party: Party, in world: SimulatedWorld) async throws {
        if let office = office(party, in: world) {
            try await office.start()
        } else {
            try await world.exchange.start()
        }
    }

    /// Every message that was not cancelled and not too late arrives, and all agree about it.
    private func finish(_ world: SimulatedWorld) async throws {
        let order = Operation.allCases
        let isLate = order.firstIndex(of: operation) ?? 0 >= order.firstIndex(of: .expire) ?? 0
        try await world.pass([.minutes(2), .minutes(2), .minutes(2), .minutes(2)])
        var report = SeedReport(seed: 0)
        report.counts = try await Judgement(world).judge()
        let counts = report.counts
        guard !isLate, counts.delivered + counts.withdrawn != counts.messages else { return }
        world.scene.witness.find(.lost, "of \(counts.messages) arrived \(counts.delivered)")
    }
}
