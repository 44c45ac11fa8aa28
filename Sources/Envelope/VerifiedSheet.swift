package import Consent
package import Cryptography
package import Delivery
package import Directory
package import Primitives
package import Sheets

/// A received sheet that passed every step of opening. Only this may be stored, shown and
/// acknowledged.
package struct VerifiedSheet: Sendable, CustomStringConvertible {
    package let sheet: Sheet
    package let arrival: Arrival
    package let manifest: Manifest
    package let contentSha256: Digest
    /// Layer 2 as it was signed; goes into the evidence file.
    package let content: [UInt8]
    package let attachments: [Attachment]
    package let checks: DeliveredStatement.Checks

    package var description: String { "a verified sheet" }

    /// An attachment with its plain bytes.
    package struct Attachment: Sendable {
        package let part: Manifest.Part
        package let bytes: [UInt8]
    }
}

/// What the recipient's gateway knows when it opens a message.
package struct OpeningContext: Sendable {
    package let receiver: Membership
    package let directory: DirectoryView
    package let catalogue: SheetCatalogue
    package let now: Timestamp
    /// Sheet types and versions its directory entry states.
    package let accepts: @Sendable (SheetType, String) -> Bool
    /// The other message that had the same content, if any (step 15).
    package let earlier: @Sendable (Digest) async -> MessageKey?
    /// The sheet a reply answers, where this organisation holds it.
    package let answered: @Sendable (SheetID) async -> Sheet?
    package let withdrawals: [ConsentRecordID: Day]
    package let isTestExchange: Bool

    package init(
        receiver: Membership,
        directory: DirectoryView,
        catalogue: SheetCatalogue,
        now: Timestamp,
        accepts: @escaping @Sendable (SheetType, String) -> Bool,
        earlier: @escaping @Sendable (Digest) async -> MessageKey?,
        answered: @escaping @Sendable (SheetID) async -> Sheet?,
        withdrawals: [ConsentRecordID: Day],
        isTestExchange: Bool
    ) {
        self.receiver = receiver
        self.directory = directory
        self.catalogue = catalogue
        self.now = now
        self.accepts = accepts
        self.earlier = earlier
        self.answered = answered
        self.withdrawals = withdrawals
        self.isTestExchange = isTestExchange
    }
}
