package import Primitives

/// A clock that tests drive: nothing passes unless `advance` is called.
package final class SimulatedTime: TimeSource {
    private struct Sleeper {
        let deadline: Duration
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var now: Timestamp
        var uptime = Duration.zero
        var nextSleeper = 0
        var sleepers: [Int: Sleeper] = [:]
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Lock<State>

    /// 2026-11-21T02:03:04.567Z, the moment of the documents' examples, unless told otherwise.
    package init(_ start: Timestamp = SimulatedTime.start) {
        state = Lock(State(now: start))
    }

    package static let start = Timestamp(milliseconds: 1_795_226_584_567)

    package var now: Timestamp { state.withLock { $0.now } }
    package var uptime: Duration { state.withLock { $0.uptime } }

    package func sleep(until deadline: Duration) async throws(CancellationError) {
        let number = state.withLock { state in
            state.nextSleeper += 1
            return state.nextSleeper
        }
        let isWoken = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                enter(Sleeper(deadline: deadline, continuation: continuation), number)
            }
        } onCancel: {
            wake(number)
        }
        guard isWoken else { throw CancellationError() }
    }

    /// Moves both clocks on and wakes whoever has slept long enough.
    package func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now = state.now.adding(duration)
            state.uptime += duration
            let due = state.sleepers.filter { $0.value.deadline <= state.uptime }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.sorted { $0.deadline < $1.deadline }
        }
        for sleeper in woken { sleeper.continuation.resume(returning: true) }
    }

    /// Sets the wall clock alone, also backwards, as an administrator or a time server might.
    package func jump(to time: Timestamp) { state.withLock { $0.now = time } }

    /// Returns when somebody sleeps; at once if somebody already does.
    package func waitForSleeper() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isSleeping = state.withLock { state in
                if state.sleepers.isEmpty { state.waiters.append(continuation) }
                return !state.sleepers.isEmpty
            }
            if isSleeping { continuation.resume() }
        }
    }

    private func enter(_ sleeper: Sleeper, _ number: Int) {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>]? in
            guard sleeper.deadline > state.uptime else { return nil }
            state.sleepers[number] = sleeper
            defer { state.waiters = [] }
            return state.waiters
        }
        guard let waiters else { return sleeper.continuation.resume(returning: true) }
        for waiter in waiters { waiter.resume() }
        // A cancellation before the entry found nobody to wake.
        if Task.isCancelled { wake(number) }
    }

    private func wake(_ number: Int) {
        state.withLock { $0.sleepers.removeValue(forKey: number) }?
            .continuation.resume(returning: false)
    }
}
