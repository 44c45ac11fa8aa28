import Primitives

/// Calls one server over HTTPS with a client certificate, or over a Unix socket without TLS.
package struct Client: Sendable {
    /// - Parameter base: `https://host:port`; with a `unixSocket` its host is only the Host field.
    package init(
        base: String,
        identity: ClientIdentity?,
        roots: [[UInt8]],
        unixSocket: String? = nil,
        options: ClientOptions = ClientOptions()
    ) {}

    /// Sends one request and collects the answer, whatever its status.
    ///
    /// - Parameters:
    ///   - path: the target, already encoded, from `/` on.
    ///   - limitBytes: an answer with a longer body is `tooLarge`.
    /// - Throws: `ClientError`; its `sent` says whether bytes of the request had left.
    package func send(
        _ method: Method,
        _ path: String,
        fields: [(String, String)] = [],
        body: [UInt8] = [],
        limitBytes: Int = Limits.batchBytes,
        timeout: Duration = .seconds(60)
    ) async throws(ClientError) -> ClientResponse {
        throw .connect
    }
}

/// A client certificate and its key, in memory only.
package struct ClientIdentity: Sendable {
    /// PEM, leaf first.
    package let certificatePEM: [UInt8]
    /// PEM.
    package let keyPEM: [UInt8]

    package init(certificatePEM: [UInt8], keyPEM: [UInt8]) {
        self.certificatePEM = certificatePEM
        self.keyPEM = keyPEM
    }
}

package struct ClientOptions: Sendable {
    package var connectTimeout = Duration.seconds(10)
    /// Empty: none, whatever the environment says.
    package var proxy = ""
    /// `sha256//...` of the server's public key, where the directory has a pin.
    package var pin: String?

    package init() {}
}

package struct ClientResponse: Sendable {
    package let status: Int
    package let fields: Fields
    package let body: [UInt8]
}
