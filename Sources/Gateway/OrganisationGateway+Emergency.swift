package import Audit
package import Delivery
import Directory
import Japanese
package import Primitives
import Sheets
package import Storage

// 緊急閲覧: a sheet for another desk is opened for a while, with a reason; and the review of that, as
// of sheets that were sent on the emergency exception of consent (C-12).
extension OrganisationGateway {
    /// Why a sheet for another desk cannot wait for that desk.
    package enum EmergencyReason: String, CaseIterable, Sendable {
        case patientEmergency, deskAbsent, safety, other
    }

    /// How long one sheet stays open.
    package static var emergencySpan: Duration { .minutes(30) }
    /// Days of work within which a second person looks at it (C-12).
    static var reviewDays: Int { 3 }
    /// Of what people type about it.
    package static var emergencyTextScalars: Int { 500 }

    /// Opens one sheet for this person until `emergencySpan` is over. On record, and in the list of
    /// those who review it, when this returns; nothing of the sheet is shown by it.
    ///
    /// - Throws: `malformed` without a text; `outOfOrder` for a sheet that the person may see
    ///   anyway.
    package func openInEmergency(
        _ key: MessageKey,
        because reason: EmergencyReason,
        _ text: String,
        by reader: SheetReader
    ) async throws(GatewayError) {
        let row = try await inboxRow(key)
        guard let account = reader.account, !reader.reaches(row) else { throw .outOfOrder }
        try Self.check(text)
        let sheet = try await readable(key).sheet
        let part = AuditObject.part(Self.sheetPart, of: key.messageID)
        var act = facts(.breakGlassUsed, by: reader.agent, on: part, peer: key.from)
        act.reason = AuditReason(reason.rawValue)
        act.details = text
        act.patient = sheet.auditPatient
        let note = EmergencyNote(by: reader.agent, reason: reason.rawValue, text: text)
        let write = try await emergency(.reading, key, note, by: account, of: act.patient)
        try await record([act], writes: [write])
    }

    /// That somebody reads this sheet in an emergency at this moment.
    func emergency(
        of key: MessageKey,
        by reader: SheetReader
    ) async throws(GatewayError) -> EmergencyRow? {
        guard let account = reader.account else { return nil }
        let since = time.now.adding(.zero - Self.emergencySpan)
        return try await read { stored throws(StoreError) in
            try stored.emergency(of: key, by: account, since: since)
        }
    }

    /// What a second person looks at where a sheet leaves without a consent (C-12).
    func exception(
        of sheet: Sheet,
        in message: MessageID,
        by agent: Agent,
        _ account: AccountID?
    ) async throws(GatewayError) -> [GatewayWrite] {
        guard sheet.consent.status == .emergencyException else { return [] }
        let key = MessageKey(from: member, messageID: message)
        let note = EmergencyNote(by: agent, text: sheet.consent.emergencyReason ?? "")
        let patient = sheet.auditPatient
        return [try await emergency(.consent, key, note, by: account, of: patient)]
    }

    private func emergency(
        _ kind: EmergencyKind,
        _ key: MessageKey,
        _ note: EmergencyNote,
        by account: AccountID?,
        of patient: AuditPatient?
    ) async throws(GatewayError) -> GatewayWrite {
        let id = EmergencyID.make(random)
        let column = try await vault.seal(note.json.canonicalBytes, .emergency(id), of: patient)
        return .emergency(
            EmergencyRow(id: id, kind, key, by: account, at: time.now, sealed: column)
        )
    }

    static func check(_ text: String) throws(GatewayError) {
        let isBlank = text.allSatisfy(\.isWhitespace)
        guard !isBlank, text.unicodeScalars.count <= emergencyTextScalars else {
            throw .malformed(DecodingRefusal(.badForm))
        }
    }

    // MARK: Review

    /// What was done in an emergency, as those see it who review it. Whom it is about is not told.
    package struct Emergency: Sendable, CustomStringConvertible {
        package let row: EmergencyRow
        package let sheetType: SheetType?
        /// An own sheet that went on paper.
        package let isPaper: Bool
        package let desk: DeskID?
        package let note: EmergencyNote
        /// The last day on which it is reviewed in time.
        package let dueOn: Day?
        package let isOverdue: Bool

        package var description: String { "Emergency" }
    }

    /// What waits for a review, oldest first, and what was reviewed, the last first.
    package func emergencies(
        limit: Int
    ) async throws(GatewayError) -> (waiting: [Emergency], reviewed: [Emergency]) {
        let rows = try await read { stored throws(StoreError) in
            (
                waiting: try stored.waitingEmergencies(limit: limit),
                reviewed: try stored.reviewedEmergencies(limit: limit)
            )
        }
        return (try await emergencies(rows.waiting), try await emergencies(rows.reviewed))
    }

    private func emergencies(_ rows: [EmergencyRow]) async throws(GatewayError) -> [Emergency] {
        let entry = view.member(member)?.entry
        let calendar = OfficeCalendar(of: nil, in: entry, catalogue.holidays)
        let today = time.now.dayInJapan
        var emergencies: [Emergency] = []
        for row in rows {
            let key = row.message
            let own = member
            let place = try await read { stored throws(StoreError) in
                guard key.from != own else {
                    return (type: try stored.outbox(key.messageID)?.sheetType, desk: DeskID?.none)
                }
                let sheet = try stored.inbox(key)?.sheet
                return (type: sheet?.sheetType, desk: sheet?.desk)
            }
            let isPaper = key.from == own && place.type == nil
            let type = isPaper ? try await paper(key.messageID).sheet.type : place.type
            let dueOn = calendar.workingDay(Self.reviewDays, after: row.usedAt.dayInJapan)
            emergencies.append(
                Emergency(
                    row: row,
                    sheetType: type,
                    isPaper: isPaper,
                    desk: place.desk,
                    note: try await note(row),
                    dueOn: dueOn,
                    isOverdue: row.review == nil && dueOn.map { $0 < today } ?? false
                )
            )
        }
        return emergencies
    }

    private func note(_ row: EmergencyRow) async throws(GatewayError) -> EmergencyNote {
        let bytes = try await vault.open(row.sealed, .emergency(row.id))
        return try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try EmergencyNote(reading: bytes)
        }
    }

    /// 確認済, or 不適切 with which a reading ends at once.
    ///
    /// - Throws: `ownEmergency`; `store(.conflict)` where somebody else was first; `malformed`
    ///   where 不適切 is said without a word why.
    package func review(
        _ id: EmergencyID,
        _ verdict: EmergencyVerdict,
        _ comment: String,
        by reader: SheetReader
    ) async throws(GatewayError) {
        let row = try await read { stored throws(StoreError) in try stored.emergency(id) }
        guard let row else { throw .notFound }
        var note = try await note(row)
        guard let account = reader.account, account != row.account,
            row.account != nil || !note.isOf(reader.agent)
        else { throw .ownEmergency }
        if verdict == .unjustified || !comment.isEmpty { try Self.check(comment) }
        note.review = EmergencyNote.Review(by: reader.agent, comment: comment)
        var act = try await reviewed(row, by: reader.agent)
        act.details = comment.isEmpty ? nil : comment
        if verdict == .unjustified {
            act.outcome = .seriousFailure
            act.reason = AuditReason("unjustified")
        }
        let column = try await vault.seal(
            note.json.canonicalBytes,
            .emergency(id),
            of: act.patient
        )
        let review = EmergencyReview(verdict, at: time.now)
        try await record([act], writes: [.reviewed(id, review, column)])
    }

    private func ownSheet(_ message: MessageID) async throws(GatewayError) -> Sheet {
        let row = try await read { stored throws(StoreError) in try stored.outbox(message) }
        guard let row else { return try await paper(message).sheet }
        return try await draftedSheet(row)
    }

    private func reviewed(
        _ row: EmergencyRow,
        by agent: Agent
    ) async throws(GatewayError) -> AuditFacts {
        switch row.kind {
        case .reading:
            let part = AuditObject.part(Self.sheetPart, of: row.message.messageID)
            var act = facts(.breakGlassReviewed, by: agent, on: part, peer: row.message.from)
            let bundle = try await inboxBundle(row.message)
            act.patient = catalogue.stored(bundle.sheet)?.auditPatient
            return act
        case .consent:
            let sheet = try await ownSheet(row.message.messageID)
            var act = facts(.consentEmergencyReviewed, by: agent, on: sheet.consentObject)
            act.patient = sheet.auditPatient
            return act
        }
    }
}

/// Who did something in an emergency and why, and who reviewed it. Personal; sealed at rest.
package struct EmergencyNote: Sendable, CustomStringConvertible {
    package let name: String
    package let role: RoleCode
    /// nil: in the words of the text alone.
    package let reason: String?
    package let text: String
    package fileprivate(set) var review: Review?

    package struct Review: Sendable, CustomStringConvertible {
        package let name: String
        package let role: RoleCode
        package let comment: String

        package var description: String { "Review" }
    }

    package var description: String { "EmergencyNote" }

    init(by agent: Agent, reason: String? = nil, text: String) {
        name = agent.name ?? ""
        role = agent.role
        self.reason = reason
        self.text = text
    }

    fileprivate func isOf(_ agent: Agent) -> Bool { name.hasSameBytes(as: agent.name ?? "") }

    fileprivate init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        var reader = try ObjectReader(try JSON(canonical: bytes))
        name = try reader.text("name")
        role = try reader.value("role") { RoleCode($0) }
        reason = try reader.optionalText("reason")
        text = try reader.text("text")
        if reader.optional("review") != nil {
            var inner = try reader.object("review")
            review = Review(
                name: try inner.text("name"),
                role: try inner.value("role") { RoleCode($0) },
                comment: try inner.text("comment")
            )
            try inner.finish()
        }
        try reader.finish()
    }

    fileprivate var json: JSON {
        [
            "name": .string(name), "role": .string(role.text),
            "reason": reason.map { .string($0) }, "text": .string(text),
            "review": review.map {
                [
                    "name": .string($0.name), "role": .string($0.role.text),
                    "comment": .string($0.comment),
                ]
            },
        ]
    }
}

extension EmergencyNote.Review {
    fileprivate init(by agent: Agent, comment: String) {
        name = agent.name ?? ""
        role = agent.role
        self.comment = comment
    }
}
