package import Cryptography
import Primitives

/// The SMTP server that an office's mail goes to. Beyond this machine nothing is said without TLS,
/// whose certificate a public authority must have signed.
package struct MailServer: Sendable {
    private let url: String
    private let isOnThisMachine: Bool
    private let login: (user: String, password: SecretBytes)?

    /// `smtp://host[:port]`, which turns to TLS, or `smtps://host[:port]`.
    ///
    /// - Returns: nil for any other address.
    package init?(_ url: String, login: (user: String, password: SecretBytes)? = nil) {
        let rest: Substring
        if url.hasPrefix("smtp://") {
            rest = url.dropFirst(7)
        } else if url.hasPrefix("smtps://") {
            rest = url.dropFirst(8)
        } else {
            return nil
        }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, !host.isEmpty, host.utf8.allSatisfy(Self.isOfHost),
            parts.count == 1 || parts.count == 2 && Decimal.value(parts[1].utf8) ?? 0 > 0
        else { return nil }
        self.url = url
        isOnThisMachine = Self.isLoopback(host)
        self.login = login
    }

    private static func isOfHost(_ byte: UInt8) -> Bool {
        let character = Character(UnicodeScalar(byte))
        return byte < 0x80 && (character.isLetter || character.isNumber) || "-.".utf8.contains(byte)
    }

    private static func isLoopback(_ host: Substring) -> Bool {
        host == "127.0.0.1" || host == "localhost"
    }

    /// Hands a mail over to the server.
    ///
    /// - Throws: `ClientError`. A mail whose answer did not come may come twice or not at all.
    package func send(_ mail: Mail) async throws(ClientError) {
        let answer: Result<Void, ClientError> = await withCheckedContinuation { continuation in
            // One mail in ten minutes: a thread for each, and no part in the driver of calls.
            startThread(named: "renkei-mail") { continuation.resume(returning: deliver(mail)) }
        }
        try answer.get()
    }

    private func deliver(_ mail: Mail) -> Result<Void, ClientError> {
        let transfer = CurlMail(mail, to: url, needsTLS: !isOnThisMachine)
        if let login { transfer.signIn(as: login.user, login.password) }
        return transfer.perform()
    }
}
