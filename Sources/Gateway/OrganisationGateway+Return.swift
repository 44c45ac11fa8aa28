import Audit
package import Delivery
import Directory
import Envelope
import Primitives
import Sheets
package import Storage

// 宛先違い・人違いの連絡: a person at the recipient sends a sheet back that was not meant for it, or
// is about somebody else. It is a reply sheet, and a red flag at the sender.
extension OrganisationGateway {
    /// Why a sheet is sent back.
    package enum ReturnReason: String, CaseIterable, Sendable {
        case wrongRecipient, wrongPatient
    }

    /// Sends the notice about a received message at once.
    ///
    /// `handling` says what was done with the copy; nothing of the patient belongs into it.
    ///
    /// - Throws: `outOfOrder` where one was sent already; what `send` throws.
    package func returnSheet(
        _ permit: DeskPermit,
        because reason: ReturnReason,
        handling: String?
    ) async throws(GatewayError) -> QueuedMessage {
        let (key, agent) = (permit.key, permit.agent)
        guard let sheet = catalogue.stored(try await inboxBundle(key).sheet) else {
            throw .malformed(DecodingRefusal(.badForm))
        }
        let thread = sheet.threadID
        let own = try await read { stored throws(StoreError) in
            try stored.outbox(thread: thread)
        }
        let isReturned = own.contains { row in
            row.sheetType == .wrongRecipientNotice && row.inReplyTo == key
                && row.copies.contains { !$0.state.isEnd }
        }
        guard !isReturned else { throw .outOfOrder }
        let body: JSON = [
            "reason": .string(reason.rawValue), "handling": handling.map { .string($0) },
        ]
        var request = SendRequest(sheet: try notice(of: sheet, body, by: agent).canonicalBytes)
        request.sendsNow = true
        return try await send(request, by: agent)
    }

    private func notice(
        of sheet: Sheet,
        _ body: JSON,
        by agent: Agent
    ) throws(GatewayError) -> JSON {
        [
            "sheetType": SheetType.wrongRecipientNotice.map { .name($0) },
            "schemaVersion": "1.0.0",
            "sheetId": .name(SheetID.make(random)),
            "threadId": .name(sheet.threadID),
            "inReplyTo": .name(sheet.sheetID),
            "issuedOn": .day(time.now.dayInJapan),
            "sender": try noticeSender(agent),
            "recipients": [
                ["organization": sheet.json["sender"]?["organization"], "purpose": "to"]
            ],
            "scene": sheet.json["scene"],
            "urgency": "routine",
            "replyExpectation": "none",
            "consent": [
                "status": "notRequired", "statement": "この連絡に個人情報は含まれません。",
                "scopePurposes": sheet.json["consent"]?["scopePurposes"],
            ],
            "body": body,
        ]
    }

    /// This organisation, as the sender of what the program writes for a person.
    func noticeSender(_ agent: Agent) throws(GatewayError) -> JSON {
        let profile = try membership().profile
        let entry = view.member(member)?.entry
        return [
            "organization": [
                "name": .string(profile.displayName),
                "type": .string(profile.organisationType.text),
                "officeNo": profile.officeNumbers.first.map { .string($0.value) },
                "phone": entry.map { .name($0.telephone) },
                "fax": entry?.fax.map { .name($0) },
            ],
            "person": [
                "name": agent.name.map { .string($0) }, "role": .string(agent.role.text),
            ],
        ]
    }

    /// A notice that an own message went to the wrong place or is about the wrong person.
    package struct ReturnNotice: Sendable, CustomStringConvertible {
        package let message: MessageKey
        package let reason: ReturnReason
        package let handling: String?

        package var description: String { "ReturnNotice" }
    }

    /// The notices that have come about an own message.
    package func returns(of row: OutboxRow) async throws(GatewayError) -> [ReturnNotice] {
        var notices: [ReturnNotice] = []
        for row in try await returnRows(of: row) {
            let body = catalogue.stored(try await inboxBundle(row.key).sheet)?.json["body"]
            guard let reason = body?["reason"]?.string.flatMap(ReturnReason.init) else { continue }
            let handling = body?["handling"]?.string
            notices.append(
                ReturnNotice(message: row.key, reason: reason, handling: handling)
            )
        }
        return notices
    }
}

extension OrganisationGateway {
    /// Whether somebody has said that an own message came to the wrong place or person.
    package func isReturned(_ row: OutboxRow) async throws(GatewayError) -> Bool {
        guard row.copies.contains(where: { $0.state == .replied }) else { return false }
        return try await !returnRows(of: row).isEmpty
    }

    private func returnRows(of row: OutboxRow) async throws(GatewayError) -> [InboxRow] {
        let key = MessageKey(from: member, messageID: row.message)
        let thread = row.thread
        return try await read { stored throws(StoreError) in
            try stored.inbox(thread: thread).filter {
                $0.sheet?.sheetType == .wrongRecipientNotice && $0.sheet?.inReplyTo == key
            }
        }
    }
}

extension SheetType {
    static let wrongRecipientNotice: SheetType? = SheetType("wrongRecipientNotice")
}
