package import Primitives

/// What the page's script hands over after a passkey was made:
/// `{"authenticatorData", "clientDataJSON"}`, both base64url. A statement of the maker of the
/// authenticator is not asked for and would prove nothing here.
package struct MadePasskey: Sendable {
    let clientData: [UInt8]
    let authenticatorData: [UInt8]

    /// - Throws: for any other form; at most `Limits.passkeyBytes`.
    package init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        let json = try JSON(reading: bytes, .strict.within(Limits.passkeyBytes))
        var reader = try ObjectReader(json)
        clientData = try reader.bytes("clientDataJSON")
        authenticatorData = try reader.bytes("authenticatorData")
        try reader.finish()
    }
}

/// What the script hands over after a passkey has signed:
/// `{"authenticatorData", "clientDataJSON", "id", "signature"}`, all base64url.
package struct ShownPasskey: Sendable {
    let id: [UInt8]
    let clientData: [UInt8]
    let authenticatorData: [UInt8]
    let signature: [UInt8]

    /// - Throws: for any other form; at most `Limits.passkeyBytes`.
    package init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        let json = try JSON(reading: bytes, .strict.within(Limits.passkeyBytes))
        var reader = try ObjectReader(json)
        id = try reader.bytes("id")
        clientData = try reader.bytes("clientDataJSON")
        authenticatorData = try reader.bytes("authenticatorData")
        signature = try reader.bytes("signature")
        try reader.finish()
    }
}

/// What the script gives to `navigator.credentials`; bytes are base64url.
package struct PasskeyQuestion: Sendable {
    /// `PublicKeyCredentialCreationOptionsJSON` or `…RequestOptionsJSON` of WebAuthn.
    package let json: JSON

    static func make(
        _ account: Account,
        _ challenge: [UInt8],
        at site: PasskeySite,
        named issuer: String
    ) -> PasskeyQuestion {
        PasskeyQuestion(json: [
            "attestation": "none",
            "authenticatorSelection": [
                "residentKey": "discouraged", "userVerification": "required",
            ],
            "challenge": .string(Base64.encode(challenge)),
            "excludeCredentials": list(account.passkeys),
            // ES256: every authenticator has it, and nothing else is verified here.
            "pubKeyCredParams": [["alg": -7, "type": "public-key"]],
            "rp": ["id": .string(site.host), "name": .string(issuer)],
            "timeout": milliseconds,
            "user": [
                "displayName": .string(account.displayName),
                "id": .string(Base64.encode(account.id.text.bytes)),
                "name": .string(account.signInName.text),
            ],
        ])
    }

    static func show(
        _ passkeys: [Passkey],
        _ challenge: [UInt8],
        at site: PasskeySite
    ) -> PasskeyQuestion {
        PasskeyQuestion(json: [
            "allowCredentials": list(passkeys),
            "challenge": .string(Base64.encode(challenge)),
            "rpId": .string(site.host),
            "timeout": milliseconds,
            "userVerification": "required",
        ])
    }

    private static var milliseconds: JSON { .integer(Limits.passkeyLife.inMilliseconds) }

    private static func list(_ passkeys: [Passkey]) -> JSON {
        .array(
            passkeys.map { ["id": .string(Base64.encode($0.id)), "type": "public-key"] }
        )
    }
}
