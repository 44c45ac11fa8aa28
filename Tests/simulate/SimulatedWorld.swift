import Delivery
import Directory
import Exchange
import ExchangeAPI
import Gateway
import Primitives
import Storage
import TestKit

/// One exchange, some offices, a network and disks that fail, clocks that jump, processes that die:
/// all of it drawn from one seed.
final class SimulatedWorld: Sendable {
    let seed: UInt64
    let scene: Scene
    let exchange: ExchangeSide
    let offices: [OfficeSide]
    let persons: [Person]
    private let ground: Ground

    init(_ seed: UInt64, _ ground: Ground, _ scene: Scene) {
        self.seed = seed
        self.scene = scene
        self.ground = ground
        let exchange = ExchangeSide(ground, scene)
        self.exchange = exchange
        offices = Ground.places.map { OfficeSide($0, ground.office($0), ground, (scene, exchange)) }
        persons = offices.map { Person($0, scene) }
    }

    /// Runs a world from beginning to end on this thread.
    static func run(_ seed: UInt64, _ ground: Ground, plant: ModelPlant? = nil) -> SeedReport {
        let scene = Scene(seed, ground, plant: plant)
        let world = SimulatedWorld(seed, ground, scene)
        return scene.executor.run { await world.live() }
    }

    /// The world as another one can start from it.
    var left: Ground {
        Ground(
            root: ground.root,
            exchangeID: ground.exchangeID,
            exchangeKeys: ground.exchangeKeys,
            exchangeDisk: exchange.disk,
            offices: Dictionary(uniqueKeysWithValues: offices.map { ($0.place, $0.left) }),
            start: scene.time.now,
            directory: ground.directory
        )
    }

    func office(_ place: World.Place) -> OfficeSide {
        guard let office = offices.first(where: { $0.place == place }) else {
            preconditionFailure("a place of the world")
        }
        return office
    }

    private func live() async -> SeedReport {
        var report = SeedReport(seed: seed)
        do {
            try await begin()
            let turns = 5 + scene.dice.below(5)
            for number in 0..<turns { try await turn(number) }
            try await quieten()
            report.counts = try await Judgement(self).judge()
        } catch {
            scene.witness.find(.contradiction, "the world stopped: \(error)")
        }
        report.findings = scene.witness.findings
        report.transcript = scene.witness.transcript
        return report
    }

    private func begin() async throws {
        try await exchange.start()
        for office in offices { try await office.start() }
        await round()
    }

    // MARK: Trouble

    /// Something happens to somebody, everybody goes on as well as they can, and time passes.
    private func turn(_ number: Int) async throws {
        let dice = scene.dice
        scene.witness.note("turn \(number) at \(scene.time.now)")
        for office in offices {
            office.line.set(dice.pick([.fair, .rough, .rough, .cut]))
            if dice.isOne(of: 8) { office.clock.set(off: jump()) }
            trouble(office.life)
        }
        if dice.isOne(of: 12) { exchange.clock.set(off: jump()) }
        trouble(exchange.life)
        await round()
        try await restart(ifDrawn: true)
        scene.time.advance(
            by: dice.pick([.seconds(1), .seconds(30), .minutes(5), .hours(3), .hours(26)])
        )
    }

    private func jump() -> Duration {
        let dice = scene.dice
        let size: Duration = dice.pick([
            .zero, .zero, .seconds(3), .minutes(4), .hours(7), .days(4),
        ])
        return dice.isOne(of: 2) ? size : .zero - size
    }

    private func trouble(_ life: Life) {
        let dice = scene.dice
        life.set(dice.pick([.sound, .sound, .sound, .sound, .failing, .full]))
        if dice.isOne(of: 3) {
            life.end(in: 1 + dice.below(14), dice.isOne(of: 2) ? .before : .afterwards)
        }
    }

    private func restart(ifDrawn: Bool) async throws {
        if exchange.node == nil, !ifDrawn || !scene.dice.isOne(of: 3) {
            scene.witness.note("exchange starts")
            try await exchange.start()
        }
        for office in offices
        where office.gateway == nil && (!ifDrawn || !scene.dice.isOne(of: 3)) {
            scene.witness.note("\(office.place) starts")
            try await office.start()
        }
    }

    /// Everybody does what they do, side by side.
    private func round() async {
        await withTaskGroup(of: Void.self) { group in
            for office in offices {
                for late in office.line.takeLate() { group.addTask { await late() } }
                for _ in 0..<(scene.dice.isOne(of: 4) ? 2 : 1) {
                    group.addTask { await self.carry(office) }
                }
            }
            group.addTask { await self.tidy() }
            for person in persons { group.addTask { await person.act() } }
        }
        for person in persons { await person.look() }
    }

    func carry(_ office: OfficeSide) async {
        guard let gateway = office.gateway else { return }
        let witness = scene.witness
        let courier = Courier(gateway) { witness.note("\(office.place) reports \($0.code)") }
        do throws(GatewayError) { try await courier.round() } catch {
            witness.note("\(office.place) meets \(error.code)")
        }
    }

    func tidy() async {
        let witness = scene.witness
        await exchange.node?.tidy { witness.note("exchange reports \($0.code)") }
    }

    // MARK: The end

    /// All is mended, and time passes until every message must have ended.
    private func quieten() async throws {
        scene.witness.note("quiet from \(scene.time.now)")
        exchange.clock.set(off: .zero)
        exchange.life.set(.sound)
        for office in offices {
            office.clock.set(off: .zero)
            office.line.set(.fair)
        }
        exchange.stop()
        for office in offices { office.stop() }
        // One office may stay away until everything that waits for it has ended.
        let away = scene.dice.isOne(of: 2) ? scene.dice.pick(offices) : nil
        try await exchange.start()
        for office in offices where office.place != away?.place { try await office.start() }
        try await pass([.minutes(2), .minutes(2), .days(3), .days(3), .days(6), .hours(2)])
        for office in offices where office.place != away?.place {
            try await Judgement(self).judgeSilence(of: office.member)
        }
        try await away?.start()
        try await pass([.minutes(2), .minutes(2), .days(8), .minutes(2), .minutes(2), .minutes(2)])
        for person in persons { await person.look() }
    }

    func pass(_ pauses: [Duration]) async throws {
        for pause in pauses {
            for person in persons { await person.insist() }
            await carryAll()
            scene.time.advance(by: pause)
        }
        await carryAll()
    }

    private func carryAll() async {
        await tidy()
        for office in offices { await carry(office) }
        await tidy()
        for office in offices { await carry(office) }
    }
}
