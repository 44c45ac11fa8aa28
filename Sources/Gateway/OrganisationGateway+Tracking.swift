import Audit
import Cryptography
package import Delivery
import Directory
package import Envelope
package import Primitives
import Sheets
package import Storage

// What became of a message: states, receipts with their proofs, and the evidence file.
extension OrganisationGateway {
    /// How many messages have come as far as each state, by their least advanced copy.
    package func outboxCounts() async throws(GatewayError) -> [DeliveryState: Int] {
        try await read { stored throws(StoreError) in try stored.outboxCounts() }
    }

    /// A receipt, its proof, and the person behind it where its maker disclosed one.
    package struct TrackedReceipt: Sendable {
        package let statement: StatementRow
        package let proof: ReceiptProof?
        package let disclosure: Disclosure?
        /// The name in the disclosure; of an own receipt, that in the own log.
        package let person: String?

        /// Whether it tells of an opening for which the desk's right was passed over (緊急閲覧).
        package var isEmergency: Bool {
            statement.body(as: OpenedStatement.self)?.purpose == .breakGlass
        }
    }

    /// All receipts of a message that was sent or received here, in the order they came.
    package func receipts(of key: MessageKey) async throws(GatewayError) -> [TrackedReceipt] {
        var receipts: [TrackedReceipt] = []
        for key in try await keys(of: key) { receipts += try await self.receipts(ofOne: key) }
        return receipts
    }

    private func receipts(ofOne key: MessageKey) async throws(GatewayError) -> [TrackedReceipt] {
        let rows = try await read { stored throws(StoreError) in try stored.receipts(of: key) }
        var receipts: [TrackedReceipt] = []
        for row in rows {
            let disclosure = try await disclosure(of: row)
            let isOwn = row.statement.issuer == PartyID(member)
            receipts.append(
                TrackedReceipt(
                    statement: row.statement,
                    proof: try await proof(of: row),
                    disclosure: disclosure,
                    person: isOwn
                        ? try await actorName(ofOwn: row.statement.sha256)
                        : disclosure?.value(.actorName)
                )
            )
        }
        return receipts
    }

    private func proof(of row: ReceiptRow) async throws(GatewayError) -> ReceiptProof? {
        guard row.statement.issuer != PartyID(member) else {
            return try await ownProof(of: row.statement.sha256)
        }
        return row.proof.map { ReceiptProof(leaf: $0.leaf, tlogProof: $0.tlogProof) }
    }

    private func disclosure(of row: ReceiptRow) async throws(GatewayError) -> Disclosure? {
        guard let column = row.disclosure else { return nil }
        let bytes = try await vault.open(column, .disclosure(row.statement.sha256))
        return try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try Disclosure(json: try JSON(canonical: bytes))
        }
    }

    /// The message a person names by its id alone: an own one, or one of the inbox.
    package func key(of message: MessageID) async throws(GatewayError) -> MessageKey {
        let own = try await read { stored throws(StoreError) in try stored.outbox(message) }
        if own != nil { return MessageKey(from: member, messageID: message) }
        return try await inboxKey(message)
    }

    /// The evidence of one recipient's delivery of a message that was sent or received here.
    ///
    /// `recipient` is nil for an own message with one recipient; without content the sealed and
    /// signed content is left out.
    package func evidence(
        of key: MessageKey,
        to recipient: MemberID?,
        withContent: Bool
    ) async throws(GatewayError) -> EvidenceFile {
        let key = try await carrying(key, to: recipient)
        let parts = try await evidenceParts(of: key)
        let routing = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try Routing(reading: parts.routing)
        }
        let to = recipient ?? (key.from == member ? routing.to.first?.memberID : member)
        guard let to, routing.to.contains(where: { $0.memberID == to }) else { throw .notFound }
        var proved: [EvidenceFile.ProvedReceipt] = []
        for receipt in try await receipts(ofOne: key) where receipt.statement.concerns(to) {
            let statement = try wrap({ _ in GatewayError.notFound }) {
                () throws(StatementRefusal) in
                try SignedStatement(reading: receipt.statement.bytes)
            }
            proved.append(
                EvidenceFile.ProvedReceipt(
                    statement: statement,
                    proof: receipt.proof,
                    disclosure: receipt.disclosure?.json.canonicalBytes
                )
            )
        }
        let submission = try wrap({ _ in GatewayError.notFound }) {
            () throws(StatementRefusal) in
            try SignedStatement(reading: parts.submission)
        }
        var contents = EvidenceFile.Contents(
            routing: routing,
            submission: submission,
            receipts: proved,
            trust: try evidenceTrust(from: key.from, to: to)
        )
        if withContent {
            contents.sealed = parts.sealed
            contents.content = parts.content
        }
        return EvidenceFile(to: to, contents)
    }

    private struct EvidenceParts {
        let routing: [UInt8]
        let submission: [UInt8]
        let sealed: [UInt8]
        let content: [UInt8]?
    }

    private func evidenceParts(of key: MessageKey) async throws(GatewayError) -> EvidenceParts {
        if key.from == member {
            let bytes = try await read { stored throws(StoreError) in
                try stored.outboxBytes(of: key.messageID)
            }
            guard let bytes else { throw .notFound }
            return EvidenceParts(
                routing: bytes.routing,
                submission: bytes.submission,
                sealed: bytes.sealed,
                content: try await vault.open(bytes.content, .ownContent(key.messageID))
            )
        }
        let bytes = try await read { stored throws(StoreError) in try stored.inboxBytes(of: key) }
        guard let bytes else { throw .notFound }
        var (sealed, content): ([UInt8], [UInt8]?) = (bytes.sealed, nil)
        if let column = bytes.content {
            content = try await vault.open(column, .inboxContent(key.name))
            let wrapped = SealedColumn(keyReference: column.keyReference, bytes: bytes.sealed)
            sealed = try await vault.open(wrapped, .inboxSealed(key.name))
        }
        return EvidenceParts(
            routing: bytes.routing,
            submission: bytes.submission,
            sealed: sealed,
            content: content
        )
    }

    private func evidenceTrust(
        from sender: MemberID,
        to recipient: MemberID
    ) throws(GatewayError) -> EvidenceFile.Trust {
        guard var trust = EvidenceFile.Trust(view, of: [sender, recipient]) else {
            throw .notEnrolled
        }
        trust.entry = view.member(sender)?.entryStatement
        return trust
    }
}
