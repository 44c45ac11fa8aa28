package import Audit
import Cryptography
import Delivery
import Directory
package import Primitives
package import Sheets
import Storage

// 開示等の請求: what is kept of one person is copied for that person, without what is held back.
// Requests and decisions stand in the access log; no copy is kept. `permits` are of all sheets of
// the person, as their folder has them.
extension OrganisationGateway {
    /// Takes a request in.
    ///
    /// - Throws: `malformed` for a day to come, or a proxy without a word or with too many.
    package func take(
        _ claim: DisclosureClaim,
        of permits: [DeskPermit],
        by reader: SheetReader
    ) async throws(GatewayError) {
        guard let permit = permits.first else { throw .notFound }
        if let proxy = claim.proxy { try Self.check(proxy) }
        guard claim.receivedOn <= time.now.dayInJapan else {
            throw .malformed(DecodingRefusal(.badForm))
        }
        let part = AuditObject.part(Self.disclosurePart, of: permit.key.messageID)
        var act = facts(.disclosureRequested, by: reader.agent, on: part)
        act.patient = try await patient(of: permit.key)
        act.details = claim.details(by: reader.account)
        try await record([act])
    }

    /// The requests about the person, the newest first.
    package func disclosureRequests(
        of permits: [DeskPermit]
    ) async throws(GatewayError) -> [DisclosureRequest] {
        try await entries(of: [.disclosureRequested], about: permits)
            .compactMap { DisclosureRequest($0) }.reversed()
    }

    /// Shows what is held back to a named person; on record as a question about the patient.
    ///
    /// - Throws: `notFound` where there is no such request about this person.
    package func disclosure(
        _ id: UInt64,
        of permits: [DeskPermit],
        by agent: Agent
    ) async throws(GatewayError) -> DisclosureReview {
        let found = try await disclosure(id, of: permits)
        let hash = SHA256.hash(found.json.canonicalBytes)
        try await record([try await report(.auditQueried, hash, permits, by: agent)])
        return found
    }

    /// A second person decides that a part may be given, in answer to this one request.
    ///
    /// - Throws: `ownRequest`, which is on record, for whoever took the request in; `notFound`
    ///   where that part is not held back; `malformed` without a word why.
    package func release(
        _ part: HeldPart,
        of message: MessageID,
        because reason: String,
        in found: DisclosureReview,
        by reader: SheetReader
    ) async throws(GatewayError) {
        let id = found.request.id
        let sheet = found.sheets.first { $0.key.messageID == message }
        guard let sheet, sheet.held.contains(part) else { throw .notFound }
        try Self.check(reason)
        let object = AuditObject.part(Self.sheetPart, of: message)
        var act = facts(.disclosureReleased, by: reader.agent, on: object)
        act.patient = sheet.sheet.auditPatient
        act.details = DisclosureRelease.details(part, in: id, because: reason)
        guard let account = reader.account, account != found.request.account else {
            act.outcome = .seriousFailure
            act.reason = AuditReason("ownRequest")
            try await record([act])
            throw .ownRequest
        }
        try await record([act])
    }

    /// Makes a copy for the person and gives it as a file. That each sheet in it was taken out, and
    /// the hash of the file, are on record before it is returned.
    ///
    /// Where `file` fails to draw it, that is returned, and nothing is on record.
    ///
    /// - Throws: `outOfOrder` while a sheet waits to be opened; `notFound` for another volume.
    package func exported<Fault>(
        _ found: DisclosureReview,
        volume: Int,
        of permits: [DeskPermit],
        by agent: Agent,
        as file: (DisclosureCopy) async -> Result<[UInt8], Fault>
    ) async throws(GatewayError) -> Result<[UInt8], Fault> {
        let copy = try await copy(found, volume)
        let drawn = await file(copy)
        guard case .success(let bytes) = drawn else { return drawn }
        let hash = SHA256.hash(bytes)
        var acts = copy.sheets.filter { $0.form != nil }.map { taken($0.sheet, by: agent) }
        acts.append(try await report(.auditExported, hash, permits, by: agent))
        try await record(acts)
        return drawn
    }

    private func taken(_ sheet: DisclosureSheet, by agent: Agent) -> AuditFacts {
        let part = AuditObject.part(Self.sheetPart, of: sheet.key.messageID)
        let peer = sheet.way == .received ? sheet.key.from : nil
        var act = facts(.sheetPrinted, by: agent, on: part, peer: peer)
        act.purpose = .patientRequest
        act.patient = sheet.sheet.auditPatient
        return act
    }

    private func report(
        _ event: AuditEvent,
        _ hash: Digest,
        _ permits: [DeskPermit],
        by agent: Agent
    ) async throws(GatewayError) -> AuditFacts {
        var act = facts(event, by: agent, on: .report(hash))
        act.purpose = .review
        if let permit = permits.first { act.patient = try await patient(of: permit.key) }
        return act
    }

    // MARK: What there is

    private func disclosure(
        _ id: UInt64,
        of permits: [DeskPermit]
    ) async throws(GatewayError) -> DisclosureReview {
        let requests = try await disclosureRequests(of: permits)
        guard let request = requests.first(where: { $0.id == id }) else { throw .notFound }
        let releases = try await entries(of: [.disclosureReleased], about: permits)
            .compactMap { DisclosureRelease($0) }.filter { $0.request == id }
        var sheets: [DisclosureSheet] = []
        for permit in permits {
            let message = permit.key.messageID
            let own = releases.filter { $0.message == message }
            if let sheet = try await sheet(permit.key, own) { sheets.append(sheet) }
        }
        sheets.sort { ($0.at, $0.key.messageID) < ($1.at, $1.key.messageID) }
        return DisclosureReview(request: request, sheets: sheets.hidingWhatTells())
    }

    /// nil for what was set apart, refused, or taken back unread: nobody here may read it.
    private func sheet(
        _ key: MessageKey,
        _ releases: [DisclosureRelease]
    ) async throws(GatewayError) -> DisclosureSheet? {
        func found(
            _ sheet: Sheet,
            _ way: DisclosureSheet.Way,
            _ peers: [MemberID],
            at time: Timestamp,
            isUnopened: Bool = false
        ) -> DisclosureSheet {
            DisclosureSheet(
                key: key,
                sheet: sheet,
                at: time,
                peers: peers,
                way: way,
                isUnopened: isUnopened,
                parts: catalogue.heldParts(of: sheet),
                releases: releases
            )
        }
        guard key.from == member else {
            let row = try await inboxRow(key)
            guard let state = row.state, !state.isEnd else { return nil }
            let sheet = try await readable(key).sheet
            let isUnopened = state == .delivered
            return found(sheet, .received, [key.from], at: row.receivedAt, isUnopened: isUnopened)
        }
        guard let row = try await outboxRow(key) else {
            let route = try await paper(key.messageID)
            return found(route.sheet, .onPaper, route.copies.map(\.to), at: route.begun.at)
        }
        return found(try await draftedSheet(row), .sent, row.copies.map(\.to), at: row.createdAt)
    }

    private func copy(
        _ found: DisclosureReview,
        _ volume: Int
    ) async throws(GatewayError) -> DisclosureCopy {
        guard found.unopened.isEmpty else { throw .outOfOrder }
        let (listed, volumes) = (found.listed, found.volumes)
        guard volumes.indices.contains(volume - 1) else { throw .notFound }
        let superseded = Set(listed.compactMap(\.sheet.supersedes))
        return DisclosureCopy(
            request: found.request,
            volume: volume,
            volumes: volumes.count,
            sheets: volumes[volume - 1].map { sheet in
                DisclosureCopy.Page(
                    sheet: sheet,
                    form: catalogue.filledForm(of: sheet.sheet, without: sheet.held),
                    isSuperseded: superseded.contains(sheet.sheet.sheetID)
                )
            },
            looks: volume == 1 ? try await looks(at: listed) : nil
        )
    }

    /// Who has looked at these sheets, as the auditor's question about a patient has it. What is
    /// of no sheet, or of one that is not among them, is left out: the question goes by the name.
    private func looks(at listed: [DisclosureSheet]) async throws(GatewayError) -> AuditAnswer? {
        guard let first = listed.first, let patient = first.sheet.auditPatient,
            let period = AuditPeriod(from: first.at.dayInJapan, to: time.now.dayInJapan)
        else { return nil }
        let question = AuditQuestion.looksAtPatient
        let checkpoint = try await auditCheckpoint()
        let survey = try await survey(of: period, below: checkpoint)
        let tags = try await self.patient(patient.name)
        let messages = Set(listed.map(\.key.messageID))
        let entries = try await entries(
            at: try await survey.places(of: question.events, tagged: tags)
        ).filter { $0.message.map(messages.contains) ?? false }
        let columns: [AuditAnswer.Column] = [.time, .person, .act, .purpose, .outcome, .message]
        return AuditAnswer(
            question,
            of: period,
            from: checkpoint,
            AuditTableau(of: entries, columns)
        )
    }

    /// Of the person of these sheets; another one may have the same name.
    private func entries(
        of events: Set<AuditEvent>,
        about permits: [DeskPermit]
    ) async throws(GatewayError) -> [AuditedEntry] {
        guard let permit = permits.first, let patient = try await patient(of: permit.key) else {
            return []
        }
        let (origin, tags) = (accessOrigin, try await self.patient(patient.name))
        let places = try await read { stored throws(StoreError) in
            var tagged: [UInt64] = []
            for tag in tags {
                tagged += try stored.leaves(tagged: tag, in: origin, .all, limit: .max)
            }
            var places: [UInt64] = []
            for event in events { places += try stored.leaves(of: event, in: origin, .all) }
            return tagged.sorted().common(with: places.sorted())
        }
        let messages = Set(permits.map(\.key.messageID))
        return try await entries(at: places).filter { entry in
            entry.message.map(messages.contains) ?? false
        }
    }

    private static let disclosurePart: ObjectName = {
        guard let name = ObjectName("disclosure") else { preconditionFailure("a fixed name") }
        return name
    }()
}
