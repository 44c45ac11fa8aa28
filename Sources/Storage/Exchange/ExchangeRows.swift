import Cryptography
package import Delivery
package import Directory
package import Primitives

/// What is known of an id and of sealed bytes, for ever.
package enum Duplicate: Hashable, Sendable {
    case unknown
    /// The id was accepted, with these sealed bytes or with others.
    case known(sealed: Digest)
    /// The sealed bytes were accepted under another id.
    case contentSeen
}

/// An accepted message without its body.
package struct MessageRow: Hashable, Sendable {
    package let key: MessageKey
    package let routing: [UInt8]
    package let submission: [UInt8]
    package let accepted: Digest
    package let sealedSha256: Digest
    package let sealedLength: Int
    package let chunks: [OfferedChunk]
    package let urgency: Urgency
    package let acceptedAt: Timestamp
    package let expiresAt: Timestamp
    package let fiscalYear: Int

    package init(
        key: MessageKey,
        routing: [UInt8],
        submission: [UInt8],
        accepted: Digest,
        sealedSha256: Digest,
        sealedLength: Int,
        chunks: [OfferedChunk],
        urgency: Urgency,
        acceptedAt: Timestamp,
        expiresAt: Timestamp,
        fiscalYear: Int
    ) {
        self.key = key
        self.routing = routing
        self.submission = submission
        self.accepted = accepted
        self.sealedSha256 = sealedSha256
        self.sealedLength = sealedLength
        self.chunks = chunks
        self.urgency = urgency
        self.acceptedAt = acceptedAt
        self.expiresAt = expiresAt
        self.fiscalYear = fiscalYear
    }
}

/// One recipient's copy.
package struct CopyRow: Hashable, Sendable {
    package let key: MessageKey
    package let to: MemberID
    package let state: DeliveryState
    /// The mailbox revision at acceptance: the order of the inbox.
    package let position: Int64
    package let releasedAt: Timestamp?
    package let attempts: Int
    /// When it last changed its state.
    package let movedAt: Timestamp
    /// What its parties were told of its delay.
    package var warned = CopyWarnings()

    package init(
        key: MessageKey,
        to: MemberID,
        state: DeliveryState,
        position: Int64,
        releasedAt: Timestamp?,
        attempts: Int,
        movedAt: Timestamp
    ) {
        self.key = key
        self.to = to
        self.state = state
        self.position = position
        self.releasedAt = releasedAt
        self.attempts = attempts
        self.movedAt = movedAt
    }
}

/// A line of an inbox.
package struct InboxItem: Hashable, Sendable {
    package let message: MessageRow
    package let copy: CopyRow

    package init(message: MessageRow, copy: CopyRow) {
        self.message = message
        self.copy = copy
    }
}

/// A message as its sender tracks it.
package struct DeliveryRow: Hashable, Sendable {
    /// The place in the order of acceptance; the cursor of a listing.
    package let place: Int64
    package let message: MessageRow
    package let copies: [TrackedCopy]

    package init(place: Int64, message: MessageRow, copies: [TrackedCopy]) {
        self.place = place
        self.message = message
        self.copies = copies
    }
}

/// A copy with the hashes of its statements, in the order they came.
package struct TrackedCopy: Hashable, Sendable {
    package let copy: CopyRow
    package let statements: [TrackedStatement]

    package init(copy: CopyRow, statements: [TrackedStatement]) {
        self.copy = copy
        self.statements = statements
    }
}

/// The type and hash of a statement.
package struct TrackedStatement: Hashable, Sendable {
    package let type: StatementType
    package let sha256: Digest

    package init(type: StatementType, sha256: Digest) {
        self.type = type
        self.sha256 = sha256
    }
}

/// An uploaded chunk on its way into a message.
package struct UploadedChunk: Hashable, Sendable {
    package let member: MemberID
    package let sha256: Digest
    package let sealed: [UInt8]
    package let storedAt: Timestamp

    package init(member: MemberID, sha256: Digest, sealed: [UInt8], storedAt: Timestamp) {
        self.member = member
        self.sha256 = sha256
        self.sealed = sealed
        self.storedAt = storedAt
    }

    /// Of its file; each member's are apart, as nobody may learn what another one holds.
    var name: String { SHA256.hash(member.text.bytes + sha256.bytes).hex }
}

/// One event of a member.
package struct EventRow: Hashable, Sendable {
    package let cursor: Int64
    package let at: Timestamp
    package let content: EventContent

    package init(cursor: Int64, at: Timestamp, content: EventContent) {
        self.cursor = cursor
        self.at = at
        self.content = content
    }
}

package enum EventContent: Hashable, Sendable {
    case statement(StatementRow)
    case proofs(from: MemberID, sealed: [UInt8])
    /// A peer's statement about a day.
    case reconciliation([UInt8])
    case notice(NoticeRow)
}

/// A notice: its type and the canonical JSON of its other members.
package struct NoticeRow: Hashable, Sendable {
    package let type: NoticeType
    package let members: [UInt8]

    package init(type: NoticeType, members: [UInt8]) {
        self.type = type
        self.members = members
    }
}

package enum NoticeType: String, Hashable, Sendable {
    case deadlineWarning, deliveryConflict, limitsChanged, maintenance, listPublished
}

/// A member as the exchange admits it.
package struct MemberRow: Hashable, Sendable {
    package let member: MemberID
    package let admission: MemberAdmission
    package let createdAt: Timestamp

    package init(member: MemberID, admission: MemberAdmission, createdAt: Timestamp) {
        self.member = member
        self.admission = admission
        self.createdAt = createdAt
    }
}

package enum MemberAdmission: String, Hashable, Sendable {
    /// Made by the operator; has no certificate yet.
    case invited
    case active, suspended, left
}

/// A certificate this exchange has issued.
package struct CertificateRow: Hashable, Sendable {
    package let sha256: Digest
    /// nil: the exchange's own.
    package let member: MemberID?
    package let keyID: KeyID
    package let der: [UInt8]
    package let notAfter: Timestamp
    package let revokedAt: Timestamp?

    package init(
        sha256: Digest,
        member: MemberID?,
        keyID: KeyID,
        der: [UInt8],
        notAfter: Timestamp,
        revokedAt: Timestamp?
    ) {
        self.sha256 = sha256
        self.member = member
        self.keyID = keyID
        self.der = der
        self.notAfter = notAfter
        self.revokedAt = revokedAt
    }
}

/// A fiscal year of deliveries.
package struct RetainedYear: Hashable, Sendable {
    package let fiscalYear: Int
    /// How many are here, by the day on which they were accepted.
    package let deliveries: Int
    package let retention: Retention

    package init(fiscalYear: Int, deliveries: Int, retention: Retention) {
        self.fiscalYear = fiscalYear
        self.deliveries = deliveries
        self.retention = retention
    }
}

/// What was decided about a fiscal year of deliveries.
package struct Retention: Hashable, Sendable {
    /// While an operator forbids to forget it.
    package let heldSince: Timestamp?
    package let destroyedAt: Timestamp?

    package init(heldSince: Timestamp? = nil, destroyedAt: Timestamp? = nil) {
        self.heldSince = heldSince
        self.destroyedAt = destroyedAt
    }
}

/// A joining code; the code itself is nowhere.
package struct JoiningCodeRow: Hashable, Sendable {
    package let member: MemberID
    /// K1 and K2, sealed; nil after use.
    package let keys: SealedColumn?
    package let validUntil: Timestamp
    package let tries: Int
    /// The request that used it and its answer.
    package let used: UsedCode?

    package init(
        member: MemberID,
        keys: SealedColumn?,
        validUntil: Timestamp,
        tries: Int,
        used: UsedCode?
    ) {
        self.member = member
        self.keys = keys
        self.validUntil = validUntil
        self.tries = tries
        self.used = used
    }
}

package struct UsedCode: Hashable, Sendable {
    package let request: Digest
    package let answer: [UInt8]

    package init(request: Digest, answer: [UInt8]) {
        self.request = request
        self.answer = answer
    }
}

/// An object beside a leaf of the `keys` tree.
package struct DirectoryObject: Hashable, Sendable {
    package let sha256: Digest
    package let bytes: [UInt8]

    package init(sha256: Digest, bytes: [UInt8]) {
        self.sha256 = sha256
        self.bytes = bytes
    }
}

/// A leaf of the `keys` tree with its object.
package struct DirectoryLeaf: Hashable, Sendable {
    package let index: UInt64
    package let leaf: [UInt8]
    /// nil where the leaf names none.
    package let object: [UInt8]?

    package init(index: UInt64, leaf: [UInt8], object: [UInt8]?) {
        self.index = index
        self.leaf = leaf
        self.object = object
    }
}
