package import Cryptography
package import Primitives

/// A member's word that a new key of its own follows a known one.
///
/// The current signing key signs it. For a signing key the new one signs the same words too: its
/// statement, without `successor`, is enclosed as `successor`, so that neither key alone can pass
/// the member's name on. Source: `keys-and-directory.md` 4.2.
package struct Rotation: StatementBody {
    package static let type = StatementType.rotation

    package let issuer: PartyID
    package let usage: MemberKeyUsage
    package let oldKeyID: KeyID
    package let newKeyID: KeyID
    package let newCertificateSha256: Digest
    /// Nobody uses the new key before.
    package let from: Timestamp
    /// Until then what is sealed to the old key is still taken in.
    package let oldAcceptedUntil: Timestamp
    /// DER of the same statement signed by the new key.
    package private(set) var successor: [UInt8]?

    package init(
        of member: MemberID,
        _ old: KeyID,
        to certificate: Certificate,
        _ usage: MemberKeyUsage,
        times: (from: Timestamp, oldAcceptedUntil: Timestamp)
    ) {
        issuer = PartyID(member)
        self.usage = usage
        oldKeyID = old
        newKeyID = certificate.keyID
        newCertificateSha256 = certificate.sha256
        from = times.from
        oldAcceptedUntil = times.oldAcceptedUntil
    }

    package init(issuer: PartyID, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.issuer = issuer
        let memberID: MemberID = try reader.identifier("memberId")
        guard issuer.member == memberID else { throw reader.refusal(.badForm, "memberId") }
        usage = try reader.value("usage") {
            MemberKeyUsage(rawValue: $0).flatMap { $0 == .transport ? nil : $0 }
        }
        oldKeyID = try reader.value("oldKeyId") { KeyID($0) }
        newKeyID = try reader.value("newKeyId") { KeyID($0) }
        newCertificateSha256 = try reader.digest("newCertificateSha256")
        from = try reader.time("from")
        oldAcceptedUntil = try reader.time("oldAcceptedUntil")
        guard from <= oldAcceptedUntil else { throw reader.refusal(.badForm, "oldAcceptedUntil") }
        successor = try reader.optionalValue("successor") { text in
            Base64.decode(text).flatMap { $0.isEmpty ? nil : $0 }
        }
        guard usage == .signing || successor == nil else {
            throw reader.refusal(.badForm, "successor")
        }
    }

    package var members: JSONObject {
        [
            "memberId": .string(issuer.text),
            "usage": .code(usage),
            "oldKeyId": .name(oldKeyID),
            "newKeyId": .name(newKeyID),
            "newCertificateSha256": .hash(newCertificateSha256),
            "from": .time(from),
            "oldAcceptedUntil": .time(oldAcceptedUntil),
            "successor": successor.map { .bytes($0) },
        ]
    }

    /// With the new key's own word enclosed.
    package func countersigned(by statement: SignedStatement) -> Rotation {
        var rotation = self
        rotation.successor = statement.bytes
        return rotation
    }

    /// The same as the new key must have signed it.
    var withoutSuccessor: Rotation {
        var rotation = self
        rotation.successor = nil
        return rotation
    }
}
