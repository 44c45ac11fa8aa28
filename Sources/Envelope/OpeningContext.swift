package import Consent
package import Delivery
package import Directory
package import Primitives
package import Sheets

/// What the recipient's gateway knows when it opens a message.
package struct OpeningContext: Sendable {
    let receiver: Membership
    let directory: DirectoryView
    let catalogue: SheetCatalogue
    let now: Timestamp
    let memory: OpeningMemory
    /// Withdrawals of consents that the sender of the message has told of.
    package var withdrawals: [ConsentRecordID: [ConsentWithdrawal]] = [:]
    package var isTestExchange = false

    /// `receiver` is this organisation, as the registrar states it.
    package init(
        receiver: Membership,
        directory: DirectoryView,
        catalogue: SheetCatalogue,
        now: Timestamp,
        memory: OpeningMemory
    ) {
        self.receiver = receiver
        self.directory = directory
        self.catalogue = catalogue
        self.now = now
        self.memory = memory
    }
}

/// What the recipient's gateway has stored and states about itself.
package struct OpeningMemory: Sendable {
    let accepts: @Sendable (SheetType, String) -> Bool
    let earlier: @Sendable (Digest) async -> MessageKey?
    let answered: @Sendable (SheetID, ThreadID) async -> Sheet?

    /// - Parameters:
    ///   - accepts: sheet types and versions that its directory entry states.
    ///   - earlier: the message already taken in with the same content, if any (step 15).
    ///   - answered: the sheet a reply answers, where this organisation holds it.
    package init(
        accepts: @escaping @Sendable (SheetType, String) -> Bool,
        earlier: @escaping @Sendable (Digest) async -> MessageKey?,
        answered: @escaping @Sendable (SheetID, ThreadID) async -> Sheet?
    ) {
        self.accepts = accepts
        self.earlier = earlier
        self.answered = answered
    }
}
