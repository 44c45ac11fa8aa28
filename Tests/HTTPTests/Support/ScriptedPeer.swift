import Foundation
import Glibc
import Primitives

/// A server at a Unix socket that takes one request a connection and says exactly what it is told.
/// It runs on a thread of its own.
@safe
final class ScriptedPeer: Sendable {
    let path: String
    private let listening: Int32
    private let heard = Lock<[UInt8]>([])

    // Without an answer it keeps the connection open and says nothing. One that leaves answers the
    // first connection once, hangs up after its second request, and answers another connection.
    init(answer: String?, leaves: Bool = false) throws {
        path = NSTemporaryDirectory() + "renkei-\(UUID().uuidString.prefix(8)).sock"
        listening = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = path.bytes
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isListening = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(listening, generic, length) == 0 && listen(listening, 8) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRINUSE) }
        Thread {
            if leaves { self.leave(answer) }
            self.serve(answer)
        }.start()
    }

    deinit {
        close(listening)
        unsafe unlink(path)
    }

    /// What the first request was, once it came.
    var request: String { String(decoding: heard.withLock { $0 }, as: UTF8.self) }

    /// The first head is there, and as much of a body as it says.
    private var isWhole: Bool {
        let heard = heard.withLock { $0 }
        guard let end = heard.firstRange(of: "\r\n\r\n".bytes)?.upperBound else { return false }
        let lines = String(decoding: heard[..<end], as: UTF8.self).split(separator: "\r\n")
        let told = lines.first { $0.hasPrefix("Content-Length: ") }?.split(separator: " ").last
        return heard.count - end >= told.flatMap { Int($0) } ?? 0
    }

    private func leave(_ answer: String?) {
        let descriptor = accept(listening, nil, nil)
        defer { close(descriptor) }
        serve(answer, on: descriptor)
        heard.withLock { $0 = [] }
        serve("", on: descriptor)
        heard.withLock { $0 = [] }
    }

    private func serve(_ answer: String?) {
        let descriptor = accept(listening, nil, nil)
        defer { close(descriptor) }
        serve(answer, on: descriptor)
    }

    private func serve(_ answer: String?, on descriptor: Int32) {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while !isWhole {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            heard.withLock { $0.append(contentsOf: buffer[..<count]) }
        }
        guard let answer else {
            // Until the client goes.
            _ = unsafe recv(descriptor, &buffer, buffer.count, 0)
            return
        }
        let bytes = answer.bytes
        _ = unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
