import Glibc
import Synchronization

/// The signals a service answers, as an asynchronous sequence.
///
/// The handler does the one thing it may, a `write` to a pipe; a thread of its own reads the pipe.
/// Blocking signals and `sigwait` would not do: threads of the runtime exist before `main` runs,
/// and children would inherit the mask.
enum Signals {
    enum Signal: Int32, Sendable, CaseIterable {
        case hangUp = 1
        case interrupt = 2
        case terminate = 15
    }

    /// From now on these signals no longer end the process. Call it once.
    static func received(_ signals: [Signal] = Signal.allCases) -> AsyncStream<Signal> {
        let ends = makePipe()
        writeEnd.store(ends.write, ordering: .sequentiallyConsistent)
        let (stream, continuation) = AsyncStream.makeStream(of: Signal.self)
        LiveThread.start {
            while let number = readNumber(ends.read) {
                if let signal = Signal(rawValue: number) { continuation.yield(signal) }
            }
        }
        for signal in signals { install(signal.rawValue, handleSignal) }
        return stream
    }

    /// As if another process had sent it.
    static func raise(_ signal: Signal) { _ = kill(getpid(), signal.rawValue) }

    /// A peer that closed its end is an error code, not the end of the process.
    static func ignoreBrokenPipes() {
        _ = signal(SIGPIPE, SIG_IGN)
    }

    fileprivate static let writeEnd = Atomic<Int32>(-1)

    private static func install(
        _ number: Int32,
        _ handler: @escaping @convention(c) (Int32) -> Void
    ) {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = handler
        action.sa_flags = SA_RESTART
        unsafe sigaction(number, &action, nil)
    }

    private static func makePipe() -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        let outcome = unsafe pipe(&ends)
        precondition(outcome == 0, "a process that starts has descriptors left")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func readNumber(_ descriptor: Int32) -> Int32? {
        var byte: UInt8 = 0
        while true {
            let count = unsafe read(descriptor, &byte, 1)
            if count == 1 { return Int32(byte) }
            guard count < 0, errno == EINTR else { return nil }
        }
    }
}

private func handleSignal(_ number: Int32) {
    let kept = errno
    var byte = UInt8(truncatingIfNeeded: number)
    _ = unsafe write(Signals.writeEnd.load(ordering: .relaxed), &byte, 1)
    errno = kept
}
