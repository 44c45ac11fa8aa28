package import Cryptography
import Primitives

/// Calls one server over HTTPS with a client certificate, or over a Unix socket without TLS.
package struct Client: Sendable {
    private let base: String
    private let settings: Lock<ClientSettings>

    /// A client of `https://host:port`. With a `unixSocket` the base is `http://name`, whose name
    /// is the Host field alone. Of server certificates only those under `roots` (PEM) are trusted.
    package init(
        base: String,
        identity: ClientIdentity?,
        roots: [[UInt8]],
        unixSocket: String? = nil,
        options: ClientOptions = ClientOptions()
    ) {
        precondition(
            identity == nil || !options.trustsAnyServer,
            "a client shows itself to trusted servers only"
        )
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        settings = Lock(
            ClientSettings(
                identity: identity,
                rootsPEM: Array(roots.joined()),
                unixSocket: unixSocket,
                options: options
            )
        )
    }

    /// Shows another certificate from the next request on. Copies of this client do so too; a call
    /// that runs ends as it began.
    package func show(_ identity: ClientIdentity) {
        settings.withLock { $0.identity = identity }
    }

    /// Sends one request and collects the answer, whatever its status; takes the target already
    /// encoded, from `/` on. Ends early, as `aborted`, when its task is cancelled.
    ///
    /// - Throws: `ClientError`; its `sent` says whether bytes of the request had left. An answer
    ///   with a body above its bound is `tooLarge`.
    package func send(
        _ method: Method,
        _ path: String,
        fields: [(String, String)] = [],
        body: [UInt8] = [],
        bounds: ClientBounds = ClientBounds()
    ) async throws(ClientError) -> ClientResponse {
        let call = ClientCall(
            method: method,
            url: base + path,
            fields: fields,
            body: body,
            limitBytes: bounds.answerBytes,
            timeout: bounds.timeout,
            settings: settings.withLock { $0 }
        )
        return try await CurlDriver.shared.send(call)
    }
}

/// How large an answer may be, and how long it may take.
package struct ClientBounds: Sendable {
    package let answerBytes: Int
    package let timeout: Duration

    package init(answerBytes: Int = Limits.batchBytes, timeout: Duration = .seconds(60)) {
        self.answerBytes = answerBytes
        self.timeout = timeout
    }
}

/// A client certificate and its key, in memory only.
package struct ClientIdentity: Sendable {
    /// PEM, leaf first.
    package let certificatePEM: [UInt8]
    /// PEM.
    package let keyPEM: SecretBytes

    package init(certificatePEM: [UInt8], keyPEM: SecretBytes) {
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
    /// Takes any server, whatever its certificate. For the one fetch whose answer is compared with
    /// a hash the caller has on paper; a client with an identity must not set it.
    package var trustsAnyServer = false

    package init() {}
}

package struct ClientResponse: Sendable {
    package let status: Int
    package let fields: Fields
    package let body: [UInt8]
}

/// Whom to call, and as whom.
struct ClientSettings: Sendable {
    var identity: ClientIdentity?
    let rootsPEM: [UInt8]
    let unixSocket: String?
    let options: ClientOptions
}

/// One call, ready for the driver.
struct ClientCall: Sendable {
    let method: Method
    let url: String
    let fields: [(String, String)]
    let body: [UInt8]
    let limitBytes: Int
    let timeout: Duration
    let settings: ClientSettings
}
