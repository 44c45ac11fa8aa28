import Primitives

/// The deadlines of one loop: a wheel, and one sleeper that makes the loop take a turn when the
/// first slot is due. Time is the caller's, so that a test moves an hour in a moment.
struct Alarm {
    private let time: any TimeSource
    private let executor: LoopExecutor
    private var wheel = TimerWheel()
    private var sleeper: Task<Void, Never>?
    private var sleepsUntil: Duration?

    init(_ time: any TimeSource, _ executor: LoopExecutor) {
        self.time = time
        self.executor = executor
    }

    mutating func add(_ id: UInt64, at deadline: Duration) {
        wheel.add(id, at: deadline)
        arm()
    }

    /// Takes out what is due. Call it once in a turn.
    mutating func due(at now: Duration) -> [UInt64] {
        guard let sleepsUntil, sleepsUntil <= now else { return [] }
        self.sleepsUntil = nil
        defer { arm() }
        return wheel.due(at: now)
    }

    mutating func stop() {
        sleeper?.cancel()
        sleeper = nil
    }

    private mutating func arm() {
        guard let next = wheel.next else { return }
        if let sleepsUntil, sleepsUntil <= next { return }
        sleeper?.cancel()
        sleepsUntil = next
        sleeper = Task { [time, executor] in
            do throws(CancellationError) {
                try await time.sleep(until: next)
            } catch {
                // Another sleeper has taken over, or the loop has ended.
                return
            }
            executor.wake()
        }
    }
}
