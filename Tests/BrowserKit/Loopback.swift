import Foundation
import Glibc
import Primitives

/// A server on loopback that this process has started: HTTP/1.1 without TLS, one connection for
/// each request.
struct Loopback: Sendable {
    let port: Int

    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
    }

    /// Asks on a thread of its own, since the call blocks and the shared pool has two threads.
    func ask(_ method: String, _ path: String, _ body: [UInt8]) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                continuation.resume(with: Result { try answer(method, path, body) })
            }
            // Unoptimised code needs room on the stack.
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    private func answer(_ method: String, _ path: String, _ body: [UInt8]) throws -> Answer {
        let descriptor = try connected()
        defer { close(descriptor) }
        let head =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n"
        try send(head.bytes + body, to: descriptor)
        return try read(descriptor)
    }

    private func connected() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe connect(descriptor, generic, length) == 0
            }
        }
        // A driver that hangs ends the test, not the run.
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        guard isConnected else {
            close(descriptor)
            throw BrowserError("nothing listens on 127.0.0.1:\(port)")
        }
        return descriptor
    }

    private func send(_ bytes: [UInt8], to descriptor: Int32) throws {
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes[start...].withUnsafeBytes { buffer in
                unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw BrowserError("the driver closed the connection") }
            start += count
        }
    }

    private func read(_ descriptor: Int32) throws -> Answer {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 256 * 1024)
        var end: (head: Int, all: Int)?
        while received.count < end?.all ?? .max {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw BrowserError("the driver gave no whole answer") }
            received += buffer[..<count]
            if end == nil, let blank = received.firstRange(of: "\r\n\r\n".bytes) {
                let head = String(decoding: received[..<blank.lowerBound], as: UTF8.self)
                end = (blank.upperBound, blank.upperBound + Self.length(in: head))
            }
        }
        let status = Int(String(decoding: received.dropFirst(9).prefix(3), as: UTF8.self))
        return Answer(status: status ?? 0, body: Array(received[(end?.head ?? 0)...]))
    }

    private static func length(in head: String) -> Int {
        for line in head.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == "content-length" {
                return Int(parts[1].drop { $0 == " " }) ?? 0
            }
        }
        return 0
    }
}
