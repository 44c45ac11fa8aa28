import Glibc

/// A thread for one act that may block; it ends with the act.
enum TokenThread {
    static func start(_ body: @escaping @Sendable () -> Void) {
        let box = unsafe Unmanaged.passRetained(Body(body)).toOpaque()
        var thread = pthread_t()
        let outcome = unsafe pthread_create(&thread, nil, runBody, box)
        precondition(outcome == 0, "the process may make threads")
        pthread_detach(thread)
    }
}

private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runBody(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let box = unsafe box { unsafe Unmanaged<Body>.fromOpaque(box).takeRetainedValue().run() }
    return nil
}
