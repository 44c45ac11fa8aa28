package import Primitives

/// An authenticator app with one key: RFC 6238, by `oathtool`.
package struct AuthenticatorApp: Sendable {
    private let key: String

    /// Takes the key as a page shows it, in groups of four.
    package init(key: String) { self.key = key.filter { !$0.isWhitespace } }

    /// The code of 6 digits for a moment. A server takes each once, and those of half a minute
    /// before and after.
    package func code(at time: Timestamp) async throws -> String {
        let printed = try await WatchedProcess.run([
            "/usr/bin/oathtool", "--totp", "--base32", "--now", "@\(time.seconds)", key,
        ])
        return String(printed.prefix { $0.isNumber })
    }
}
