package import Audit
import Consent
import Delivery
import Directory
package import Primitives
import Sheets
import Storage

// 保存期間: what is kept of patients ends five years after the fiscal year in which the work was
// completed. Until when is decided by threads, of which people say when they are completed.
extension OrganisationGateway {
    /// All that is kept here, and until when.
    package func retentionPlan() async throws(GatewayError) -> RetentionPlan {
        let all = try await read { stored throws(StoreError) in try stored.holdings() }
        let endings = try await endings()
        var threads: [ThreadID: [Holding]] = [:]
        var items: [RetentionItem] = []
        var drafts: [RecordID: [Holding]] = [:]
        var consents: [(id: RecordID, holding: Holding)] = []
        var forms: [RecordID: Holding] = [:]
        for holding in all {
            switch holding.name {
            case .sent, .received:
                if let thread = holding.thread {
                    threads[thread, default: []].append(holding)
                } else if let key = holding.name.message(of: member) {
                    items.append(RetentionItem(name: .message(key), holdings: [holding]))
                }
            case .record(.paper, let id):
                let route = try await standing { () async throws(GatewayError) in
                    try await paper(id)
                }
                guard let route else { continue }
                threads[route.sheet.threadID, default: []].append(holding.moved(at: route.movedAt))
            case .record(.draft, let id), .record(.draftFiles, let id):
                drafts[id, default: []].append(holding)
            case .record(.consentRecord, let id): consents.append((id, holding))
            case .record(.consentForm, let id): forms[id] = holding
            // Who works here, and what has no person.
            case .record: break
            }
        }
        for (thread, holdings) in threads {
            let known = endings[thread].map { [$0.holding] } ?? []
            var item = RetentionItem(name: .thread(thread), holdings: holdings + known)
            item.ending = endings[thread]?.ending ?? item.ending
            items.append(item)
        }
        items += drafts.map { RetentionItem(name: .draft($0.key), holdings: $0.value) }
        items += try await consentItems(consents, forms, beside: items)
        let order = items.sorted { ($0.movedAt, $0.word) < ($1.movedAt, $1.word) }
        return RetentionPlan(items: order, today: time.now.dayInJapan)
    }

    /// A consent that still holds is kept, and so is one of a person of whom sheets are kept.
    private func consentItems(
        _ consents: [(id: RecordID, holding: Holding)],
        _ forms: [RecordID: Holding],
        beside others: [RetentionItem]
    ) async throws(GatewayError) -> [RetentionItem] {
        guard !consents.isEmpty else { return [] }
        let today = time.now.dayInJapan
        var kept: [PatientReference] = []
        for item in others {
            if case .over = item.state(on: today) { continue }
            kept += try await persons(of: item)
        }
        var items: [RetentionItem] = []
        for (id, holding) in consents {
            guard let record = ConsentRecordID(id.text),
                let consent = try await standing({ () async throws(GatewayError) in
                    try await consentRecord(record)
                })
            else { continue }
            // Without an end it holds until it is withdrawn.
            let holds =
                consent.withdrawal?.isWhole != true
                && consent.validTo.map { $0 >= today } ?? true
            var item = RetentionItem(
                name: .consent(id),
                holdings: [holding, forms[id]].compactMap(\.self)
            )
            item.isInUse = holds || kept.contains { $0.isSame(as: consent.patient) }
            item.validTo = consent.validTo
            items.append(item)
        }
        return items
    }

    /// Whom an item is about.
    func persons(of item: RetentionItem) async throws(GatewayError) -> [PatientReference] {
        var persons: [PatientReference] = []
        for holding in item.holdings {
            if let person = try await standing({ () async throws(GatewayError) in
                try await person(of: holding.name)
            }) {
                persons.append(person)
            }
        }
        return persons
    }

    /// The same as the access log has them.
    func patients(of item: RetentionItem) async throws(GatewayError) -> Set<AuditPatient> {
        Set(try await persons(of: item).compactMap { AuditPatient($0) })
    }

    func patient(of name: Holding.Name) async throws(GatewayError) -> AuditPatient? {
        try await person(of: name).flatMap { AuditPatient($0) }
    }

    /// nil where the key is gone: of a row that an older copy has brought back.
    private func standing<Value>(
        _ open: () async throws(GatewayError) -> Value?
    ) async throws(GatewayError) -> Value? {
        do throws(GatewayError) { return try await open() } catch {
            guard case .dataKey(.unusable) = error else { throw error }
            return nil
        }
    }

    private func person(of name: Holding.Name) async throws(GatewayError) -> PatientReference? {
        let sheet: Sheet?
        switch name {
        case .sent(let id):
            let row = try await read { stored throws(StoreError) in try stored.outbox(id) }
            guard let row else { return nil }
            sheet = try await draftedSheet(row)
        case .received(let key):
            guard try await inboxRow(key).sheet != nil else { return nil }
            sheet = catalogue.stored(try await inboxBundle(key).sheet)
        case .record(.paper, let id): sheet = try await paper(id).sheet
        case .record(.consentRecord, let id):
            guard let id = ConsentRecordID(id.text) else { return nil }
            return try await consentRecord(id)?.patient
        case .record(.draft, let id):
            guard let id = MessageID(id.text) else { return nil }
            return try await typedPerson(of: id)
        case .record: return nil
        }
        return PatientReference(ofPatient: sheet?.json["patient"])
    }

    /// Whom a draft is about, as far as it is typed.
    private func typedPerson(of draft: MessageID) async throws(GatewayError) -> PatientReference? {
        let bytes = try await self.draft(draft).bytes
        let json = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try JSON(reading: bytes)
        }
        let typed = (json["values"]?.array ?? []).compactMap(\.array)
        func value(_ name: String) -> JSON? {
            let pointer = "/patient/" + name
            return typed.first { $0.first?.string?.hasSameBytes(as: pointer) ?? false }?.last
        }
        return PatientReference(
            ofPatient: [
                "fullName": value("fullName"), "fullNameKana": value("fullNameKana"),
                "birthDate": value("birthDate"), "insuredNumber": value("insuredNumber"),
            ]
        )
    }

    private func paper(_ id: RecordID) async throws(GatewayError) -> PaperRoute {
        guard let id = MessageID(id.text) else { throw .notFound }
        return try await paper(id)
    }

    // MARK: Endings

    private func endings() async throws(GatewayError)
        -> [ThreadID: (ending: ThreadEnding, holding: Holding)]
    {
        let rows = try await read { stored throws(StoreError) in try stored.records(.ending) }
        var endings: [ThreadID: (ending: ThreadEnding, holding: Holding)] = [:]
        for row in rows {
            guard let thread = ThreadID(row.id.text) else { continue }
            let holding = Holding(
                .record(.ending, row.id),
                // That somebody says that it is completed is no work on it.
                movedAt: Timestamp(milliseconds: 0),
                keys: [row.sealed.keyReference]
            )
            let ending = try await standing { () async throws(GatewayError) in
                try await self.ending(row)
            }
            endings[thread] = (ending ?? ThreadEnding(), holding)
        }
        return endings
    }

    private func ending(_ row: RecordRow) async throws(GatewayError) -> ThreadEnding {
        let bytes = try await vault.open(row.sealed, .record(.ending, row.id))
        return try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try ThreadEnding(reading: bytes)
        }
    }

    /// Says on which day the work of a message's thread was completed; nil: it goes on.
    ///
    /// - Throws: `notFound`; `completionUnfit` for a day to come, or before something happened.
    package func complete(
        _ message: MessageID,
        on day: Day?,
        by agent: Agent
    ) async throws(GatewayError) {
        if let day {
            let (thread, _) = try await thread(of: message)
            let plan = try await retentionPlan()
            let last = plan.items.first { $0.name == .thread(thread) }?.movedAt.dayInJapan
            guard day <= plan.today, last.map({ $0 <= day }) ?? true else {
                throw .completionUnfit
            }
        }
        try await end(message, .retentionCompleted, by: agent, because: nil) { ending in
            ending.completedOn = day
            return true
        }
    }

    /// Forbids to erase the thread of a message, or allows it again; each reason is on record.
    ///
    /// - Throws: `notFound`; `outOfOrder` for a release of what nobody holds.
    package func hold(
        _ message: MessageID,
        _ isHeld: Bool,
        because reason: String,
        by agent: Agent
    ) async throws(GatewayError) {
        let now = time.now
        let event = isHeld ? AuditEvent.retentionHeld : .retentionReleased
        try await end(message, event, by: agent, because: reason) { ending in
            guard isHeld || ending.heldSince != nil else { return false }
            ending.heldSince = isHeld ? ending.heldSince ?? now : nil
            ending.reason = isHeld ? reason : nil
            return true
        }
    }

    private func end(
        _ message: MessageID,
        _ event: AuditEvent,
        by agent: Agent,
        because reason: String?,
        _ change: @Sendable (inout ThreadEnding) -> Bool
    ) async throws(GatewayError) {
        let (thread, patient) = try await thread(of: message)
        guard let name = RecordID(thread.text) else { throw .notFound }
        let row = try await read { stored throws(StoreError) in try stored.record(.ending, name) }
        var ending = ThreadEnding()
        if let row { ending = try await self.ending(row) }
        guard change(&ending) else { throw .outOfOrder }
        ending.by = agent.name
        var act = facts(event, by: agent, on: .message(message))
        act.patient = patient
        act.details = reason
        let column = try await vault.seal(
            ending.json.canonicalBytes,
            .record(.ending, name),
            of: patient
        )
        try await record(
            [act],
            expects: [.recordRevision(.ending, name, row?.revision)],
            writes: [.record(.ending, name, column, at: time.now)]
        )
    }

    private func thread(
        of message: MessageID
    ) async throws(GatewayError) -> (ThreadID, AuditPatient?) {
        let own = try await read { stored throws(StoreError) in try stored.outbox(message) }
        if let own { return (own.thread, try await patient(ofSent: own)) }
        do throws(GatewayError) {
            let route = try await paper(message)
            return (route.sheet.threadID, route.sheet.auditPatient)
        } catch {
            guard case .notFound = error else { throw error }
        }
        let key = try await inboxKey(message)
        guard let sheet = try await inboxRow(key).sheet else { throw .notFound }
        return (sheet.thread, try await patient(ofReceived: key))
    }
}

extension Holding {
    fileprivate func moved(at: Timestamp) -> Holding {
        Holding(name, thread: thread, movedAt: max(movedAt, at), isMoving: isMoving, keys: keys)
    }
}

extension PaperRoute {
    /// When something was last noted of it.
    fileprivate var movedAt: Timestamp {
        copies.flatMap { [$0.sent?.at, $0.acknowledged?.at] }.compactMap(\.self).max() ?? begun.at
    }
}
