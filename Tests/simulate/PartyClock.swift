import Primitives
import TestKit

/// The clock of one party: the world's, and what somebody has put it on or back.
final class PartyClock: TimeSource {
    private let world: SimulatedTime
    private let offset = Lock(Duration.zero)

    init(_ world: SimulatedTime) { self.world = world }

    var now: Timestamp { world.now.adding(offset.withLock { $0 }) }
    var uptime: Duration { world.uptime }

    func sleep(until deadline: Duration) async throws(CancellationError) {
        try await world.sleep(until: deadline)
    }

    func set(off: Duration) { offset.withLock { $0 = off } }
}
