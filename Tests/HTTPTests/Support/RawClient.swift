import CTLS
import Foundation
import Glibc
import Primitives

/// A client that can misbehave: it sends what it is told, over TLS or not. It blocks, so its calls
/// run through `offPool`.
@safe
final class RawClient: @unchecked Sendable {
    // Unchecked: a test uses one client from one thread at a time.
    private let descriptor: Int32
    private var ssl: OpaquePointer?
    private var received: [UInt8] = []

    struct Answer: Equatable {
        var status: Int
        var head: String
        var body: [UInt8]
        var closes: Bool { head.lowercased().contains("\r\nconnection: close\r\n") }
    }

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
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
        guard isConnected else { throw POSIXError(.ECONNREFUSED) }
        // Two small writes in a row must not wait for the server's delayed acknowledgement.
        var enabled: Int32 = 1
        unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &enabled, 4)
        // A test that waits for what never comes fails instead of hanging.
        var patience = timeval(tv_sec: 300, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    }

    deinit {
        unsafe SSL_free(ssl)
        close(descriptor)
    }

    // MARK: TLS

    /// - Returns: whether our side of the handshake succeeded; in TLS 1.3 the server may refuse
    ///   our certificate only after that.
    func startTLS(
        as name: String? = nil,
        serverName: String = "localhost",
        version: Int32 = TLS1_3_VERSION
    ) -> Bool {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else { return false }
        defer { unsafe SSL_CTX_free(context) }
        unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
        if let name {
            let path = "\(Certificates.world.folder)/\(name)"
            unsafe SSL_CTX_use_certificate_chain_file(context, path + ".pem")
            unsafe SSL_CTX_use_PrivateKey_file(context, path + ".key", SSL_FILETYPE_PEM)
        }
        unsafe ssl = SSL_new(context)
        var hostName = Array(serverName.utf8CString)
        unsafe SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, 0, &hostName)
        unsafe SSL_set_fd(ssl, descriptor)
        return unsafe SSL_connect(ssl) == 1
    }

    func updateKey() { unsafe SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED) }

    /// Sends close_notify and keeps the socket open.
    func sayGoodbye() { _ = unsafe SSL_shutdown(ssl) }

    /// The subject of the certificate the server showed.
    func serverName() -> String {
        guard let certificate = unsafe SSL_get0_peer_certificate(ssl) else { return "" }
        var bytes = [CChar](repeating: 0, count: 256)
        unsafe X509_NAME_oneline(X509_get_subject_name(certificate), &bytes, 256)
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8($0) }, as: UTF8.self)
    }

    // MARK: Bytes

    func send(_ text: String) { send(text.bytes) }

    func send(_ bytes: [UInt8]) {
        var start = 0
        while start < bytes.count {
            let count = unsafe bytes[start...].withUnsafeBytes { buffer in
                unsafe ssl == nil
                    ? Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
                    : Int(SSL_write(ssl, buffer.baseAddress, Int32(buffer.count)))
            }
            guard count > 0 else { return }
            start += count
        }
    }

    /// Our FIN, without close_notify.
    func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes with a reset instead of a FIN.
    func reset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<linger>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, size)
        shutdown(descriptor, Int32(SHUT_RD))
        var nothing = sockaddr()
        nothing.sa_family = sa_family_t(AF_UNSPEC)
        _ = unsafe connect(descriptor, &nothing, socklen_t(MemoryLayout<sockaddr>.size))
    }

    /// - Returns: false at the end of the stream, however it came.
    private func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        let size = buffer.count
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe ssl == nil
                ? recv(descriptor, bytes.baseAddress, size, 0)
                : Int(SSL_read(ssl, bytes.baseAddress, Int32(size)))
        }
        if count > 0 { received.append(contentsOf: buffer[..<count]) }
        return count > 0
    }

    /// The next answer, whole; nil if the connection ends before.
    func answer() -> Answer? {
        let end = "\r\n\r\n".bytes
        while true {
            if let head = received.firstRange(of: end) {
                let text = String(decoding: received[..<head.upperBound], as: UTF8.self)
                let length = RawClient.length(in: text)
                if received.count - head.upperBound >= length {
                    let body = Array(received[head.upperBound...].prefix(length))
                    received.removeFirst(head.upperBound + length)
                    let status = Int(text.dropFirst(9).prefix(3)) ?? 0
                    return Answer(status: status, head: text, body: body)
                }
            }
            guard receive() else { return nil }
        }
    }

    /// Whether the server closes now, and all that came before.
    func rest() -> [UInt8] {
        while receive() {}
        return received
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

/// Runs a body that blocks on a thread of its own: the shared pool has two threads here, and the
/// server's handlers need them.
func offPool<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Swift.Result { try body() }) }.start()
    }
}
