import Glibc

/// Standard output or standard error, unbuffered.
struct FileSink: TextSink {
    /// What becomes of the program when nobody reads any more.
    enum WhenUnread: Sendable { case goOn, end }

    let descriptor: Int32
    let whenUnread: WhenUnread

    /// Data without a reader is worth no work: `renkei inbox list | head` ends.
    static let output = FileSink(descriptor: STDOUT_FILENO, whenUnread: .end)
    /// A service goes on when its log has no reader.
    static let errorOutput = FileSink(descriptor: STDERR_FILENO, whenUnread: .goOn)

    var isTerminal: Bool { isatty(descriptor) == 1 }

    func write(_ text: String) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor,
                    buffer.baseAddress?.advanced(by: written),
                    buffer.count - written
                )
            }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else {
                if whenUnread == .end { exit(ExitCode.failed.rawValue) }
                return
            }
            written += count
        }
    }
}
