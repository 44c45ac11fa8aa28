package import Cryptography

/// What the TLS listener of an exchange needs; PEM.
package struct ListenerCredentials: Sendable {
    /// The server's certificate and its issuing authority.
    package let chain: String
    package let key: SecretBytes
    /// The transport store: the authorities of members, and of nobody else.
    package let clientAuthorities: String
}
