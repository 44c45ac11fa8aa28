import Foundation
import Glibc
import Primitives

/// A server at a Unix socket that takes one request and says exactly what it is told. It runs on
/// a thread of its own.
@safe
final class ScriptedPeer: Sendable {
    let path: String
    private let listening: Int32
    private let heard = Lock<[UInt8]>([])

    // Without an answer it keeps the connection open and says nothing.
    init(answer: String?) throws {
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
        Thread { self.serve(answer) }.start()
    }

    deinit {
        close(listening)
        unsafe unlink(path)
    }

    /// What the first request was, once it came.
    var request: String { String(decoding: heard.withLock { $0 }, as: UTF8.self) }

    private func serve(_ answer: String?) {
        let descriptor = accept(listening, nil, nil)
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while heard.withLock({ $0.firstRange(of: "\r\n\r\n".bytes) }) == nil {
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
