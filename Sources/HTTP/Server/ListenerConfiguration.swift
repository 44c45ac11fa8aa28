package import Cryptography
package import Primitives

/// One place where the server listens.
package struct ListenerConfiguration: Sendable {
    package let address: Address
    package let tls: TLSServerConfiguration?
    /// Names of this listener, for Host (421) and SNI; empty: any well-formed name.
    package let hostNames: [String]
    /// Asked for every request with a client certificate; on the loop, so it must not wait.
    package let admission: @Sendable (PeerIdentity) -> Admission
    /// Told of every answer.
    package let accessLog: @Sendable (AccessRecord) -> Void

    package init(
        address: Address,
        tls: TLSServerConfiguration? = nil,
        hostNames: [String] = [],
        admission: @escaping @Sendable (PeerIdentity) -> Admission = { _ in .allowed },
        accessLog: @escaping @Sendable (AccessRecord) -> Void = { _ in }
    ) {
        self.address = address
        self.tls = tls
        self.hostNames = hostNames.map { $0.lowercased() }
        self.admission = admission
        self.accessLog = accessLog
    }

    package enum Address: Sendable {
        /// An IPv4 address in digits; port 0 is any free one.
        case tcp(host: String, port: Int)
        /// A socket file with this mode; a stale one is replaced.
        case unix(path: String, mode: UInt32)
    }
}

/// Whether a certificate may still be used.
package enum Admission: Sendable { case allowed, refused }

/// What a TLS listener shows and asks for.
package struct TLSServerConfiguration: Sendable {
    /// Leaf first.
    package let chainPEM: [UInt8]
    package let keyPEM: SecretBytes
    /// The transport store; needed unless `clientCertificate` is `none`.
    package let clientRootsPEM: [UInt8]
    package let clientCertificate: ClientCertificate

    package init(
        chainPEM: [UInt8],
        keyPEM: SecretBytes,
        clientRootsPEM: [UInt8] = [],
        clientCertificate: ClientCertificate = .required
    ) {
        self.chainPEM = chainPEM
        self.keyPEM = keyPEM
        self.clientRootsPEM = clientRootsPEM
        self.clientCertificate = clientCertificate
    }

    package enum ClientCertificate: Sendable {
        case required
        /// Asked for; without one the handshake succeeds and `Request.identity` is nil.
        case optional
        case none
    }
}

/// One line of the access log. It names the route's template, never the target.
package struct AccessRecord: Sendable {
    package let method: Method?
    package let template: String
    package let status: Int
    package let bytes: Int
    package let milliseconds: Int64
    package let identity: Digest?
    package let trace: String
}
