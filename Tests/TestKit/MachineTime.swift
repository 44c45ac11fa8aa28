import Foundation
package import Primitives
import Testing

/// The clock of the machine, for what real threads and sockets do.
package struct MachineTime: TimeSource {
    private static let start = ContinuousClock.now

    package init() {}

    package var now: Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }
    package var uptime: Duration { MachineTime.start.duration(to: .now) }

    package func sleep(until deadline: Duration) async throws(CancellationError) {
        do {
            try await Task.sleep(for: deadline - uptime)
        } catch {
            throw CancellationError()
        }
    }
}

/// Waits for what another thread or task does next: a minute, or longer where the shared pool is
/// busy, since each look waits for its turn as the others do.
package func until(_ isSo: () -> Bool) async throws {
    let time = MachineTime()
    for _ in 0..<60_000 {
        if isSo() { return }
        try await time.sleep(for: .milliseconds(1))
    }
    try #require(isSo())
}
