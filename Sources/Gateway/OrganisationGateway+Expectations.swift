import Audit
import Consent
package import Delivery
package import Directory
import Envelope
package import Primitives
import Sheets
package import Storage

// The book of expectations: answers that are awaited, and answers that are owed. A row is opened in
// the commit that seals or delivers the sheet which asks, and met in the one that brings the
// answer.
extension OrganisationGateway {
    /// An answer that somebody waits for, with what is shown beside it.
    package struct Expectation: Sendable {
        package let row: ExpectationRow
        package let sheetType: SheetType?
        /// Of whoever is to be called about it: the peer's desk.
        package let telephone: TelephoneNumber?
        package let isOverdue: Bool
    }

    /// Open answers, the earliest due first: those owed, those awaited, or both.
    package func expectations(
        owed: Bool? = nil,
        limit: Int
    ) async throws(GatewayError) -> [Expectation] {
        let now = time.now
        let view = view
        let own = member
        let known = try await read { stored throws(StoreError) in
            try stored.openExpectations(owed: owed, limit: limit).map { row throws(StoreError) in
                let key = row.name.message
                let sent = key.from == own ? try stored.outbox(key.messageID) : nil
                let received = sent == nil ? try stored.inbox(key) : nil
                let desk = sent?.copies.first { $0.to == row.name.peer }?.desk
                return (
                    row: row, type: sent?.sheetType ?? received?.sheet?.sheetType, desk: desk
                )
            }
        }
        return known.map { known in
            Expectation(
                row: known.row,
                sheetType: known.type,
                telephone: view.telephone(of: known.row.name.peer, at: known.desk),
                isOverdue: known.row.due.map { $0 < now } ?? false
            )
        }
    }

    /// Open answers about one message.
    package func expectations(of key: MessageKey) async throws(GatewayError) -> [ExpectationRow] {
        try await read { stored throws(StoreError) in
            try stored.expectations(of: key).filter { $0.isOpen && $0.name.kind.isAnswer }
        }
    }

    // MARK: Opening

    /// What an own sheet asks of its recipients.
    func awaited(
        by sheet: Sheet,
        _ key: MessageKey,
        from recipients: [MemberID]
    ) -> [GatewayWrite] {
        catalogue.answersAsked(by: sheet, sentAt: time.now).flatMap { asked in
            asked.recipients.filter { $0 < recipients.count }.map { index in
                .expect(
                    ExpectationRow(
                        ExpectationName(key, recipients[index], asked.kind.expected),
                        due: asked.due
                    )
                )
            }
        }
    }

    /// What a received sheet asks of this organisation.
    func owed(
        for sheet: Sheet,
        _ key: MessageKey,
        sentAt: Timestamp,
        at desk: DeskID?
    ) throws(GatewayError) -> [GatewayWrite] {
        let addressing = Addressing(view: view)
        let own = try membership()
        return catalogue.answersAsked(by: sheet, sentAt: sentAt).compactMap { asked in
            let isMine = asked.recipients.contains { index in
                addressing.fits(sheet.recipients[index], own)
            }
            guard isMine else { return nil }
            return .expect(
                ExpectationRow(
                    ExpectationName(key, key.from, asked.kind.expected),
                    due: asked.due,
                    desk: desk
                )
            )
        }
    }

    // MARK: Closing

    /// What ends with a sheet that has come from `peer`.
    func ended(by answer: Sheet, from peer: MemberID) async throws(GatewayError) -> [GatewayWrite] {
        let own = member
        let thread = answer.threadID
        let asking = try await read { stored throws(StoreError) in
            try stored.outbox(thread: thread).map { row throws(StoreError) in
                let key = MessageKey(from: own, messageID: row.message)
                return (row: row, open: try stored.expectations(of: key, with: peer))
            }
        }
        var writes: [GatewayWrite] = []
        for (row, open) in asking where !open.isEmpty {
            writes += met(open, of: try await draftedSheet(row), by: answer)
        }
        return writes
    }

    /// What ends with an own sheet that has left for `peers`.
    func ended(
        by answer: Sheet,
        sentTo peers: [MemberID]
    ) async throws(GatewayError) -> [GatewayWrite] {
        let thread = answer.threadID
        let asking = try await read { stored throws(StoreError) in
            try stored.inbox(thread: thread).filter { peers.contains($0.key.from) }.map {
                row throws(StoreError) in
                (key: row.key, open: try stored.expectations(of: row.key, with: row.key.from))
            }
        }
        var writes: [GatewayWrite] = []
        for (key, open) in asking where !open.isEmpty {
            guard let asked = catalogue.stored(try await inboxBundle(key).sheet) else { continue }
            writes += met(open, of: asked, by: answer)
        }
        return writes
    }

    private func met(
        _ open: [ExpectationRow],
        of asked: Sheet,
        by answer: Sheet
    ) -> [GatewayWrite] {
        let now = time.now
        return open.filter { row in
            guard let kind = row.name.kind.asked else { return false }
            return catalogue.ends(kind, of: asked, answer)
        }.map { .met($0.name, at: now) }
    }

    // MARK: The deadline

    /// Finds what is overdue and says so once: on record, in the lists of both sides, and to the
    /// deputy of the desk that owes the answer.
    func passOverdue() async throws(GatewayError) {
        let now = time.now
        let due = try await read { stored throws(StoreError) in
            try stored.expectations(dueBefore: now, limit: Limits.pageItems)
        }
        for row in due {
            do throws(GatewayError) { try await pass(row, at: now) } catch {
                // Met meanwhile, or found by another round.
                guard case .store(.conflict) = error else { throw error }
            }
        }
    }

    private func pass(_ row: ExpectationRow, at now: Timestamp) async throws(GatewayError) {
        let object = AuditObject.message(row.name.message.messageID)
        var passed = facts(.deadlinePassed, by: .system, on: object, peer: row.name.peer)
        passed.outcome = .minorFailure
        passed.reason = AuditReason(row.name.kind.rawValue)
        var acts = [passed]
        var desk = row.desk
        if row.name.isOwed, let deputy = deputy(of: row.desk, at: now) {
            desk = deputy
            acts.append(facts(.deadlineEscalated, by: .system, on: object, peer: row.name.peer))
        }
        try await record(
            acts,
            expects: [.expectationWaits(row.name)],
            writes: [.passed(row.name, desk: desk, at: now)]
        )
    }

    /// Who takes over from an own desk: whoever covers its absence, else its first deputy.
    private func deputy(of desk: DeskID?, at now: Timestamp) -> DeskID? {
        guard let entry = view.member(member)?.entry,
            let silent = entry.desk(desk) ?? entry.desks.first
        else { return nil }
        if let absence = silent.absence(on: now.dayInJapan), let cover = absence.coveredBy,
            cover.memberID == member
        {
            return cover.deskID
        }
        return silent.deputies.first?.deskID
    }
}

extension AnswerKind {
    fileprivate var expected: ExpectationKind {
        switch self {
        case .reply: .reply
        case .discharge: .discharge
        }
    }
}

extension ExpectationKind {
    fileprivate var asked: AnswerKind? {
        switch self {
        case .delivered: nil
        case .reply: .reply
        case .discharge: .discharge
        }
    }
}

extension GatewayReader {
    /// Open answers about one message, to or from one other party.
    fileprivate func expectations(
        of key: MessageKey,
        with peer: MemberID
    ) throws(StoreError) -> [ExpectationRow] {
        try expectations(of: key).filter {
            $0.isOpen && $0.name.kind.isAnswer && $0.name.peer == peer
        }
    }
}
