import Glibc
import Primitives

/// The end of a pipe from which we read.
final class PipeReader: Sendable {
    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// The next bytes, exactly `count` of them; nil where they do not come in time.
    func read(_ count: Int, until deadline: Duration) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            guard PipeReader.waits(for: POLLIN, on: descriptor, until: deadline) else { return nil }
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(
                    descriptor,
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

    /// Until the descriptor can be read or written, or is closed; false when time is over first.
    static func waits(for event: Int32, on descriptor: Int32, until deadline: Duration) -> Bool {
        while true {
            let left = deadline - SystemTime().uptime
            let milliseconds = Int32(clamping: left.components.seconds * 1000)
            var asked = pollfd(fd: descriptor, events: Int16(event), revents: 0)
            let outcome = unsafe poll(&asked, 1, max(0, min(milliseconds, 1000)))
            if outcome > 0 { return true }
            if outcome < 0, errno != EINTR { return false }
            guard left > .zero else { return false }
        }
    }
}
