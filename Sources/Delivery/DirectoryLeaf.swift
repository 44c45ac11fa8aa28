package import Audit
package import Cryptography
package import Directory
package import Primitives

/// Why a leaf of the `keys` tree and the object beside it make no change.
package enum LeafRefusal: Explained, Equatable {
    case objectMissing
    /// The object is not the one whose hash is in the leaf.
    case hashDiffers
    /// The leaf names another member than its object.
    case otherMember
    case unreadable(DecodingRefusal)
    case certificate(CertificateRefusal)
    case statement(StatementRefusal)
    /// The directory as it stands does not allow the change.
    case directory(DirectoryRefusal)

    package var code: String {
        switch self {
        case .objectMissing: "leafObjectMissing"
        case .hashDiffers: "hashDiffers"
        case .otherMember: "otherMember"
        case .unreadable(let refusal): refusal.code
        case .certificate(let refusal): refusal.code
        case .statement(let refusal): refusal.code
        case .directory(let refusal): refusal.code
        }
    }

    package var summary: String {
        switch self {
        case .objectMissing: "The object of a directory entry was not sent."
        case .hashDiffers: "The object of a directory entry is not the one that was logged."
        case .otherMember: "A directory entry is logged under another member."
        case .unreadable(let refusal): refusal.summary
        case .certificate(let refusal): refusal.summary
        case .statement(let refusal): refusal.summary
        case .directory(let refusal): refusal.summary
        }
    }

    package var advice: String {
        "Fetch the directory again; if it stays so, call the operator and keep the entry."
    }

    package var isTemporary: Bool { self == .objectMissing }
}

extension DirectoryChange {
    /// The change that a leaf of the `keys` tree records, from the leaf and the object beside it.
    ///
    /// - Returns: nil for leaves that change nothing in the directory.
    package init?(leaf: AuditLeaf, object: [UInt8]?) throws(LeafRefusal) {
        let facts = leaf.facts
        switch facts.event {
        case .authorityAdded:
            self = .authority(try DirectoryChange.certificate(facts, object))
        case .certificateIssued:
            let member: MemberID? =
                if case .named(let peer) = facts.peer { peer.member } else { nil }
            self = .certificate(member, try DirectoryChange.certificate(facts, object))
        case .listPublished:
            let bytes = try DirectoryChange.object(facts, object)
            self = .list(
                try wrap(LeafRefusal.certificate) { () throws(CertificateRefusal) in
                    try CertificateRevocationList(reading: bytes)
                }
            )
        case .membershipChanged, .directoryChanged, .policyChanged, .certificateRevoked,
            .certificateRotated:
            self = .statement(try DirectoryChange.statement(facts, object))
        default: return nil
        }
    }

    private static func object(
        _ facts: LeafFacts,
        _ object: [UInt8]?
    ) throws(LeafRefusal) -> [UInt8] {
        guard let object else { throw .objectMissing }
        guard facts.object.sha256 == SHA256.hash(object) else { throw .hashDiffers }
        return object
    }

    private static func certificate(
        _ facts: LeafFacts,
        _ object: [UInt8]?
    ) throws(LeafRefusal) -> Certificate {
        let bytes = try DirectoryChange.object(facts, object)
        return try wrap(LeafRefusal.certificate) { () throws(CertificateRefusal) in
            try Certificate(reading: bytes)
        }
    }

    private static func statement(
        _ facts: LeafFacts,
        _ object: [UInt8]?
    ) throws(LeafRefusal) -> SignedStatement {
        let bytes = try DirectoryChange.object(facts, object)
        let statement = try wrap(LeafRefusal.statement) { () throws(StatementRefusal) in
            try SignedStatement(reading: bytes)
        }
        guard facts.event.statement == statement.type else { throw .statement(.otherType) }
        // The own-name monitor searches leaves by member, so a leaf must not name another.
        guard statement.type == .policy || facts.peer == statement.subject.map(LeafPeer.named)
        else { throw .otherMember }
        return statement
    }
}

extension SignedStatement {
    /// The member a statement of the directory is about.
    fileprivate var subject: PartyID? {
        json["memberId"]?.string.flatMap { PartyID($0) } ?? issuer
    }
}

extension AuditEvent {
    fileprivate var statement: StatementType? {
        switch self {
        case .membershipChanged: .membership
        case .directoryChanged: .directoryEntry
        case .policyChanged: .policy
        case .certificateRevoked: .revocation
        case .certificateRotated: .rotation
        default: nil
        }
    }
}

extension DirectoryView {
    /// One more leaf of the `keys` tree, with the object beside it. After a refusal nothing has
    /// changed. That the log has signed the leaf is for the caller to check.
    ///
    /// - Returns: the time of the leaf.
    @discardableResult
    package mutating func apply(
        leaf bytes: [UInt8],
        object: [UInt8]?
    ) throws(LeafRefusal) -> Timestamp {
        let leaf = try wrap(LeafRefusal.unreadable) { () throws(DecodingRefusal) in
            try AuditLeaf(reading: bytes, in: .keys)
        }
        guard let change = try DirectoryChange(leaf: leaf, object: object) else { return leaf.at }
        do throws(DirectoryRefusal) { try apply(change, at: leaf.at) } catch {
            throw .directory(error)
        }
        return leaf.at
    }
}
