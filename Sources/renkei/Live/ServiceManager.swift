import Glibc
import Primitives

/// What a service tells the service manager that has started it: datagrams to the socket of
/// `NOTIFY_SOCKET` (sd_notify(3)). Without a service manager nobody is told anything.
enum ServiceManager {
    enum News: String, Sendable {
        /// The listeners are open, the log has been checked, work is taken.
        case ready = "READY=1"
        case stopping = "STOPPING=1"
        case alive = "WATCHDOG=1"
    }

    /// A service manager that is not there is no reason to stop working: what cannot be told is
    /// left out.
    static func tell(_ news: News) {
        guard let path = Environment.value("NOTIFY_SOCKET"), var address = address(of: path) else {
            return
        }
        let end = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard end >= 0 else { return }
        defer { close(end) }
        let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + path.utf8.count }
        let bytes = news.rawValue.bytes
        _ = unsafe withUnsafeBytes(of: &address) { whole in
            unsafe sendto(
                end,
                bytes,
                bytes.count,
                Int32(MSG_NOSIGNAL),
                whole.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t(length ?? 0)
            )
        }
    }

    /// How often it wants to hear that the service is alive: three times within the time it waits.
    /// Nil where it does not ask.
    static var interval: Duration? {
        guard let wait = Environment.value("WATCHDOG_USEC").flatMap({ Int64($0) }), wait > 0 else {
            return nil
        }
        return .microseconds(wait / 3)
    }

    /// Says so as often as `isAlive` finds it. Ends when the task is cancelled.
    static func keepWatch(_ time: some TimeSource, _ isAlive: () async -> Bool) async {
        guard let interval else { return }
        do throws(CancellationError) {
            while true {
                if await isAlive() { tell(.alive) }
                try await time.sleep(for: interval)
            }
        } catch {
            // The service ends, and the manager knows.
        }
    }

    /// A name that begins with `@` is one of no folder.
    private static func address(of path: String) -> sockaddr_un? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = path.bytes
        guard let first = bytes.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"),
            bytes.count < MemoryLayout.size(ofValue: address.sun_path)
        else { return nil }
        if first == UInt8(ascii: "@") { bytes[0] = 0 }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            unsafe room.copyBytes(from: bytes)
        }
        return address
    }
}
