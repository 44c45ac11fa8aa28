import CTLS
import Glibc

/// Starts a thread nobody joins; `body` says when it is done.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let start = unsafe Unmanaged.passRetained(Start(body)).toOpaque()
    let code = unsafe pthread_create(
        &thread,
        nil,
        { argument in
            if let argument = unsafe argument {
                unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
            }
            return nil
        },
        start
    )
    precondition(code == 0, "a thread can always be made at the start")
    unsafe pthread_setname_np(thread, String(name.prefix(15)))
    pthread_detach(thread)
}
