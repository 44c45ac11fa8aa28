package import Cryptography
package import Primitives

/// A key is not to be trusted from a date on, which may lie in the past.
///
/// Source: `keys-and-directory.md` 8.
package struct Revocation: StatementBody {
    package static let type = StatementType.revocation

    /// The member itself, or the exchange by its registrar.
    package let issuer: PartyID
    package let memberID: MemberID
    package let certificateSha256: Digest
    package let since: Timestamp
    package let reason: RevocationGround
    package let requestedAt: Timestamp

    package init(
        issuer: PartyID,
        of certificate: (memberID: MemberID, sha256: Digest),
        since: Timestamp,
        reason: RevocationGround,
        requestedAt: Timestamp
    ) {
        self.issuer = issuer
        memberID = certificate.memberID
        certificateSha256 = certificate.sha256
        self.since = since
        self.reason = reason
        self.requestedAt = requestedAt
    }

    package init(issuer: PartyID, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.issuer = issuer
        memberID = try reader.identifier("memberId")
        // A member revokes its own keys alone.
        guard issuer.member == nil || issuer.member == memberID else {
            throw reader.refusal(.badForm, "memberId")
        }
        certificateSha256 = try reader.digest("certificateSha256")
        since = try reader.time("since")
        reason = try reader.code("reason")
        requestedAt = try reader.time("requestedAt")
    }

    package var members: JSONObject {
        [
            "memberId": .name(memberID),
            "certificateSha256": .hash(certificateSha256),
            "since": .time(since),
            "reason": .code(reason),
            "requestedAt": .time(requestedAt),
        ]
    }
}

/// Why a key is revoked, in the words of the statement.
package enum RevocationGround: String, CaseIterable, Sendable {
    case keyCompromise, superseded, ceased, unspecified

    /// The same in the words of a revocation list (RFC 5280 §5.3.1).
    package var listed: RevocationReason {
        switch self {
        case .keyCompromise: .keyCompromise
        case .superseded: .superseded
        case .ceased: .cessationOfOperation
        case .unspecified: .unspecified
        }
    }
}
