package import Audit
import Consent
import Delivery
import Directory
import Envelope
package import Primitives
import Sheets
package import Storage

// 紙で送る: for whom no gateway stands. The exchange has no part in it; how far such a sheet has come
// is what people note here.
extension OrganisationGateway {
    /// The draft becomes a paper route of the same number, which may be printed for its recipients.
    /// Asked for again, it is the same one.
    ///
    /// - Throws: `sheet` with all problems, `consent`, `notOurSheet`, `recipientUnknown`; `seal`
    ///   with `attachmentDiffers` for a sheet with attachments, which no paper carries.
    package func takeToPaper(
        _ bytes: [UInt8],
        from draft: (id: MessageID, revision: Int64),
        at desks: [MemberID: DeskID] = [:],
        by agent: Agent,
        account: AccountID? = nil
    ) async throws(GatewayError) -> PaperRoute {
        let name = draft.id.recordName
        if let known = try await paperRow(name) { return try await paper(known) }
        let sheet = try await validated(bytes)
        let addressing = Addressing(view: view)
        guard addressing.names(sheet.sender, try membership()) else { throw .notOurSheet }
        let files = try await files(of: draft.id)
        guard sheet.attachments.isEmpty, files.listed.isEmpty else {
            throw .seal(.attachmentDiffers(index: 0))
        }
        // An old version is told by receipts alone.
        guard sheet.supersedes == nil else { throw .correctedUnknown }
        let recipients = try addressing.members(of: sheet)
        let now = time.now
        let ground = try await paperGround(of: sheet, to: recipients, by: agent)
        let copies = recipients.map {
            PaperRoute.Copy(
                to: $0.memberID,
                desk: desks[$0.memberID],
                code: PaperRoute.newCode(random)
            )
        }
        let route = PaperRoute(
            id: draft.id,
            sheet: sheet,
            begun: PaperRoute.Note(at: now, by: agent.name ?? ""),
            copies: copies
        )
        let column = try await vault.seal(
            route.json.canonicalBytes,
            .record(.paper, name),
            of: route.sheet.auditPatient
        )
        let ending = ending(draft.id, in: draft.revision, with: files)
        // Nothing is printed yet: it is what became of the draft.
        var change = facts(.sheetChanged, by: agent, on: .part(Self.draftPart, of: draft.id))
        change.patient = sheet.auditPatient
        let expects = [.recordRevision(.paper, name, nil)] + ending.expects + ground
        try await record(
            [change],
            expects: expects,
            writes: [.record(.paper, name, column, at: now)] + ending.writes
                + (try await exception(of: sheet, in: draft.id, by: agent, account))
        )
        return route
    }

    /// Asks the register whether a sheet may go on paper now.
    ///
    /// - Returns: what must still be so when something is done on that ground.
    private func paperGround(
        of sheet: Sheet,
        to recipients: [Membership],
        by agent: Agent
    ) async throws(GatewayError) -> [Precondition] {
        let (register, row) = try await register(of: sheet)
        do throws(ConsentRefusal) {
            let terms = terms(of: sheet)
            try register.allowPaper(sheet, to: recipients, under: terms, at: time.now)
        } catch {
            try await denied(sheet, error, agent)
            throw .consent(error)
        }
        return row.map { [.recordRevision(.consentRecord, $0.id, $0.revision)] } ?? []
    }

    /// Newest first; none but those of the slice is opened.
    package func papers(_ slice: ListSlice) async throws(GatewayError) -> Listed<PaperRoute> {
        let found = try await read { stored throws(StoreError) in
            (rows: try stored.records(.paper, slice), total: try stored.count(.paper))
        }
        var routes: [PaperRoute] = []
        for row in found.rows { routes.append(try await paper(row)) }
        return Listed(rows: routes, total: found.total)
    }

    /// Whether an own sheet goes on paper.
    package func isPaper(_ id: MessageID) async throws(GatewayError) -> Bool {
        try await paperRow(id.recordName) != nil
    }

    /// - Throws: `notFound`.
    package func paper(_ id: MessageID) async throws(GatewayError) -> PaperRoute {
        guard let row = try await paperRow(id.recordName) else { throw .notFound }
        return try await paper(row)
    }

    /// Gives the pages of a route, once more where a fax did not go through. The consent must stand
    /// at each print, and is on record with it.
    ///
    /// - Throws: `notFound`; `consent` where it was withdrawn meanwhile; `faxUnknown` where the
    ///   directory has no fax number of a recipient: what was typed somewhere is not dialled;
    ///   `faxWithheld` for a sheet that is for staff alone.
    package func printedPaper(
        _ id: MessageID,
        as way: PaperRoute.Way,
        by agent: Agent
    ) async throws(GatewayError) -> PaperRoute {
        let route = try await paper(id)
        let isOpen = catalogue.staffOnlyBanners(of: route.sheet).isEmpty
        guard way == .post || isOpen else { throw .faxWithheld }
        let recipients = try Addressing(view: view).members(of: route.sheet)
        let ground = try await paperGround(of: route.sheet, to: recipients, by: agent)
        let hasNumbers = route.copies.allSatisfy { view.fax(of: $0.to) != nil }
        guard way == .post || hasNumbers else { throw .faxUnknown }
        var printed = paperFacts(.paperPrinted, route, by: agent)
        printed.reason = AuditReason(way.rawValue)
        try await record(grounds(of: route.sheet, agent) + [printed], expects: ground)
        return route
    }

    /// Notes a step of a copy; a step that is noted already stays as it is.
    ///
    /// - Throws: `notFound` for another member; `store(.conflict)` where a colleague noted another
    ///   step in that moment.
    package func note(
        _ step: PaperRoute.Step,
        of id: MessageID,
        for peer: MemberID,
        by agent: Agent
    ) async throws(GatewayError) {
        let name = id.recordName
        guard let row = try await paperRow(name) else { throw .notFound }
        var route = try await paper(row)
        guard let index = route.copies.firstIndex(where: { $0.to == peer }) else { throw .notFound }
        guard route.copies[index][step] == nil else { return }
        let note = PaperRoute.Note(at: time.now, by: agent.name ?? "")
        route.copies[index][step] = note
        let column = try await vault.seal(
            route.json.canonicalBytes,
            .record(.paper, name),
            of: route.sheet.auditPatient
        )
        let event: AuditEvent = step == .sent ? .paperSent : .paperAcknowledged
        var act = paperFacts(event, route, by: agent)
        act.peer = PartyID(peer)
        // A reply that has left is owed no more.
        let ended = step == .sent ? try await ended(by: route.sheet, sentTo: [peer]) : []
        try await record(
            [act],
            expects: [.recordRevision(.paper, name, row.revision)],
            // Of the time it was begun, by which the list of them is sorted.
            writes: [.record(.paper, name, column, at: route.begun.at)] + ended
        )
    }

    private func paperFacts(
        _ event: AuditEvent,
        _ route: PaperRoute,
        by agent: Agent
    ) -> AuditFacts {
        var act = facts(event, by: agent, on: .message(route.id))
        act.patient = route.sheet.auditPatient
        if route.copies.count == 1 { act.peer = PartyID(route.copies[0].to) }
        return act
    }

    private func paperRow(_ name: RecordID) async throws(GatewayError) -> RecordRow? {
        try await read { stored throws(StoreError) in try stored.record(.paper, name) }
    }

    private func paper(_ row: RecordRow) async throws(GatewayError) -> PaperRoute {
        let bytes = try await vault.open(row.sealed, .record(.paper, row.id))
        guard let id = MessageID(row.id.text) else { throw .notFound }
        let catalogue = catalogue
        return try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try PaperRoute(id: id, reading: bytes, catalogue)
        }
    }
}
