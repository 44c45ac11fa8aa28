package import Envelope
package import Primitives
package import Sheets

/// What a person asks to be sent.
package struct SendRequest: Sendable {
    /// The sheet as JSON, as it was typed.
    package let sheet: [UInt8]
    /// In the order of the sheet's `attachments`.
    package let attachments: PackedAttachments
    /// The desk meant at every recipient that has it.
    package var desk: DeskID?
    /// The desk meant at one recipient.
    package var desks: [MemberID: DeskID] = [:]
    /// Those of its recipients who get a part of it only.
    package var extracts: [ExtractOrder] = []
    /// Skips the time in which it can be cancelled.
    package var sendsNow = false
    /// The same word again means the same sending.
    package var idempotencyKey: String?
    /// The one recipient meant, by member id or office number; the sheet must name it.
    package var onlyTo: String?

    /// Of whoever asks, where they have one.
    package var account: AccountID?
    /// The draft it was written in, as it was read.
    let draft: (id: MessageID, revision: Int64, files: DraftFiles)?

    package init(sheet: [UInt8], attachments: PackedAttachments = .none) {
        self.sheet = sheet
        self.attachments = attachments
        draft = nil
    }

    /// What a draft has come to: it ends with the same commit.
    package init(sheet: [UInt8], of draft: MessageID, in revision: Int64, with files: DraftFiles) {
        self.sheet = sheet
        attachments = files.packed
        self.draft = (draft, revision, files)
    }
}

/// What was put into the outbox.
package struct QueuedMessage: Sendable {
    package let messageID: MessageID
    package let holdUntil: Timestamp
    /// Of the whole sheet.
    package let recipients: [MemberID]
    package let extracts: [Extract]
    package let warnings: [SheetWarning]

    /// A message of its own, for one recipient.
    package struct Extract: Sendable {
        package let messageID: MessageID
        package let to: MemberID
    }
}

extension [MemberID: DeskID] {
    /// The member, a slash, the desk: of each, in their order.
    package var words: [String] { map { $0.text + "/" + $1.text }.sorted() }
}
