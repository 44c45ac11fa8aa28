import CTLS
import Glibc
import Primitives

/// Runs one actor on one thread that waits in epoll.
final class LoopExecutor: SerialExecutor {
    /// What the loop does after a turn.
    enum Next { case wait, again, stop }

    let poller: Poller
    private let queue = Lock(Queue())

    private struct Queue {
        var jobs: [UnownedJob] = []
        /// The eventfd was written since the queue was last emptied.
        var isAwake = false
        var isStopped = false
        /// A thread runs what came after the stop.
        var isLate = false
        var runner: pthread_t?
    }

    init() throws(ServerError) { poller = try Poller() }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let needsThread = queue.withLock { queue in
            queue.jobs.append(job)
            guard queue.isStopped, !queue.isLate else { return false }
            queue.isLate = true
            return true
        }
        if needsThread { startThread(named: "renkei-late", runLate) } else { wake() }
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
        runRest { $0.isStopped = true }
    }

    private func runJobs() {
        let jobs = queue.withLock { queue in
            defer { queue.jobs = [] }
            queue.isAwake = false
            return queue.jobs
        }
        for job in jobs { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
    }

    /// Leaves only when nothing waits, and says so in the same moment.
    private func runRest(_ leave: (inout Queue) -> Void) {
        var isOver = false
        while !isOver {
            runJobs()
            isOver = queue.withLock { queue in
                guard queue.jobs.isEmpty else { return false }
                leave(&queue)
                queue.runner = nil
                return true
            }
        }
    }

    /// A handler may outlive the loop. What it still says runs on a thread of its own: it finds its
    /// connection gone and ends, instead of waiting for ever.
    private func runLate() {
        queue.withLock { $0.runner = pthread_self() }
        runRest { $0.isLate = false }
    }
}
