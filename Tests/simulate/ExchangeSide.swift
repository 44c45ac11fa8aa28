import Cryptography
import Exchange
import ExchangeAPI
import Primitives
import Storage
import TestKit

/// The exchange of a world: its disk, its keys, its clock, and the process that runs or does not.
final class ExchangeSide: Sendable {
    private struct State: Sendable {
        var disk: ModelExchangeDisk
        var store: ModelExchangeStore?
        var node: ExchangeNode?
        var life: Life
    }

    let clock: PartyClock
    private let ground: Ground
    private let scene: Scene
    private let state: Lock<State>

    init(_ ground: Ground, _ scene: Scene) {
        self.ground = ground
        self.scene = scene
        clock = PartyClock(scene.time)
        state = Lock(
            State(
                disk: ground.exchangeDisk,
                life: Life(scene.executor, scene.dice)
            )
        )
    }

    var id: ExchangeID { ground.exchangeID }
    var node: ExchangeNode? { state.withLock { $0.life.isOver ? nil : $0.node } }
    var life: Life { state.withLock { $0.life } }
    var store: ModelExchangeStore? { state.withLock { $0.store } }
    var disk: ModelExchangeDisk { state.withLock { $0.store?.disk ?? $0.disk } }

    func session(of member: MemberID) throws(ExchangeError) -> (ExchangeSession, Life) {
        let (node, life) = state.withLock { ($0.node, $0.life) }
        guard let node, !life.isOver else { throw .unreachable(reason: "down", sent: false) }
        return (node.session(of: member), life)
    }

    /// Starts it from its disk, whatever has run before.
    func start() async throws {
        stop()
        let store = ModelExchangeStore(
            state.withLock { $0.disk },
            clock: clock,
            plant: scene.plant
        )
        let life = Life(scene.executor, scene.dice)
        state.withLock { state in
            state.store = store
            state.life = life
            state.node = nil
        }
        let node = try await Ground.open(
            ground.root,
            ground.exchangeKeys,
            LivingExchangeStore(store, life),
            (clock, SeededRandom(seed: scene.dice.seed()))
        )
        state.withLock { $0.node = node }
    }

    /// Ends it as a power cut does.
    func stop() {
        state.withLock { state in
            state.life.end()
            if let store = state.store { state.disk = store.disk }
            state.node = nil
        }
    }
}
