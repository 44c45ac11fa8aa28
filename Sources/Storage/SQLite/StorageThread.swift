import Glibc

/// A thread that may block; it ends when its body returns.
struct StorageThread: Sendable {
    private let identity: pthread_t

    /// - Parameter body: gets its whole region: a connection made outside moves in with it.
    init(_ body: sending @escaping () -> Void) {
        var identity = pthread_t()
        let box = unsafe Unmanaged.passRetained(Body(body)).toOpaque()
        let outcome = unsafe pthread_create(&identity, nil, { unsafe runBody($0) }, box)
        precondition(outcome == 0, "a thread can always be made at the start")
        self.identity = identity
    }

    /// Waits for the end. Call it once.
    func join() { pthread_join(identity, nil) }
}

private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
}

private func runBody(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let box = unsafe box { unsafe Unmanaged<Body>.fromOpaque(box).takeRetainedValue().run() }
    return nil
}
