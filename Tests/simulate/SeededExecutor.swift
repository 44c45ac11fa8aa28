import Foundation
import Primitives
import TestKit

/// Runs all tasks of one world on one thread, one step at a time, unless it is given more. Which of
/// the steps that could be taken is taken is drawn from the seed, so that on one thread a seed
/// repeats every race it has found.
///
/// A store with threads of its own gives its answers back to this executor; their order is then the
/// machine's, and such a world repeats its draws alone.
final class SeededExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var resting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Lock(State())
    private let dice: Dice
    private let threads: Int
    private let news = DispatchSemaphore(value: 0)

    init(_ dice: Dice, threads: Int = 1) {
        self.dice = dice
        self.threads = threads
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        news.signal()
    }

    /// Lets others go first, as many steps of them as the dice say.
    func rest() async {
        await withCheckedContinuation { continuation in
            state.withLock { $0.resting.append(continuation) }
        }
    }

    /// Runs `body` with all its child tasks on the calling thread, and on the others if there are
    /// more.
    func run<Answer: Sendable>(_ body: @escaping @Sendable () async -> Answer) -> Answer {
        let result = Lock<Answer?>(nil)
        // Owned by this call, which returns when it has ended.
        Task(executorPreference: self) {
            let answer = await body()
            result.withLock { $0 = answer }
        }
        let isOver: @Sendable () -> Bool = { result.withLock { $0 != nil } }
        let helpers = DispatchGroup()
        for _ in 1..<threads {
            helpers.enter()
            OwnThread.start {
                self.work(until: isOver)
                helpers.leave()
            }
        }
        work(until: isOver)
        helpers.wait()
        guard let answer = result.withLock({ $0 }) else { preconditionFailure("it is over") }
        return answer
    }

    private func work(until isOver: () -> Bool) {
        while !isOver() {
            if !step() { news.wait() }
        }
        // Whoever still waits is to look as well.
        news.signal()
    }

    private enum Step {
        case job(UnownedJob)
        case rested(CheckedContinuation<Void, Never>)
    }

    private func step() -> Bool {
        let next: Step? = state.withLock { state in
            let count = state.jobs.count + state.resting.count
            guard count > 0 else { return nil }
            let place = count == 1 ? 0 : dice.below(count)
            guard place < state.jobs.count else {
                return .rested(state.resting.remove(at: place - state.jobs.count))
            }
            return .job(state.jobs.remove(at: place))
        }
        switch next {
        case .job(let job): unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        case .rested(let continuation): continuation.resume()
        case nil: return false
        }
        return true
    }
}

/// What a seed draws.
final class Dice: Sendable {
    private let random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    func below(_ bound: Int) -> Int { Int(random.number(below: UInt64(bound))) }
    func isOne(of count: Int) -> Bool { below(count) == 0 }
    func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
    func seed() -> UInt64 { random.number(below: .max) }
}
