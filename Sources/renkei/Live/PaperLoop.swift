import Glibc
import Paper
import Primitives

/// `renkei paper-worker`: jobs come in by standard input, pages go out by standard output.
///
/// The process that sets what strangers wrote. It is given nothing else: no key, no store, no
/// socket, no file of its parent; it writes to no disk, has 1 GiB of memory, and ends itself over a
/// job that takes longer than `patience`.
enum PaperLoop {
    static let command = "paper-worker"
    static let patience = Duration.seconds(20)
    private static let memory: rlim_t = 1 << 30

    static func run() -> Never {
        giveUpRights()
        while let head = read(PaperFrame.headBytes),
            let length = PaperFrame.length(head, atMost: Limits.paperJobBytes),
            let job = read(length)
        {
            alarm(UInt32(patience.components.seconds))
            let answer = PaperAnswer.bytes(job)
            alarm(0)
            guard write(PaperFrame.framed(answer)) else { break }
        }
        exit(0)
    }

    private static func giveUpRights() {
        // A sanitizer's shadow of the memory is larger than any memory.
        if !["__asan_init", "__tsan_init"].contains(where: LinkedLibrary.has) {
            limit(RLIMIT_AS, to: memory)
        }
        // No file.
        _ = signal(SIGXFSZ, SIG_IGN)
        limit(RLIMIT_FSIZE, to: 0)
        // Whatever the parent had open in that moment.
        for descriptor in STDERR_FILENO + 1..<4096 { close(descriptor) }
    }

    private static func limit(_ resource: __rlimit_resource, to value: rlim_t) {
        var bounds = rlimit(rlim_cur: value, rlim_max: value)
        let outcome = unsafe setrlimit(__rlimit_resource_t(resource.rawValue), &bounds)
        guard outcome == 0 else { exit(ExitCode.failed.rawValue) }
    }

    private static func read(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(
                    STDIN_FILENO,
                    buffer.baseAddress?.advanced(by: filled),
                    count - filled
                )
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { return nil }
            filled += got
        }
        return bytes
    }

    private static func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    STDOUT_FILENO,
                    buffer.baseAddress?.advanced(by: sent),
                    bytes.count - sent
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
