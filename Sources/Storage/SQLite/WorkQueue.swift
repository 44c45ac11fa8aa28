import Glibc
import Primitives

/// Jobs on their way to threads that may block. Pushing never waits; taking does.
@safe
final class WorkQueue<Job: Sendable>: @unchecked Sendable {
    // Unchecked: `jobs` and `isClosed` are touched only while `mutex` is held.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [Job] = []
    private var isClosed = false
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe changed.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        // Waiting must not lengthen when somebody sets the clock.
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        let outcomes = unsafe [
            pthread_mutex_init(mutex, nil), pthread_cond_init(changed, &attributes),
        ]
        unsafe pthread_condattr_destroy(&attributes)
        precondition(outcomes == [0, 0], "a mutex and a condition can always be made")
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(mutex)
        unsafe changed.deallocate()
        unsafe mutex.deallocate()
    }

    /// - Throws: `closed`; `busy` when `capacity` jobs wait.
    func push(_ job: Job) throws(StoreError) {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        guard !isClosed else { throw .closed }
        guard jobs.count < capacity else { throw .busy }
        jobs.append(job)
        unsafe pthread_cond_signal(changed)
    }

    /// Waits for jobs and takes as many of the oldest as `amount` says.
    ///
    /// For `expected` jobs it waits on, until `window` has passed since the call. What comes later
    /// than that found the taker idle and is taken at once.
    ///
    /// - Parameters:
    ///   - expected: how many are worth waiting for.
    ///   - window: how long, from the call on.
    ///   - amount: how many of those that wait to take.
    /// - Returns: nothing only when the queue is closed and empty.
    func take(
        expected: Int = 1,
        window: Duration = .zero,
        amount: ([Job]) -> Int = { _ in 1 }
    ) -> [Job] {
        var deadline = Self.moment(after: window)
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while jobs.isEmpty && !isClosed { unsafe pthread_cond_wait(changed, mutex) }
        while jobs.count < expected && !isClosed {
            guard unsafe pthread_cond_timedwait(changed, mutex, &deadline) == 0 else { break }
        }
        let taken = Array(jobs.prefix(jobs.isEmpty ? 0 : max(1, amount(jobs))))
        jobs = Array(jobs.dropFirst(taken.count))
        return taken
    }

    /// No more jobs; those that wait are still done.
    func close() {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        isClosed = true
        unsafe pthread_cond_broadcast(changed)
    }

    private static func moment(after window: Duration) -> timespec {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        let nanoseconds = Int(window.components.attoseconds / 1_000_000_000) + now.tv_nsec
        return timespec(
            tv_sec: now.tv_sec + Int(window.components.seconds) + nanoseconds / 1_000_000_000,
            tv_nsec: nanoseconds % 1_000_000_000
        )
    }
}
