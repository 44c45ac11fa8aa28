package import Audit
import Consent
import Delivery
import Directory
import Envelope
package import Primitives
import Sheets
import Storage

// Telling those who rely on a consent that it was withdrawn, and taking back what they have not got
// yet (C-8). The notices commit with the withdrawal.
extension OrganisationGateway {
    /// What a withdrawal asks to be done besides.
    struct Telling {
        var acts: [AuditFacts] = []
        var writes: [GatewayWrite] = []
    }

    /// Tells once more whoever could not be told, and takes back what is still under way.
    ///
    /// - Throws: `notFound` for a consent that stands.
    package func tellWithdrawal(
        of id: ConsentRecordID,
        by agent: Agent
    ) async throws(GatewayError) {
        guard let record = try await consentRecord(id), let withdrawal = record.withdrawal else {
            throw .notFound
        }
        let reliance = try await reliance(on: id)
        let telling = try await telling(reliance, of: record, withdrawal, by: agent)
        if !telling.acts.isEmpty { try await self.record(telling.acts, writes: telling.writes) }
        try await takeBack(reliance, by: agent)
        bell.ring()
    }

    /// The notices to all that a withdrawal concerns and that can be reached.
    func telling(
        _ reliance: Reliance,
        of record: ConsentRecord,
        _ withdrawal: ConsentWithdrawal,
        by agent: Agent
    ) async throws(GatewayError) -> Telling {
        let giver = record.json["withdrawal"]?["by"]?.string ?? "none"
        var telling = Telling()
        for relying in reliance.organisations {
            guard let peer = view.membership(of: relying.member),
                let scope = withdrawal.scope(for: peer)
            else { continue }
            var rest = relying.untold[...]
            while !rest.isEmpty {
                let notice = WithdrawalNotice(
                    record.id,
                    ConsentWithdrawal(on: withdrawal.on, scope: scope),
                    by: ConsentGiver(giver),
                    about: Array(rest.prefix(WithdrawalNotice.mostSheets))
                )
                rest = rest.dropFirst(WithdrawalNotice.mostSheets)
                let bytes = try noticeSheet(notice, of: record, to: peer, by: agent).canonicalBytes
                do throws(GatewayError) {
                    let sheet = try await validated(bytes)
                    try checkReach(peer, sheet)
                    try await queue(sheet, to: relying.member, by: agent, in: &telling)
                } catch .recipientUnreachable, .sheet {
                    // Whoever cannot be told by the exchange is listed, with its telephone. What
                    // is wrong with one notice must not keep the withdrawal back.
                    continue
                }
            }
        }
        return telling
    }

    private func noticeSheet(
        _ notice: WithdrawalNotice,
        of record: ConsentRecord,
        to peer: Membership,
        by agent: Agent
    ) throws(GatewayError) -> JSON {
        let profile = peer.profile
        let id = SheetID.make(random)
        return [
            "sheetType": .name(SheetType.consentWithdrawn),
            "schemaVersion": "1.0.0",
            "sheetId": .name(id),
            "threadId": .name(id),
            "issuedOn": .day(time.now.dayInJapan),
            "sender": try noticeSender(agent),
            "recipients": [
                [
                    "organization": [
                        "name": .string(profile.displayName),
                        "type": .string(profile.organisationType.text),
                        "officeNo": profile.officeNumbers.first.map { .string($0.value) },
                    ],
                    "purpose": "to",
                ]
            ],
            "scene": "dailyCare",
            "urgency": "routine",
            "replyExpectation": "none",
            "consent": [
                "status": "notRequired", "statement": "この連絡に氏名などの個人情報は含まれません。",
                "scopePurposes": record.json["purposes"],
            ],
            "body": notice.json,
        ]
    }

    /// A notice waits for nobody's second thoughts: it leaves at once.
    private func queue(
        _ sheet: Sheet,
        to peer: MemberID,
        by agent: Agent,
        in telling: inout Telling
    ) async throws(GatewayError) {
        let now = time.now
        let message = MessageID.make(at: now, random)
        let bundle = DraftBundle(sheet: sheet.bytes, attachments: .none, agent: agent)
        let life = MessageLife(createdAt: now, urgency: sheet.urgency.transport)
        let row = OutboxRow(
            message: message,
            thread: sheet.threadID,
            sheetType: sheet.type,
            urgency: sheet.urgency.transport,
            inReplyTo: nil,
            replaces: nil,
            createdAt: now,
            holdUntil: now,
            expiresAt: life.expiresAt,
            draft: try await vault.seal(bundle.bytes, .draft(message), of: nil),
            copies: [OutboxCopy(to: peer, desk: nil, state: .queued, movedAt: now)],
            isSealed: false,
            wasAttempted: false,
            blockedFor: nil,
            revision: 1
        )
        let key = MessageKey(from: member, messageID: message)
        telling.acts +=
            grounds(of: sheet, agent) + [facts(.messageQueued, by: agent, on: .message(message))]
        telling.writes += [.queue(row), .expect(.arrival(of: key, at: peer, by: row.expiresAt))]
    }

    /// Takes back what may not have been taken in yet and may not go any more. A message to several
    /// organisations is taken back from all of them: its statement names no single copy.
    private func takeBack(_ reliance: Reliance, by agent: Agent) async throws(GatewayError) {
        for (row, sheet) in reliance.underway where try await isEnded(sheet, row) {
            do throws(GatewayError) {
                _ = try await withdraw(row.message, because: .consentMissing, by: agent)
            } catch {
                // It came to its recipient in this moment; the notice tells of it.
                guard case .outOfOrder = error else { throw error }
            }
        }
    }

    /// Whether a withdrawal has ended the ground of what is under way to some recipient.
    private func isEnded(_ sheet: Sheet, _ row: OutboxRow) async throws(GatewayError) -> Bool {
        let (register, _) = try await register(of: sheet)
        let peers = row.copies.compactMap { view.membership(of: $0.to) }
        let (terms, now) = (terms(of: sheet), time.now)
        return peers.contains { peer in
            do throws(ConsentRefusal) {
                try register.allowPaper(sheet, to: [peer], under: terms, at: now)
                return false
            } catch { return error.reason == .withdrawn }
        }
    }
}

extension ConsentWithdrawal {
    /// What of it one organisation is told: all, where it is named; the purposes it ends for
    /// everybody; nil where it does not concern that organisation.
    fileprivate func scope(for peer: Membership) -> ConsentScope? {
        if isWhole || scope.names(peer) { return ConsentScope() }
        return scope.purposes.isEmpty ? nil : ConsentScope(purposes: scope.purposes)
    }
}
