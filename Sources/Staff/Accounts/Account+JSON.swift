import Audit
package import Primitives

// The record as the book keeps it, sealed: canonical JSON, the same bytes both ways.
extension Account {
    package var bytes: [UInt8] { json.canonicalBytes }

    /// - Throws: for anything `bytes` would not have written.
    package init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        let json = try JSON(canonical: bytes)
        var reader = try ObjectReader(json)
        try reader.version()
        try self.init(reading: &reader)
        guard self.bytes == bytes else { throw DecodingRefusal(.notCanonical) }
    }

    private init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        id = try reader.value("accountId") { AccountID($0) }
        signInName = try reader.value("signInName") { SignInName($0) }
        displayName = try reader.value("displayName") { $0.isPersonName ? $0 : nil }
        profession = try reader.value("profession") { RoleCode($0) }
        roles = Set(try reader.values("roles", StaffRole.init(rawValue:)))
        desks = try reader.values("desks") { DeskID($0) }
        state = try reader.value("state", State.init(rawValue:))
        preferences.language = try reader.value("language", Language.init(rawValue:))
        preferences.textSize = try reader.value("textSize", TextSize.init(rawValue:))
        preferences.mail = try reader.optionalValue("mail") { MailAddress($0) }
        createdAt = try reader.value("createdAt") { Timestamp($0) }
        lastSignInAt = try reader.optionalValue("lastSignInAt") { Timestamp($0) }
        reviewedAt = try reader.optionalValue("reviewedAt") { Timestamp($0) }
        passwordHash = try reader.optionalValue("password") { PasswordHash($0) }
        if reader.optional("givenCode") != nil {
            var code = try reader.object("givenCode")
            givenCode = try GivenCode(reading: &code)
        }
        if reader.optional("oneTimeSecret") != nil {
            var secret = try reader.object("oneTimeSecret")
            oneTimeSecret = try OneTimeSecret(reading: &secret)
        }
        spareCodes = try reader.values("spareCodes") { Digest(hex: $0) }
        guard spareCodes.count <= Limits.spareCodes else {
            throw reader.refusal(.tooLarge, "spareCodes")
        }
        for var passkey in try reader.objects("passkeys") {
            passkeys.append(try Passkey(reading: &passkey))
        }
        guard passkeys.count <= Limits.passkeys else { throw reader.refusal(.tooLarge, "passkeys") }
        try reader.finish()
    }

    private var json: JSON {
        [
            "version": 1,
            "accountId": .string(id.text),
            "signInName": .string(signInName.text),
            "displayName": .string(displayName),
            "profession": .string(profession.text),
            "roles": .array(roles.sorted().map { .string($0.rawValue) }),
            "desks": .array(desks.withoutRepetition.map { .string($0.text) }),
            "state": .string(state.rawValue),
            "language": .string(preferences.language.rawValue),
            "textSize": .string(preferences.textSize.rawValue),
            "mail": preferences.mail.map { .string($0.text) },
            "createdAt": .string(createdAt.description),
            "lastSignInAt": lastSignInAt.map { .string($0.description) },
            "reviewedAt": reviewedAt.map { .string($0.description) },
            "password": passwordHash.map { .string($0.text) },
            "givenCode": givenCode?.json,
            "oneTimeSecret": oneTimeSecret?.json,
            "spareCodes": .array(spareCodes.map { .string($0.hex) }),
            "passkeys": .array(passkeys.map(\.json)),
        ]
    }
}

extension ObjectReader {
    fileprivate mutating func values<Value>(
        _ name: String,
        _ make: (String) -> Value?
    ) throws(DecodingRefusal) -> [Value] {
        var values: [Value] = []
        for element in try array(name) {
            guard let value = element.string.flatMap(make) else { throw refusal(.badForm, name) }
            values.append(value)
        }
        return values
    }
}
