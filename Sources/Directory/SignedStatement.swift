package import Cryptography
package import Primitives

/// A statement as it travels: a SignedData over canonical JSON, without a binding.
///
/// Reading proves the form alone. Who signed it, and whether that holds, is `verify` here for one
/// certificate and `DirectoryView.verify` for the whole chain. Its identity is the hash of its
/// bytes. Source: `envelope.md` 3.
package struct SignedStatement: Hashable, Sendable {
    /// DER, at most `Limits.statementBytes`.
    package let bytes: [UInt8]
    /// Of `bytes`.
    package let sha256: Digest
    package let type: StatementType
    package let issuer: PartyID
    /// Strictly read; members other than `type`, `version` and `issuer` are not judged yet.
    package let json: JSON
    package let signed: SignedData

    /// - Throws: `tooLarge`, `malformed`, `unknownType`.
    package init(reading bytes: [UInt8]) throws(StatementRefusal) {
        guard bytes.count <= Limits.statementBytes else { throw .tooLarge }
        let signed = try wrap({ _ in StatementRefusal.malformed(DecodingRefusal(.badSyntax)) }) {
            () throws(CMSRefusal) in
            try SignedData(reading: bytes, limit: Limits.statementBytes)
        }
        // A sheet has a binding, a statement has none: neither can pass for the other.
        guard signed.binding == nil else {
            throw .malformed(DecodingRefusal(.badForm, at: "renkei-binding"))
        }
        try self.init(signed)
    }

    private init(_ signed: SignedData) throws(StatementRefusal) {
        let (json, type, issuer) = try wrap(StatementRefusal.malformed) {
            () throws(DecodingRefusal) in
            let json = try JSON(canonical: signed.content)
            var reader = try ObjectReader(json)
            try reader.version()
            return (json, try reader.text("type"), try reader.identifier("issuer", as: Party.self))
        }
        guard let type = StatementType(rawValue: type) else { throw .unknownType }
        self.json = json
        self.type = type
        self.issuer = issuer
        self.signed = signed
        bytes = signed.der
        sha256 = SHA256.hash(bytes)
    }

    /// What the statement says.
    ///
    /// - Throws: `otherType`, `malformed`.
    package func body<Body: StatementBody>(
        as body: Body.Type = Body.self
    ) throws(StatementRefusal) -> Body {
        guard type == Body.type else { throw .otherType }
        return try wrap(StatementRefusal.malformed) { () throws(DecodingRefusal) in
            try Body(content: json)
        }
    }

    /// Checks the signature against one certificate, and with `issuing` that its authority is the
    /// one enclosed. Whether they are trusted is **not** checked.
    ///
    /// - Throws: `wrongSigner` unless the subject is the issuer and its role fits the type;
    ///   `badSignature`.
    package func verify(
        signer: Certificate,
        issuing: Certificate? = nil
    ) throws(StatementRefusal) {
        guard let role = signer.role, type.roles.contains(role),
            signer.subject.commonName.hasSameBytes(as: issuer.text)
        else { throw .wrongSigner }
        do throws(CMSRefusal) {
            try signed.verify(signer: signer, issuing: issuing)
        } catch {
            throw error == .wrongSigner ? .wrongSigner : .badSignature
        }
    }

    package static func == (left: Self, right: Self) -> Bool { left.bytes == right.bytes }
    package func hash(into hasher: inout Hasher) { hasher.combine(sha256) }

    /// What was just signed; it must read back as what it was made from.
    init(made signed: SignedData) {
        do throws(StatementRefusal) {
            try self.init(signed)
        } catch {
            preconditionFailure("a body writes what its reader accepts")
        }
    }
}

extension StatementType {
    /// The roles whose certificate may sign it (`envelope.md` 3).
    package var roles: Set<CertificateRole> {
        switch self {
        case .submission, .delivered, .refused, .opened, .confirmed, .withdrawal, .rotation,
            .reconciliation:
            [.memberSigning]
        case .accepted, .expired, .undeliverable: [.exchangeReceipt]
        // The exchange answers for what never left it, the recipient for what arrived.
        case .withdrawalAnswer: [.exchangeReceipt, .memberSigning]
        case .membership, .policy: [.exchangeRegistrar]
        // The registrar asks for a member that cannot, and speaks for a member on paper; each place
        // vouches for its own backups.
        case .revocation, .directoryEntry, .backup: [.memberSigning, .exchangeRegistrar]
        }
    }
}
