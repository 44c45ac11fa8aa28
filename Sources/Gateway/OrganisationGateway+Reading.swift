package import Audit
import Cryptography
package import Delivery
import Directory
import Envelope
package import Primitives
package import Sheets
package import Storage

// A person at the recipient: sees the inbox, opens, confirms.
extension OrganisationGateway {
    /// A received sheet as a person reads it.
    package struct OpenedSheet: Sendable, CustomStringConvertible {
        package let key: MessageKey
        package let sheet: Sheet
        /// In the order of the sheet's list.
        package let attachments: [ReceivedAttachment]
        let catalogue: SheetCatalogue

        /// The sheet as lines of text, in the order of its form.
        package var lines: [String] { catalogue.text(of: sheet) }

        package var description: String { "an opened sheet" }
    }

    package func inbox(limit: Int) async throws(GatewayError) -> [InboxRow] {
        try await read { stored throws(StoreError) in
            try stored.inbox(state: nil, limit: limit)
        }
    }

    /// Finds a message of the inbox by its id alone.
    package func inboxKey(_ message: MessageID) async throws(GatewayError) -> MessageKey {
        let keys = try await read { stored throws(StoreError) in
            try stored.inbox(message: message)
        }
        guard keys.count == 1 else { throw .notFound }
        return keys[0]
    }

    /// Shows a sheet to a named person. The leaf of this act, and at the first opening the signed
    /// *opened* receipt, are committed before the sheet is returned.
    package func open(_ permit: ReadingPermit) async throws(GatewayError) -> OpenedSheet {
        let (key, agent, purpose) = (permit.key, permit.agent, permit.purpose)
        let opened = try await readable(key)
        try await settle { () async throws(GatewayError) in
            let now = time.now
            let current = try await inboxRow(key)
            var act = facts(.sheetOpened, by: agent, on: .part(Self.sheetPart, of: key.messageID))
            act.peer = PartyID(key.from)
            act.purpose = purpose
            act.patient = opened.sheet.auditPatient
            guard case .moves(let move) = ReceivedMachine.step(current.receivedState, .open) else {
                throw .outOfOrder
            }
            let isFirst = !move.receipts.isEmpty
            // An answer is no reading: what was sent back unopened may be read only afterwards.
            let wasAnswered = current.state == .replied
            guard isFirst || wasAnswered, try await !isSeen(key) else {
                // Seen by others in an emergency: the receipt stands, the desk opens it now.
                let isForDesk = isFirst && purpose != .breakGlass
                return .propose(
                    proposal(
                        expects: isForDesk ? [.inboxRevision(key, current.revision)] : [],
                        acts: [act]
                    ) { _ in isForDesk ? [.moveInbox(key, .opened, at: now)] : [] }
                ) { _ in }
            }
            // An emergency takes nothing off the desk's list; the row rises all the same, so that
            // nobody decides on it as on one that nobody has seen.
            let place: GatewayWrite =
                wasAnswered
                ? .moveInbox(key, .replied, at: current.movedAt)
                : purpose == .breakGlass
                    ? .moveInbox(key, .delivered, at: current.movedAt)
                    : .moveInbox(key, .opened, at: now)
            let step = try await step(.opened, of: key, by: agent, now)
            let draft = OpenedStatement(
                head: step.head,
                part: Self.sheetName,
                purpose: purpose,
                commitments: step.commitments,
                disclosureSha256: SHA256.hash(step.disclosure)
            )
            return .propose(
                proposal(
                    expects: [.inboxRevision(key, current.revision)],
                    drafts: [{ _ in draft }],
                    acts: [act]
                ) { signed in
                    self.writes(of: signed[0], step, key, place, now)
                }
            ) { _ in }
        }
        bell.ring()
        return opened
    }

    /// A named person takes the sheet over. Confirming unopened makes both receipts.
    ///
    /// - Returns: what the log says of who has taken it over: the first who confirmed it, whoever
    ///   asks later. nil for a sheet that was answered without.
    @discardableResult
    package func confirm(_ permit: DeskPermit) async throws(GatewayError) -> AuditedEntry? {
        let (key, agent) = (permit.key, permit.agent)
        if try await inboxRow(key).state == .delivered { _ = try await open(permit.reading) }
        try await settle { () async throws(GatewayError) in
            let now = time.now
            let current = try await inboxRow(key)
            // Said before, and for a sheet that was answered it goes without saying.
            guard current.state != .confirmed, current.state != .replied else {
                return .answer(())
            }
            guard case .moves = ReceivedMachine.step(current.receivedState, .confirm) else {
                throw .outOfOrder
            }
            let step = try await step(.confirmed, of: key, by: agent, now)
            let draft = ConfirmedStatement(
                head: step.head,
                commitments: step.commitments,
                disclosureSha256: SHA256.hash(step.disclosure)
            )
            var act = facts(.messageConfirmed, by: agent, on: .message(key.messageID))
            act.peer = PartyID(key.from)
            act.patient = try await patient(ofReceived: key)
            return .propose(
                proposal(
                    expects: [.inboxRevision(key, current.revision)],
                    drafts: [{ _ in draft }],
                    acts: [act]
                ) { signed in
                    let place = GatewayWrite.moveInbox(key, .confirmed, at: now)
                    return self.writes(of: signed[0], step, key, place, now)
                }
            ) { _ in }
        }
        bell.ring()
        return try await confirmation(of: key.messageID)
    }

    // MARK: One receipt of a person

    /// What a person's receipt names: the statement before it, and the person behind commitments.
    private struct Step {
        let head: ReceiptHead
        let commitments: ActorCommitments
        /// The disclosure, sealed to the sender.
        let disclosure: [UInt8]
    }

    private func step(
        _ type: StatementType,
        of key: MessageKey,
        by agent: Agent,
        _ now: Timestamp
    ) async throws(GatewayError) -> Step {
        let previousType: StatementType = type == .opened ? .delivered : .opened
        let slot = StatementSlot.copy(previousType, key, member)
        let previous = try await read { stored throws(StoreError) in
            try stored.receipt(in: slot)
        }
        guard let previous else { throw .outOfOrder }
        let disclosure = Disclosure(of: key.messageID, by: agent, random: random)
        guard let commitments = disclosure.commitments else { throw .outOfOrder }
        let certificate = try disclosureKey(of: key.from, now)
        return Step(
            head: head(key, previous: previous.statement.sha256, now),
            commitments: commitments,
            disclosure: try wrap({ GatewayError.seal(.library($0)) }) {
                () throws(CryptographyError) in
                try disclosure.sealed(to: certificate)
            }
        )
    }

    /// A sheet is shown and confirmed though its sender can no longer be written to. The receipt
    /// then names a disclosure that only this organisation can open.
    private func disclosureKey(
        of sender: MemberID,
        _ now: Timestamp
    ) throws(GatewayError) -> Certificate {
        let view = view
        do throws(DirectoryRefusal) {
            return try view.encryptionCertificate(for: sender, at: now, until: now)
        } catch {
            return try wrap(GatewayError.directory) { () throws(DirectoryRefusal) in
                try view.encryptionCertificate(for: member, at: now, until: now)
            }
        }
    }

    /// A decision whose first leaf names the first statement it signs.
    func proposal(
        expects: [Precondition],
        drafts: [Proposal<GatewayWrite>.Draft] = [],
        acts: [AuditFacts],
        writes: @escaping @Sendable ([SignedStatement]) -> [GatewayWrite]
    ) -> Proposal<GatewayWrite> {
        let random = random
        return Proposal(expects: expects, drafts: drafts) { signed in
            let entries = acts.enumerated().map { index, act in
                var act = act
                if index == 0, let statement = signed.first {
                    act.statementSha256 = statement.sha256
                }
                return AuditEntry(act, in: .access, random: random)
            }
            return (writes: writes(signed), audit: entries)
        }
    }

    private func writes(
        of statement: SignedStatement,
        _ step: Step,
        _ key: MessageKey,
        _ place: GatewayWrite,
        _ now: Timestamp
    ) -> [GatewayWrite] {
        let row = StatementRow(
            statement,
            slot: .copy(statement.type, key, member),
            disclosure: step.disclosure,
            storedAt: now
        )
        return [.receipt(row, disclosure: nil), .send(statement.sha256), place]
    }

    /// That somebody here has had it on screen, whoever it was.
    package func isSeen(_ key: MessageKey) async throws(GatewayError) -> Bool {
        let slot = StatementSlot.copy(.opened, key, member)
        return try await read { stored throws(StoreError) in
            try stored.receipt(in: slot) != nil
        }
    }

    func inboxRow(_ key: MessageKey) async throws(GatewayError) -> InboxRow {
        let row = try await read { stored throws(StoreError) in try stored.inbox(key) }
        guard let row else { throw .notFound }
        return row
    }

    func readable(
        _ key: MessageKey
    ) async throws(GatewayError) -> OpenedSheet {
        let row = try await inboxRow(key)
        guard row.state != nil else { throw .quarantined }
        guard row.state != .withdrawn else { throw .alreadyWithdrawn }
        let bundle = try await inboxBundle(key)
        guard let sheet = catalogue.stored(bundle.sheet) else {
            throw .malformed(DecodingRefusal(.badForm))
        }
        return OpenedSheet(
            key: key,
            sheet: sheet,
            attachments: try bundle.received(),
            catalogue: catalogue
        )
    }

    private static let sheetName: PartName = {
        guard let name = PartName("sheet.json") else { preconditionFailure("a fixed name") }
        return name
    }()

    static let sheetPart: ObjectName = {
        guard let name = ObjectName(sheetName.text) else { preconditionFailure("a fixed name") }
        return name
    }()
}
