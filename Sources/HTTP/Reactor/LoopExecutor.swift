import CTLS
import Glibc
import Primitives

/// Runs one actor on one thread that waits in epoll.
final class LoopExecutor: SerialExecutor {
    /// What the loop does after a turn.
    enum Next { case wait, again, stop }

    let poller: Poller
    private let queue = Lock(Queue())
    private let afterwards = Lock(())

    private struct Queue {
        var jobs: [UnownedJob] = []
        /// The eventfd was written since the queue was last emptied.
        var isAwake = false
        var isStopped = false
        var runner: pthread_t?
    }

    init() throws(ServerError) { poller = try Poller() }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isTaken = queue.withLock { queue in
            if !queue.isStopped { queue.jobs.append(job) }
            return !queue.isStopped
        }
        if isTaken { wake() } else { runAfterwards(job) }
    }

    /// Makes the loop take a turn soon.
    func wake() {
        let isNews = queue.withLock { queue in
            defer { queue.isAwake = true }
            return !queue.isAwake
        }
        if isNews { poller.wake() }
    }

    /// Runs the loop on a thread of its own until a turn says stop.
    func run(named name: String, turn: @escaping @Sendable ([Readiness]) -> Next) async {
        await withCheckedContinuation { continuation in
            startThread(named: name) {
                self.loop(turn)
                continuation.resume()
            }
        }
    }

    func isIsolatingCurrentContext() -> Bool? {
        queue.withLock { $0.runner } == pthread_self()
    }

    func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "not on the thread of this loop")
    }

    private func loop(_ turn: ([Readiness]) -> Next) {
        queue.withLock { $0.runner = pthread_self() }
        var next = Next.wait
        while next != .stop {
            let events = poller.wait(isUrgent: next == .again)
            runJobs()
            next = turn(events)
        }
        afterwards.withLock { _ in
            queue.withLock { $0.isStopped = true }
            runJobs()
            queue.withLock { $0.runner = nil }
        }
    }

    private func runJobs() {
        let jobs = queue.withLock { queue in
            defer { queue.jobs = [] }
            queue.isAwake = false
            return queue.jobs
        }
        for job in jobs { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
    }

    /// A handler may outlive the loop. What it still says runs on its own thread, one at a time:
    /// it finds its connection gone and ends, instead of waiting for ever.
    private func runAfterwards(_ job: UnownedJob) {
        afterwards.withLock { _ in
            queue.withLock { $0.runner = pthread_self() }
            unsafe job.runSynchronously(on: asUnownedSerialExecutor())
            queue.withLock { $0.runner = nil }
        }
    }
}
