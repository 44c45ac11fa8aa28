import Audit
import Cryptography
import Delivery
import Directory
import Primitives

/// The directory that an evidence file brings with it, as far as the root vouches for it.
struct EvidenceTrust {
    let view: DirectoryView
    let policy: Policy
    /// Whose hours are told, by their own word.
    private(set) var entry: DirectoryEntry?

    init(_ archive: ContentArchive, root: Certificate) throws(EvidenceFault) {
        var view = DirectoryView(root: root)
        try Self.addCertificates(archive, to: &view)
        view.believeCertified()
        guard let exchange = view.exchange else { throw EvidenceFault("chain.pem", .missing) }
        let (statement, policy): (SignedStatement, Policy) = try Self.read("policy.der", archive)
        guard policy.issuer == PartyID(exchange) else {
            throw EvidenceFault("policy.der", .wrongSigner)
        }
        try Self.verify(statement, "policy.der", since: policy.from, view)
        for file in archive.files where file.name.hasPrefix("membership-") {
            let (statement, membership): (SignedStatement, Membership) =
                try Self.read(file.name, archive)
            guard EvidenceName.membership(membership.memberID).hasSameBytes(as: file.name) else {
                throw EvidenceFault(file.name, .wrongSigner)
            }
            let time = try Self.verify(
                statement,
                file.name,
                since: membership.verification.at,
                view
            )
            try wrap({ EvidenceFault(file.name, of: $0) }) { () throws(DirectoryRefusal) in
                try view.apply(.statement(statement), at: time)
            }
        }
        self.view = view
        self.policy = policy
        for file in archive.files where file.name.hasPrefix("entry-") {
            let (statement, entry): (SignedStatement, DirectoryEntry) =
                try Self.read(file.name, archive)
            // The registrar speaks for members on paper alone, and none of them has sent this.
            guard EvidenceName.entry(entry.memberID).hasSameBytes(as: file.name),
                entry.issuer == PartyID(entry.memberID)
            else { throw EvidenceFault(file.name, .wrongSigner) }
            let reviewed = Timestamp(startOfDayInJapan: entry.reviewedAt)
            try Self.verify(statement, file.name, since: reviewed, view)
            self.entry = entry
        }
    }

    /// The key that signs the checkpoints of a tree of `party`, and the file that names it.
    func logKey(of origin: TreeOrigin, party: PartyID) throws(EvidenceFault) -> NotePublicKey {
        let file = party.member.map(EvidenceName.membership) ?? "policy.der"
        guard origin.member.map({ PartyID($0) }) == party.member.map({ PartyID($0) }) else {
            throw EvidenceFault(file, .wrongSigner)
        }
        let key =
            party.member.map { view.member($0)?.membership.logPublicKey }
            ?? policy.logs.first { $0.origin == ByteText(origin.text) }?.publicKey
        guard let key else { throw EvidenceFault(file, .missing) }
        return key
    }

    /// A list that was old when its authority's key spoke may leave out a revocation of then.
    func checkList(
        of statement: SignedStatement,
        _ file: String,
        at time: Timestamp
    ) throws(EvidenceFault) {
        let signed = statement.signed
        let signer = view.certificate(issuer: signed.signerIssuer, serial: signed.signerSerial)
        let list = view.lists.first { $0.issuerKeyID == signer?.authorityKeyID }
        guard let list, time.since(list.thisUpdate) <= RevocationFreshness.oldest else {
            throw EvidenceFault(file, .untrusted)
        }
    }

    private static func addCertificates(
        _ archive: ContentArchive,
        to view: inout DirectoryView
    ) throws(EvidenceFault) {
        let name = "chain.pem"
        let chain = try file(name, archive)
        let certificates = try wrap({ _ in EvidenceFault(name, .malformed) }) {
            () throws(CertificateRefusal) in try PEM.certificates(chain)
        }
        for certificate in certificates where certificate.isAuthority {
            do throws(DirectoryRefusal) {
                try view.apply(.authority(certificate), at: certificate.notBefore)
            } catch { throw EvidenceFault(name, .wrongRoot) }
        }
        for file in archive.files where file.name.hasPrefix("crl-") {
            let list = try wrap({ _ in EvidenceFault(file.name, .malformed) }) {
                () throws(CertificateRefusal) in try PEM.list(file.bytes)
            }
            guard EvidenceName.list(list.issuerKeyID).hasSameBytes(as: file.name) else {
                throw EvidenceFault(file.name, .wrongSigner)
            }
            try wrap({ EvidenceFault(file.name, of: $0) }) { () throws(DirectoryRefusal) in
                try view.apply(.list(list), at: list.thisUpdate)
            }
        }
        for certificate in certificates where !certificate.isAuthority {
            try wrap({ EvidenceFault(name, of: $0) }) { () throws(DirectoryRefusal) in
                try view.apply(
                    .certificate(certificate.member, certificate),
                    at: certificate.notBefore
                )
            }
        }
    }

    private static func file(
        _ name: String,
        _ archive: ContentArchive
    ) throws(EvidenceFault) -> [UInt8] {
        guard let bytes = archive[name] else { throw EvidenceFault(name, .missing) }
        return bytes
    }

    private static func read<Body: StatementBody>(
        _ name: String,
        _ archive: ContentArchive
    ) throws(EvidenceFault) -> (SignedStatement, Body) {
        let bytes = try file(name, archive)
        return try wrap({ EvidenceFault(name, of: $0) }) { () throws(StatementRefusal) in
            let statement = try SignedStatement(reading: bytes)
            return (statement, try statement.body())
        }
    }

    /// A statement of the registrar, or a member's entry, has no leaf here. It is judged at the
    /// time it states, or at the beginning of its certificate where that is later: a matter may be
    /// signed anew.
    @discardableResult
    private static func verify(
        _ statement: SignedStatement,
        _ name: String,
        since stated: Timestamp,
        _ view: DirectoryView
    ) throws(EvidenceFault) -> Timestamp {
        let signer = view.certificate(
            issuer: statement.signed.signerIssuer,
            serial: statement.signed.signerSerial
        )
        let time = max(stated, signer?.notBefore ?? stated)
        try wrap({ EvidenceFault(name, of: $0) }) { () throws(StatementRefusal) in
            _ = try view.verify(statement, at: time)
        }
        return time
    }
}

extension EvidenceFault {
    init(_ file: String, of refusal: StatementRefusal) {
        let fault: Fault =
            switch refusal {
            case .tooLarge, .malformed, .unknownType, .otherType: .malformed
            case .wrongSigner: .wrongSigner
            case .badSignature: .badSignature
            case .untrusted, .certificateExpired, .revoked, .listMissing: .untrusted
            case .hashDiffers, .outOfOrder: .wrongChain
            }
        self.init(file, fault)
    }

    init(_ file: String, of refusal: DirectoryRefusal) {
        if case .statement(let refusal) = refusal {
            self.init(file, of: refusal)
        } else {
            self.init(file, .untrusted)
        }
    }
}
