import Glibc
import Primitives

/// The clocks of the machine.
struct SystemTime: TimeSource {
    var now: Timestamp {
        let time = SystemTime.read(CLOCK_REALTIME)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec / 1_000_000))
    }

    /// Counts on while the machine sleeps, as deadlines do.
    var uptime: Duration {
        let time = SystemTime.read(CLOCK_BOOTTIME)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    func sleep(until deadline: Duration) async throws(CancellationError) {
        let remaining = deadline - uptime
        guard remaining > .zero else {
            if Task.isCancelled { throw CancellationError() }
            return
        }
        do {
            try await Task.sleep(for: remaining, clock: .continuous)
        } catch {
            throw CancellationError()
        }
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var time = timespec()
        let outcome = unsafe clock_gettime(clock, &time)
        precondition(outcome == 0, "Linux has both clocks")
        return time
    }
}
