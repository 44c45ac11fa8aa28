import Foundation
import Primitives

/// A clock that stands until a test moves it.
final class ManualTime: TimeSource {
    private struct Sleeper {
        let deadline: Duration
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var uptime = Duration.seconds(1000)
        var sleepers: [UInt64: Sleeper] = [:]
        var cancelled: Set<UInt64> = []
        var lastID: UInt64 = 0
    }

    private let state = Lock(State())

    var now: Timestamp { Timestamp(milliseconds: 1_795_000_000_000).adding(uptime) }
    var uptime: Duration { state.withLock { $0.uptime } }

    func sleep(until deadline: Duration) async throws(CancellationError) {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let isReached = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver: Bool? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return false }
                    if state.uptime >= deadline { return true }
                    state.sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
                    return nil
                }
                if let isOver { continuation.resume(returning: isOver) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: id)
                if sleeper == nil { state.cancelled.insert(id) }
                return sleeper
            }
            sleeper?.continuation.resume(returning: false)
        }
        guard isReached else { throw CancellationError() }
    }

    /// Whether anybody sleeps, until then.
    func hasSleeper(at deadline: Duration) -> Bool {
        state.withLock { state in state.sleepers.values.contains { $0.deadline == deadline } }
    }

    var hasSleeper: Bool { state.withLock { !$0.sleepers.isEmpty } }

    func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.uptime += duration
            let due = state.sleepers.filter { $0.value.deadline <= state.uptime }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values
        }
        for sleeper in woken { sleeper.continuation.resume(returning: true) }
    }
}

/// The clock of the machine, for tests in which no time passes.
struct LiveTime: TimeSource {
    private static let start = ContinuousClock.now

    var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
    var uptime: Duration { LiveTime.start.duration(to: .now) }

    func sleep(until deadline: Duration) async throws(CancellationError) {
        do {
            try await Task.sleep(for: deadline - uptime)
        } catch {
            throw CancellationError()
        }
    }
}
