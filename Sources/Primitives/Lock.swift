import Glibc

/// Guards one value with a mutex for a few lines at a time.
///
/// `Synchronization.Mutex` is not used: ThreadSanitizer does not see it on Linux and reports races
/// that are none. Never hold it across `await`.
@safe
package final class Lock<Value>: @unchecked Sendable {
    // Unchecked: `value` is touched only between lock and unlock of `mutex`.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    @usableFromInline var value: Value

    package init(_ value: sending Value) {
        unsafe mutex = UnsafeMutablePointer.allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        let outcome = unsafe pthread_mutex_init(mutex, nil)
        precondition(outcome == 0, "a mutex can always be made")
        self.value = value
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    @inlinable
    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock()
        defer { unlock() }
        return try body(&value)
    }

    @usableFromInline
    func lock() { unsafe pthread_mutex_lock(mutex) }

    @usableFromInline
    func unlock() { unsafe pthread_mutex_unlock(mutex) }
}
