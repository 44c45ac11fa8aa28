package import Primitives

/// A passkey holder that is not there: it has the finger of its owner always at hand.
package struct Authenticator: Sendable {
    let browser: Browser
    let id: String

    private var place: String { "/webauthn/authenticator/" + id }

    /// The passkeys as WebDriver tells them: `credentialId`, `rpId`, `userHandle`, `privateKey`,
    /// `signCount`.
    package func credentials() async throws -> [JSON] {
        try await browser.command("GET", place + "/credentials").array ?? []
    }

    /// Puts one in, such as a copy with an older counter.
    package func add(_ credential: JSON) async throws {
        try await browser.command("POST", place + "/credential", credential)
    }

    package func forgetCredentials() async throws {
        try await browser.command("DELETE", place + "/credentials")
    }

    package func remove() async throws { try await browser.command("DELETE", place) }
}

extension Browser {
    /// Builds a passkey holder into the machine of the browser.
    package func addAuthenticator() async throws -> Authenticator {
        let id = try await command(
            "POST",
            "/webauthn/authenticator",
            [
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
                "hasUserVerification": true, "isUserVerified": true,
            ]
        )
        guard let id = id.string else { throw BrowserError("no authenticator") }
        return Authenticator(browser: self, id: id)
    }
}
