import CTLS
import Glibc
import Primitives

/// What came of one attempt to move bytes.
enum TransportOutcome: Equatable {
    case moved(Int)
    case wantsRead
    case wantsWrite
    /// The peer ended its side properly: close_notify, or FIN where there is no TLS.
    case ended
    /// Reset, cut, or a fault of TLS: nothing more can be read or written.
    case failed
}

/// One server side of TLS. Owns its `SSL`; the descriptor is the caller's.
@safe
struct TLSConnection: ~Copyable {
    private let ssl: OpaquePointer
    /// Holds what the callbacks of libssl point to.
    private let settings: TLSServerContext
    private var isBroken = false

    init?(_ ssl: OpaquePointer?, over descriptor: Int32, settings: TLSServerContext) {
        guard let ssl = unsafe ssl else { return nil }
        guard unsafe SSL_set_fd(ssl, descriptor) == 1 else {
            unsafe SSL_free(ssl)
            return nil
        }
        unsafe SSL_set_accept_state(ssl)
        unsafe self.ssl = ssl
        self.settings = settings
    }

    deinit { unsafe SSL_free(ssl) }

    /// `.moved(0)` when the handshake is done.
    mutating func handshake() -> TransportOutcome {
        ERR_clear_error()
        let code = unsafe SSL_do_handshake(ssl)
        return code == 1 ? .moved(0) : outcome(of: code)
    }

    mutating func read(into buffer: inout [UInt8]) -> TransportOutcome {
        ERR_clear_error()
        var count = 0
        let code = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe SSL_read_ex(ssl, bytes.baseAddress, bytes.count, &count)
        }
        return code == 1 ? .moved(count) : outcome(of: code)
    }

    /// Writes a part of what follows `start`.
    mutating func write(_ bytes: [UInt8], from start: Int, atMost limit: Int) -> TransportOutcome {
        ERR_clear_error()
        var count = 0
        let length = min(bytes.count - start, limit)
        let code = unsafe bytes.withUnsafeBytes { buffer in
            unsafe SSL_write_ex(ssl, buffer.baseAddress?.advanced(by: start), length, &count)
        }
        return code == 1 ? .moved(count) : outcome(of: code)
    }

    /// Sends close_notify once, without waiting for the peer's.
    mutating func sayGoodbye() {
        guard !isBroken else { return }
        isBroken = true
        ERR_clear_error()
        _ = unsafe SSL_shutdown(ssl)
        ERR_clear_error()
    }

    private mutating func outcome(of code: Int32) -> TransportOutcome {
        switch unsafe SSL_get_error(ssl, code) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .ended
        default:
            // After a fault SSL_shutdown must not be called (SSL_get_error(3)).
            isBroken = true
            ERR_clear_error()
            return .failed
        }
    }
}

extension TLSConnection {
    /// The certificate of the peer, checked in the handshake; nil where none was shown.
    func identity() -> PeerIdentity? {
        guard let certificate = unsafe SSL_get1_peer_certificate(ssl) else { return nil }
        defer { unsafe X509_free(certificate) }
        guard let fingerprint = unsafe fingerprint(of: certificate),
            let notBefore = unsafe timestamp(X509_get0_notBefore(certificate)),
            let notAfter = unsafe timestamp(X509_get0_notAfter(certificate)),
            notBefore <= notAfter
        else { return nil }
        let serial = unsafe X509_get0_serialNumber(certificate)
        return unsafe PeerIdentity(
            certificate: der(of: certificate),
            fingerprint: fingerprint,
            subject: subject(of: certificate),
            validity: notBefore...notAfter,
            serial: Array(
                UnsafeBufferPointer(
                    start: ASN1_STRING_get0_data(serial),
                    count: Int(ASN1_STRING_length(serial))
                )
            )
        )
    }
}

@unsafe
private func der(of certificate: OpaquePointer) -> [UInt8] {
    let count = unsafe i2d_X509(certificate, nil)
    guard count > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: Int(count))
    unsafe bytes.withUnsafeMutableBufferPointer { buffer in
        var position = buffer.baseAddress
        _ = unsafe i2d_X509(certificate, &position)
    }
    return bytes
}

@unsafe
private func fingerprint(of certificate: OpaquePointer) -> Digest? {
    var bytes = [UInt8](repeating: 0, count: Digest.byteCount)
    guard unsafe X509_digest(certificate, EVP_sha256(), &bytes, nil) == 1 else { return nil }
    return Digest(bytes)
}

@unsafe
private func subject(of certificate: OpaquePointer) -> String {
    let memory = unsafe BIO_new(BIO_s_mem())
    defer { unsafe BIO_free(memory) }
    let name = unsafe X509_get_subject_name(certificate)
    unsafe X509_NAME_print_ex(memory, name, 0, renkei_name_flags)
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = unsafe BIO_read(memory, &bytes, Int32(bytes.count))
    return String(decoding: bytes.prefix(Int(max(0, count))), as: UTF8.self)
}

@unsafe
private func timestamp(_ time: UnsafePointer<ASN1_TIME>?) -> Timestamp? {
    var parts = unsafe tm()
    guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
    return unsafe Timestamp(milliseconds: Int64(timegm(&parts)) * 1000)
}
