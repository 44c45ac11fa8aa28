import Cryptography
import ExchangeAPI
import Gateway
import Primitives
import Storage
import TestKit

/// An office of a world: its disk, its keys, its clock, its line, and the process that runs or not.
final class OfficeSide: Sendable {
    private struct State: Sendable {
        var disk: ModelGatewayDisk
        var store: ModelGatewayStore?
        var gateway: OrganisationGateway?
        var life: Life
    }

    let place: World.Place
    let member: MemberID
    let clock: PartyClock
    let line: Line
    private let office: Ground.Office
    private let ground: Ground
    private let scene: Scene
    private let exchange: ExchangeSide
    private let state: Lock<State>

    init(
        _ place: World.Place,
        _ office: Ground.Office,
        _ ground: Ground,
        _ around: (scene: Scene, exchange: ExchangeSide)
    ) {
        let scene = around.scene
        self.place = place
        self.office = office
        self.ground = ground
        self.scene = scene
        exchange = around.exchange
        member = office.member
        clock = PartyClock(scene.time)
        line = Line(scene.executor, scene.dice, scene.time)
        state = Lock(State(disk: office.disk, life: Life(scene.executor, scene.dice)))
    }

    /// nil while no process runs.
    var gateway: OrganisationGateway? { state.withLock { $0.life.isOver ? nil : $0.gateway } }
    var life: Life { state.withLock { $0.life } }
    var store: ModelGatewayStore? { state.withLock { $0.store } }
    /// What another world can start from.
    var left: Ground.Office {
        Ground.Office(
            member: member,
            keys: office.keys,
            disk: state.withLock { $0.store?.disk ?? $0.disk }
        )
    }

    /// Starts it from its disk, whatever has run before.
    func start() async throws {
        stop()
        let store = ModelGatewayStore(state.withLock { $0.disk }, clock: clock)
        let life = Life(scene.executor, scene.dice)
        state.withLock { state in
            state.store = store
            state.life = life
            state.gateway = nil
        }
        let wire = OfficeWire(
            member: member,
            life: life,
            line: line,
            exchange: exchange,
            witness: scene.witness
        )
        var parts = GatewayParts(
            member: member,
            root: ground.root,
            keyStore: office.keys,
            store: LivingGatewayStore(store, life),
            exchange: wire,
            catalogue: try SheetExamples.catalogue.get(),
            settings: ground.settings,
            seams: (clock, SeededRandom(seed: scene.dice.seed()))
        )
        parts.directory = ground.directory
        let gateway = try await OrganisationGateway.open(parts)
        state.withLock { $0.gateway = gateway }
    }

    /// Ends it as a power cut does.
    func stop() {
        state.withLock { state in
            state.life.end()
            if let store = state.store { state.disk = store.disk }
            state.gateway = nil
        }
    }
}

/// What all parties of one world share.
struct Scene: Sendable {
    let executor: SeededExecutor
    let dice: Dice
    let time: SimulatedTime
    let witness: Witness
    let plant: ModelPlant?

    init(
        _ seed: UInt64,
        _ ground: Ground,
        plant: ModelPlant? = nil,
        _ wishes: [Witness.Wish] = [],
        threads: Int = 1
    ) {
        dice = Dice(seed: seed)
        executor = SeededExecutor(dice, threads: threads)
        time = SimulatedTime(ground.start)
        witness = Witness(knowing: wishes)
        self.plant = plant
    }
}
