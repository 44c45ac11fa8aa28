import CTLS
import Cryptography
import Glibc
import Primitives

/// The settings of one TLS listener, loaded into libssl. Made anew for a reload.
///
/// TLS 1.3 only, no tickets and no session cache: a resumed session would skip the check of the
/// chain. Clients' chains are checked against the given roots and nothing else.
@safe
final class TLSServerContext: @unchecked Sendable {
    // Unchecked: the SSL_CTX is changed in `init` alone; libssl counts its references atomically.
    private let context: OpaquePointer
    private let names: HostNames

    /// - Throws: `certificate`, which never repeats a byte of the files.
    init(_ configuration: TLSServerConfiguration, hostNames: [String]) throws(ServerError) {
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else {
            throw .certificate("no TLS in this library")
        }
        unsafe self.context = context
        names = HostNames(hostNames)
        try setVersion()
        try useChain(configuration.chainPEM)
        try useKey(configuration.keyPEM)
        if configuration.clientCertificate != .none {
            try askClients(configuration)
        }
        unsafe SSL_CTX_set_client_hello_cb(
            context,
            checkServerName,
            Unmanaged.passUnretained(names).toOpaque()
        )
    }

    deinit { unsafe SSL_CTX_free(context) }

    /// The server side of a handshake that has not begun.
    func transport(over socket: consuming Socket) -> Transport? {
        let ssl = unsafe SSL_new(context)
        guard let tls = unsafe TLSConnection(ssl, over: socket.descriptor, settings: self) else {
            return nil
        }
        return Transport(socket, tls: tls)
    }

    private func setVersion() throws(ServerError) {
        let isSet =
            unsafe renkei_ssl_ctx_min_version(context, TLS1_3_VERSION) == 1
            && SSL_CTX_set_ciphersuites(
                context,
                "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256"
            ) == 1
            && renkei_ssl_ctx_groups(context, "P-256:X25519") == 1
            && SSL_CTX_set_num_tickets(context, 0) == 1
            && SSL_CTX_set_max_early_data(context, 0) == 1
        guard isSet else { throw .certificate("TLS 1.3 suites are missing") }
        unsafe SSL_CTX_set_options(context, renkei_ssl_options)
        unsafe renkei_ssl_ctx_mode(context, renkei_ssl_modes)
        unsafe renkei_ssl_ctx_no_session_cache(context)
    }

    private func useChain(_ pem: [UInt8]) throws(ServerError) {
        var isLeaf = true
        let isUsed = unsafe forEachCertificate(in: pem) { certificate in
            defer { isLeaf = false }
            return unsafe isLeaf
                ? SSL_CTX_use_certificate(context, certificate) == 1
                : renkei_ssl_ctx_add_chain(context, certificate) == 1
        }
        guard isUsed else { throw .certificate("the chain is not PEM") }
    }

    private func useKey(_ pem: SecretBytes) throws(ServerError) {
        let key = unsafe pem.withBytes { bytes in
            unsafe withReader(of: bytes) { unsafe PEM_read_bio_PrivateKey($0, nil, nil, nil) }
        }
        defer { unsafe EVP_PKEY_free(key) }
        guard unsafe key != nil, unsafe SSL_CTX_use_PrivateKey(context, key) == 1,
            unsafe SSL_CTX_check_private_key(context) == 1
        else {
            ERR_clear_error()
            throw .certificate("the key is not PEM, or not that of the certificate")
        }
    }

    private func askClients(_ configuration: TLSServerConfiguration) throws(ServerError) {
        let store = unsafe SSL_CTX_get_cert_store(context)
        let areUsed = unsafe forEachCertificate(in: configuration.clientRootsPEM) { root in
            unsafe X509_STORE_add_cert(store, root) == 1
        }
        guard areUsed else { throw .certificate("the client roots are not PEM") }
        let parameters = unsafe SSL_CTX_get0_param(context)
        unsafe X509_VERIFY_PARAM_set_flags(
            parameters,
            UInt(X509_V_FLAG_X509_STRICT | X509_V_FLAG_PARTIAL_CHAIN)
        )
        unsafe X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT)
        unsafe SSL_CTX_set_verify_depth(context, 3)
        let isRequired = configuration.clientCertificate == .required
        unsafe SSL_CTX_set_verify(
            context,
            SSL_VERIFY_PEER | (isRequired ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
            nil
        )
    }
}

/// The names of a listener, where the callback of libssl can reach them.
private final class HostNames: Sendable {
    let names: [ByteText]
    init(_ names: [String]) { self.names = names.map { ByteText($0) } }
}

/// Answers an unknown server name with the alert `unrecognized_name` (RFC 6066 §3). A client that
/// names none, such as one that calls an address, is let through: Host is checked again later.
private func checkServerName(
    _ ssl: OpaquePointer?,
    _ alert: UnsafeMutablePointer<Int32>?,
    _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    guard let argument = unsafe argument else { return SSL_CLIENT_HELLO_SUCCESS }
    let known = unsafe Unmanaged<HostNames>.fromOpaque(argument).takeUnretainedValue().names
    var start: UnsafePointer<UInt8>?
    var count = 0
    let type = UInt32(TLSEXT_TYPE_server_name)
    guard !known.isEmpty, unsafe SSL_client_hello_get0_ext(ssl, type, &start, &count) == 1 else {
        return SSL_CLIENT_HELLO_SUCCESS
    }
    // List length (2), type host_name (1), name length (2), name: one name, as all clients send.
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    if bytes.count > 5, bytes[2] == 0, Int(bytes[3]) << 8 | Int(bytes[4]) == bytes.count - 5 {
        let name = String(decoding: bytes[5...], as: UTF8.self).lowercased()
        if known.contains(ByteText(name)) { return SSL_CLIENT_HELLO_SUCCESS }
    }
    unsafe alert?.pointee = SSL_AD_UNRECOGNIZED_NAME
    return SSL_CLIENT_HELLO_ERROR
}

/// Lends a memory reader over `bytes`.
@unsafe
private func withReader<Result>(of bytes: [UInt8], _ body: (OpaquePointer?) -> Result) -> Result {
    unsafe bytes.withUnsafeBytes { buffer in
        let reader = unsafe BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count))
        defer { unsafe BIO_free(reader) }
        return unsafe body(reader)
    }
}

/// - Returns: whether there was one at least and `body` took each.
@unsafe
private func forEachCertificate(in pem: [UInt8], _ body: (OpaquePointer) -> Bool) -> Bool {
    let count = unsafe withReader(of: pem) { reader in
        var count = 0
        while let certificate = unsafe PEM_read_bio_X509(reader, nil, nil, nil) {
            defer { unsafe X509_free(certificate) }
            guard unsafe body(certificate) else { return 0 }
            count += 1
        }
        return count
    }
    // The end of the file is an error in the queue as well.
    ERR_clear_error()
    return count > 0
}
