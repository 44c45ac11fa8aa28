package import Cryptography
package import Primitives

/// The directory at one moment: the replay of the `keys` tree up to some leaf.
///
/// Immutable for those who look up; a change makes another view. Every certificate, list and
/// statement in it was checked at the time of its leaf; whether it is good for a use now is asked
/// anew (`verdict`, `verify`, `encryptionCertificate`).
package struct DirectoryView: Sendable {
    package let root: Certificate
    /// The party that speaks for the exchange, known with its first certificate.
    package internal(set) var exchange: ExchangeID?
    /// In the order of their numbers.
    package internal(set) var policies: [(statement: SignedStatement, policy: Policy)] = []

    var authorities: [KeyID: Certificate] = [:]
    var listByAuthority: [KeyID: CertificateRevocationList] = [:]
    var trust: TrustStore
    var known: [Digest: MemberCertificate] = [:]
    var sha256ByKey: [KeyID: Digest] = [:]
    var sha256BySerial: [SerialName: Digest] = [:]
    var certificatesByParty: [PartyID: [Digest]] = [:]
    /// First certificates of recoveries that were checked here; no part of the tree.
    var believed: Set<Digest> = []
    var believesRegistrar = false
    /// Revocations by statement, by the certificate they end.
    package internal(set) var revocations: [Digest: Revocation] = [:]
    var summaries: [MemberID: MemberSummary] = [:]
    var membersByNumber: [ByteText: Set<MemberID>] = [:]

    struct SerialName: Hashable {
        let issuer: DistinguishedName
        let serial: [UInt8]
    }

    /// The empty directory below `root`, whose hash the caller has compared with the joining paper.
    package init(root: Certificate) {
        self.root = root
        trust = TrustStore(roots: [root], intermediates: [], lists: [])
    }

    /// Issuing authorities, in no order.
    package var issuingAuthorities: [Certificate] { Array(authorities.values) }

    /// The newest list of each authority, the root's too.
    package var lists: [CertificateRevocationList] { Array(listByAuthority.values) }

    /// The newest policy.
    package var policy: Policy? { policies.last?.policy }

    /// The member as a policy names it among the witnesses: the present one, or one that others
    /// may still have to follow, whose witnesses must see that they are replaced.
    package func witness(_ member: MemberID, at now: Timestamp) -> Witness? {
        let since = now.adding(.zero - Limits.formerWitnesses)
        for (place, entry) in policies.enumerated().reversed() {
            let next = policies.indices.contains(place + 1) ? policies[place + 1].policy : nil
            if let next, next.from < since { return nil }
            let witness = entry.policy.witnesses.first { $0.memberID == member }
            if let witness { return witness }
        }
        return nil
    }

    /// The policy in force at `time`.
    package func policy(at time: Timestamp) -> Policy? {
        policies.last { $0.policy.from <= time }?.policy
    }

    /// All members, ordered by id.
    package var members: [MemberSummary] {
        summaries.keys.sorted().compactMap { member($0) }
    }

    /// All memberships, ordered by the member's id.
    package var memberships: [Membership] {
        summaries.keys.sorted().compactMap { summaries[$0]?.membership }
    }

    /// The memberships with an office number of this value, whatever its kind; ordered as above.
    package func memberships(numbered value: String) -> [Membership] {
        (membersByNumber[ByteText(value)] ?? []).sorted().compactMap { summaries[$0]?.membership }
    }

    package func membership(of memberID: MemberID) -> Membership? {
        summaries[memberID]?.membership
    }

    package func member(_ memberID: MemberID) -> MemberSummary? {
        guard var summary = summaries[memberID] else { return nil }
        summary.certificates = entries(of: PartyID(memberID))
        return summary
    }

    /// Members with an office number or id that begins with `query`, or a name that holds it, by
    /// bytes. Folding for search is the caller's.
    package func find(_ query: String) -> [MemberSummary] {
        let query = query.bytes
        return members.filter { summary in
            let profile = summary.membership.profile
            let codes = profile.officeNumbers.map(\.value) + [summary.memberID.text]
            let names = [profile.displayName, profile.legalName, profile.legalNameKana]
            return codes.contains { $0.utf8.starts(with: query) }
                || names.contains { $0.bytes.holds(query) }
        }
    }

    package func certificate(sha256: Digest) -> Certificate? { known[sha256]?.certificate }

    package func certificate(keyID: KeyID) -> Certificate? {
        sha256ByKey[keyID].flatMap { certificate(sha256: $0) }
    }

    package func certificate(issuer: DistinguishedName, serial: [UInt8]) -> Certificate? {
        sha256BySerial[SerialName(issuer: issuer, serial: serial)]
            .flatMap { certificate(sha256: $0) }
    }

    /// The authority that issued `certificate`.
    package func issuing(for certificate: Certificate) -> Certificate? {
        authorities[certificate.authorityKeyID]
    }

    /// The certificates of a party with this role, newest first; keys that are held are left out.
    package func certificates(of party: PartyID, role: CertificateRole) -> [Certificate] {
        entries(of: party).reversed()
            .filter { !isHeld($0) && $0.certificate.role == role }
            .map(\.certificate)
    }

    /// All certificates of a party, in the order of the tree.
    func entries(of party: PartyID) -> [MemberCertificate] {
        (certificatesByParty[party] ?? []).compactMap { known[$0] }
    }

    /// The revocation of a certificate by statement, if there is one.
    package func revocation(of certificate: Certificate) -> Revocation? {
        revocations[certificate.sha256]
    }
}

extension [UInt8] {
    fileprivate func holds(_ part: [UInt8]) -> Bool {
        guard part.count <= count else { return false }
        return (0...(count - part.count)).contains { self[$0...].starts(with: part) }
    }
}
