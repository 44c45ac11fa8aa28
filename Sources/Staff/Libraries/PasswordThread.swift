import Glibc
import Primitives

/// One thread for what takes long and much memory: one job at a time, few waiting. It is there only
/// while there is work.
final class PasswordThread: Sendable {
    typealias Job = @Sendable () -> Void

    private let queue = Lock(Queue())
    private let capacity: Int

    private struct Queue {
        var jobs: [Job] = []
        var isRunning = false
    }

    init(capacity: Int) { self.capacity = capacity }

    /// - Returns: false when as many wait as may.
    func push(_ job: @escaping Job) -> Bool {
        let answer = queue.withLock { queue -> (isTaken: Bool, needsThread: Bool) in
            guard queue.jobs.count < capacity else { return (false, false) }
            queue.jobs.append(job)
            defer { queue.isRunning = true }
            return (true, !queue.isRunning)
        }
        if answer.needsThread { start() }
        return answer.isTaken
    }

    private func run() {
        while let job = next() { job() }
    }

    /// Says that nobody runs in the moment in which nothing waits.
    private func next() -> Job? {
        queue.withLock { queue in
            guard !queue.jobs.isEmpty else {
                queue.isRunning = false
                return nil
            }
            return queue.jobs.removeFirst()
        }
    }

    private func start() {
        var thread = pthread_t()
        let box = unsafe Unmanaged.passRetained(self).toOpaque()
        let outcome = unsafe pthread_create(
            &thread,
            nil,
            { box in
                if let box = unsafe box {
                    unsafe Unmanaged<PasswordThread>.fromOpaque(box).takeRetainedValue().run()
                }
                return nil
            },
            box
        )
        precondition(outcome == 0, "a thread can always be made")
        pthread_detach(thread)
    }
}
