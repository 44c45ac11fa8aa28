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
        for holding in all {
            switch holding.name {
            case .sent, .received:
                if let thread = holding.thread {
                    threads[thread, default: []].append(holding)
                } else if let key = holding.name.message(of: member) {
                    items.append(RetentionItem(name: .message(key), holdings: [holding]))
                }
            case .record(.paper, let id):
                let route = try await paper(id)
                threads[route.sheet.threadID, default: []].append(holding.moved(at: route.movedAt))
            case .record(.draft, let id), .record(.draftFiles, let id):
                drafts[id, default: []].append(holding)
            case .record(.consentRecord, let id): consents.append((id, holding))
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
        items += try await consentItems(consents, beside: items)
        let order = items.sorted { ($0.movedAt, $0.word) < ($1.movedAt, $1.word) }
        return RetentionPlan(items: order, today: time.now.dayInJapan)
    }

    /// A consent that still holds is kept, and so is one of a person of whom sheets are kept.
    private func consentItems(
        _ consents: [(id: RecordID, holding: Holding)],
        beside others: [RetentionItem]
    ) async throws(GatewayError) -> [RetentionItem] {
        guard !consents.isEmpty else { return [] }
        let today = time.now.dayInJapan
        var kept: Set<AuditPatient> = []
        for item in others {
            if case .over = item.state(on: today) { continue }
            kept.formUnion(try await patients(of: item))
        }
        var items: [RetentionItem] = []
        for (id, holding) in consents {
            guard let record = ConsentRecordID(id.text) else { continue }
            guard let consent = try await consentRecord(record) else { continue }
            let patient = AuditPatient(consent.patient)
            let isWithdrawn = consent.withdrawal?.isWhole == true
            let holds = !isWithdrawn && consent.validTo.map { $0 >= today } ?? false
            let isInUse = holds || patient.map { kept.contains($0) } ?? false
            var item = RetentionItem(name: .consent(id), holdings: [holding])
            item.isInUse = isInUse
            items.append(item)
        }
        return items
    }

    /// Whom the sheets of an item are about.
    func patients(of item: RetentionItem) async throws(GatewayError) -> Set<AuditPatient> {
        var patients: Set<AuditPatient> = []
        for holding in item.holdings {
            if let patient = try await patient(of: holding.name) { patients.insert(patient) }
        }
        return patients
    }

    private func patient(of name: Holding.Name) async throws(GatewayError) -> AuditPatient? {
        switch name {
        case .sent(let id):
            let row = try await read { stored throws(StoreError) in try stored.outbox(id) }
            guard let row else { return nil }
            return try await patient(ofSent: row)
        case .received(let key): return try await patient(ofReceived: key)
        case .record(.paper, let id): return try await paper(id).sheet.auditPatient
        case .record(.consentRecord, let id):
            guard let id = ConsentRecordID(id.text) else { return nil }
            return try await consentRecord(id).flatMap { AuditPatient($0.patient) }
        case .record: return nil
        }
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
            endings[thread] = (try await ending(row), holding)
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
    /// - Throws: `notFound`; `malformed` for a day to come.
    package func complete(
        _ message: MessageID,
        on day: Day?,
        by agent: Agent
    ) async throws(GatewayError) {
        let today = time.now.dayInJapan
        guard day.map({ $0 <= today }) ?? true else {
            throw .malformed(DecodingRefusal(.badForm, at: "/on"))
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
