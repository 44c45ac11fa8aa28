import CTLS
import Glibc
import Primitives

/// One descriptor of a socket, closed with its owner.
struct Socket: ~Copyable {
    let descriptor: Int32

    deinit { close(descriptor) }

    /// Ends our side of the stream, so that the peer sees the end before it sees a reset.
    borrowing func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    borrowing func read(into buffer: inout [UInt8]) -> TransportOutcome {
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe recv(descriptor, bytes.baseAddress, bytes.count, 0)
        }
        if count == 0 { return .ended }
        return count > 0 ? .moved(count) : (errno == EAGAIN ? .wantsRead : .failed)
    }

    borrowing func write(_ bytes: [UInt8], from start: Int, atMost limit: Int) -> TransportOutcome {
        let length = min(bytes.count - start, limit)
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe send(
                descriptor,
                buffer.baseAddress?.advanced(by: start),
                length,
                Int32(MSG_NOSIGNAL)
            )
        }
        return count >= 0 ? .moved(count) : (errno == EAGAIN ? .wantsWrite : .failed)
    }

    /// The next connection that waits at a listening socket, with the peer's address.
    borrowing func accept() -> Accepted {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe accept4(
                    self.descriptor,
                    generic,
                    &length,
                    Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
                )
            }
        }
        guard descriptor >= 0 else { return errno == EAGAIN ? .none : .failed }
        guard address.sin_family == sa_family_t(AF_INET) else {
            return .connection(Socket(descriptor: descriptor), address: nil)
        }
        var enabled: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &enabled, 4)
        let number = UInt32(bigEndian: address.sin_addr.s_addr)
        let text = [24, 16, 8, 0].map { String(number >> UInt32($0) & 255) }.joined(separator: ".")
        return .connection(Socket(descriptor: descriptor), address: text)
    }

    enum Accepted: ~Copyable {
        case none
        /// A connection was lost again, or the process has no descriptor left.
        case failed
        /// The address is nil over a Unix socket.
        case connection(Socket, address: String?)
    }
}

extension Socket {
    /// Binds and listens, without accepting.
    static func listening(
        at address: ListenerConfiguration.Address
    ) throws(ServerError) -> Socket {
        switch address {
        case .tcp(let host, let port): try listening(host: host, port: port)
        case .unix(let path, let mode): try listening(path: path, mode: mode)
        }
    }

    /// The port it was bound to; 0 for a Unix socket.
    var port: Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = unsafe getsockname(descriptor, generic, &length)
            }
        }
        let isInternet = address.sin_family == sa_family_t(AF_INET)
        return isInternet ? Int(UInt16(bigEndian: address.sin_port)) : 0
    }

    private static func open(_ family: Int32) throws(ServerError) -> Socket {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw .resources(errno: errno) }
        return Socket(descriptor: descriptor)
    }

    private static func listening(host: String, port: Int) throws(ServerError) -> Socket {
        let name = "\(host):\(port)"
        let socket = try open(AF_INET)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        guard let number = UInt16(exactly: port),
            unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1
        else { throw .address(name, errno: EINVAL) }
        address.sin_port = number.bigEndian
        var enabled: Int32 = 1
        unsafe setsockopt(socket.descriptor, SOL_SOCKET, SO_REUSEADDR, &enabled, 4)
        let isBound = unsafe bind(socket.descriptor, to: &address)
        guard isBound, listen(socket.descriptor, backlog) == 0 else {
            throw .address(name, errno: errno)
        }
        return socket
    }

    private static func listening(path: String, mode: UInt32) throws(ServerError) -> Socket {
        let socket = try open(AF_UNIX)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = path.bytes
        let fits = unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard bytes.count < room.count else { return false }
            unsafe room.copyBytes(from: bytes)
            return true
        }
        guard fits else { throw .address(path, errno: ENAMETOOLONG) }
        // A socket left by a process that died would keep the name; any other file is not ours.
        var found = stat()
        if unsafe lstat(path, &found) == 0, found.st_mode & S_IFMT == S_IFSOCK {
            unsafe unlink(path)
        }
        // The mode is narrowed before anybody can connect.
        let isBound = unsafe bind(socket.descriptor, to: &address)
        guard isBound, unsafe chmod(path, mode) == 0, listen(socket.descriptor, backlog) == 0 else {
            throw .address(path, errno: errno)
        }
        return socket
    }

    @unsafe
    private static func bind<Address>(_ descriptor: Int32, to address: inout Address) -> Bool {
        let length = socklen_t(MemoryLayout<Address>.size)
        return unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe Glibc.bind(descriptor, generic, length) == 0
            }
        }
    }

    /// Connections the kernel keeps while accepting is paused.
    private static let backlog: Int32 = 1024
}

/// Broken connections must answer with an error, not end the process. Called once by the program.
package func ignoreBrokenPipes() {
    _ = signal(SIGPIPE, SIG_IGN)
}
