package import Delivery
package import Directory
package import Primitives

/// A message on its way out.
package struct OutboxRow: Hashable, Sendable {
    package let message: MessageID
    package let thread: ThreadID
    package let sheetType: SheetType
    package let urgency: Urgency
    package let inReplyTo: MessageKey?
    /// The own earlier message that this one corrects, or in whose place it was sealed again.
    package let replaces: MessageID?
    /// The own later message that corrects this one (旧版).
    package var replacedBy: MessageID?
    package let createdAt: Timestamp
    /// Until then it can be cancelled and nothing is sealed.
    package let holdUntil: Timestamp
    package let expiresAt: Timestamp
    /// The sheet and what else is needed to seal it, with all attachments: only in a row that is
    /// to be stored. `GatewayReader.draft(of:)` reads it.
    package let draft: SealedColumn?
    package var copies: [OutboxCopy]
    package let isSealed: Bool
    /// An attempt may have left the process.
    package let wasAttempted: Bool
    /// Why it waits for a person.
    package var blockedFor: ReasonCode?
    package let revision: Int64

    package init(
        message: MessageID,
        thread: ThreadID,
        sheetType: SheetType,
        urgency: Urgency,
        inReplyTo: MessageKey?,
        replaces: MessageID?,
        createdAt: Timestamp,
        holdUntil: Timestamp,
        expiresAt: Timestamp,
        draft: SealedColumn?,
        copies: [OutboxCopy],
        isSealed: Bool,
        wasAttempted: Bool,
        blockedFor: ReasonCode?,
        revision: Int64
    ) {
        self.message = message
        self.thread = thread
        self.sheetType = sheetType
        self.urgency = urgency
        self.inReplyTo = inReplyTo
        self.replaces = replaces
        self.createdAt = createdAt
        self.holdUntil = holdUntil
        self.expiresAt = expiresAt
        self.draft = draft
        self.copies = copies
        self.isSealed = isSealed
        self.wasAttempted = wasAttempted
        self.blockedFor = blockedFor
        self.revision = revision
    }
}

/// One recipient of an own message.
package struct OutboxCopy: Hashable, Sendable {
    package let to: MemberID
    package let desk: DeskID?
    package let state: DeliveryState
    package let movedAt: Timestamp

    package init(to: MemberID, desk: DeskID?, state: DeliveryState, movedAt: Timestamp) {
        self.to = to
        self.desk = desk
        self.state = state
        self.movedAt = movedAt
    }
}

/// What is sent, byte for byte, and the signed content kept for evidence.
package struct OutboxBytes: Hashable, Sendable {
    package let routing: [UInt8]
    package let submission: [UInt8]
    package let sealed: [UInt8]
    /// `content.der`, sealed.
    package let content: SealedColumn

    package init(
        routing: [UInt8],
        submission: [UInt8],
        sealed: [UInt8],
        content: SealedColumn
    ) {
        self.routing = routing
        self.submission = submission
        self.sealed = sealed
        self.content = content
    }
}

/// A message that came in.
package struct InboxRow: Hashable, Sendable {
    package let key: MessageKey
    /// nil while set apart.
    package let state: DeliveryState?
    package let urgency: Urgency
    package let receivedAt: Timestamp
    package let expiresAt: Timestamp
    package let movedAt: Timestamp
    package let sealedSha256: Digest
    /// Why it is set apart, or was refused.
    package let reason: ReasonCode?
    /// nil unless it was opened and verified.
    package let sheet: InboxSheet?
    /// A later message of the same sender that corrects this one (旧版).
    package var replacedBy: MessageID?
    /// 担当: who sees to it here.
    package var assignee: AccountID?
    package let revision: Int64

    package init(
        key: MessageKey,
        state: DeliveryState?,
        urgency: Urgency,
        receivedAt: Timestamp,
        expiresAt: Timestamp,
        movedAt: Timestamp,
        sealedSha256: Digest,
        reason: ReasonCode?,
        sheet: InboxSheet?,
        revision: Int64
    ) {
        self.key = key
        self.state = state
        self.urgency = urgency
        self.receivedAt = receivedAt
        self.expiresAt = expiresAt
        self.movedAt = movedAt
        self.sealedSha256 = sealedSha256
        self.reason = reason
        self.sheet = sheet
        self.revision = revision
    }
}

/// What is known of a verified sheet.
package struct InboxSheet: Hashable, Sendable {
    package let thread: ThreadID
    package let sheetType: SheetType
    package let contentSha256: Digest
    package let inReplyTo: MessageKey?
    package let desk: DeskID?
    package let replyDueAt: Timestamp?
    /// The earlier message of the same sender that this one corrects.
    package var replaces: MessageID?
    /// The sheet with its manifest and attachments: only in a row that is to be stored.
    /// `GatewayReader.sheet(of:)` reads it.
    package let sealed: SealedColumn?

    package init(
        thread: ThreadID,
        sheetType: SheetType,
        contentSha256: Digest,
        inReplyTo: MessageKey?,
        desk: DeskID?,
        replyDueAt: Timestamp?,
        sealed: SealedColumn?
    ) {
        self.thread = thread
        self.sheetType = sheetType
        self.contentSha256 = contentSha256
        self.inReplyTo = inReplyTo
        self.desk = desk
        self.replyDueAt = replyDueAt
        self.sealed = sealed
    }
}

/// What arrived, byte for byte, kept for evidence.
package struct InboxBytes: Hashable, Sendable {
    package let routing: [UInt8]
    package let submission: [UInt8]
    package let sealed: [UInt8]
    package let accepted: [UInt8]
    /// `content.der`, sealed; nil unless the message was opened.
    package let content: SealedColumn?

    package init(
        routing: [UInt8],
        submission: [UInt8],
        sealed: [UInt8],
        accepted: [UInt8],
        content: SealedColumn?
    ) {
        self.routing = routing
        self.submission = submission
        self.sealed = sealed
        self.accepted = accepted
        self.content = content
    }
}

/// A chain of messages with a peer, in one direction.
package struct PairRow: Hashable, Sendable {
    package let direction: PairDirection
    package let peer: MemberID
    package let sequence: Int64
    package let message: MessageID

    package init(direction: PairDirection, peer: MemberID, sequence: Int64, message: MessageID) {
        self.direction = direction
        self.peer = peer
        self.sequence = sequence
        self.message = message
    }
}

package enum PairDirection: String, Hashable, Sendable {
    case sent, received
}

/// A stored statement with what belongs beside it.
package struct ReceiptRow: Hashable, Sendable {
    package let statement: StatementRow
    /// The opened disclosure, sealed.
    package let disclosure: SealedColumn?
    package let proof: StoredProof?

    package init(statement: StatementRow, disclosure: SealedColumn?, proof: StoredProof?) {
        self.statement = statement
        self.disclosure = disclosure
        self.proof = proof
    }
}

/// That a receipt's leaf is in its maker's log.
package struct StoredProof: Hashable, Sendable {
    package let leaf: [UInt8]
    package let tlogProof: [UInt8]

    package init(leaf: [UInt8], tlogProof: [UInt8]) {
        self.leaf = leaf
        self.tlogProof = tlogProof
    }
}

/// A sealed record; drafts, consent records and accounts alike.
package struct RecordRow: Hashable, Sendable {
    package let kind: RecordKind
    package let id: RecordID
    /// 1 when first stored.
    package let revision: Int64
    package let sealed: SealedColumn
    package let storedAt: Timestamp

    package init(
        kind: RecordKind,
        id: RecordID,
        revision: Int64,
        sealed: SealedColumn,
        storedAt: Timestamp
    ) {
        self.kind = kind
        self.id = id
        self.revision = revision
        self.sealed = sealed
        self.storedAt = storedAt
    }
}

package enum RecordKind: String, Hashable, Sendable {
    /// `draftFiles` are the attachments of a draft, under its name.
    case draft, draftFiles, consentRecord, account, agentHint, peer, task, paper
    /// What is known of the end of a thread, under its id; and a list of what was erased.
    case ending, erasure
    /// What others have told of consents of theirs, by sender and consent.
    case withdrawal
    case consentTemplate
    /// The scan of a signed form, under the name of its consent record.
    case consentForm
}

/// That people were told of a delay, about one copy: to a peer, or received by the organisation
/// itself.
package struct WarningRow: Hashable, Sendable {
    package let key: MessageKey
    /// The recipient.
    package let to: MemberID
    package let kind: WarningKind
    package let at: Timestamp

    package init(key: MessageKey, to: MemberID, kind: WarningKind, at: Timestamp) {
        self.key = key
        self.to = to
        self.kind = kind
        self.at = at
    }
}

/// What is late.
package enum WarningKind: String, CaseIterable, Sendable {
    /// The exchange has not answered.
    case notAccepted
    /// The recipient's gateway has not fetched it; the second time.
    case notDelivered, notDeliveredAgain
    /// It was fetched, and no receipt came.
    case noReceipt
    /// Nobody has opened it, or taken it over; at its recipient a second time, as its sender is
    /// told.
    case notOpened, notOpenedAgain, notConfirmed, notConfirmedAgain
    /// A receipt came after the delivery was closed: the two must talk.
    case conflict
}
