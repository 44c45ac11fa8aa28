package import Audit
package import Consent
import Cryptography
import Delivery
package import Primitives
package import Sheets
import Storage

// The consent register: sealed records of this organisation.
extension OrganisationGateway {
    /// Those of one person, newest first.
    package func consents(
        of patient: PatientReference
    ) async throws(GatewayError) -> [ConsentRecord] {
        try await consentRecords().filter { $0.patient.isSame(as: patient) }
            .sorted { $0.validFrom > $1.validFrom }
    }

    package func consentRecord(
        _ id: ConsentRecordID
    ) async throws(GatewayError) -> ConsentRecord? {
        guard let row = try await row(of: id) else { return nil }
        return try await consentRecord(row)
    }

    package func consentRecords() async throws(GatewayError) -> [ConsentRecord] {
        let rows = try await read { stored throws(StoreError) in
            try stored.records(.consentRecord)
        }
        var records: [ConsentRecord] = []
        for row in rows { records.append(try await consentRecord(row)) }
        return records
    }

    /// Records a consent, or a new version of it.
    ///
    /// - Throws: `consentWithdrawn` for a version that would undo a withdrawal: who consents anew
    ///   gets a new record; `consent` for a blanket consent that is not what its template says.
    package func recordConsent(
        _ json: JSON,
        by agent: Agent
    ) async throws(GatewayError) -> ConsentRecordID {
        var record = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try ConsentRecord(json)
        }
        let known = try await row(of: record.id)
        if let known {
            let before = try await consentRecord(known)
            if let ended = before.withdrawal, record.withdrawal?.includes(ended) != true {
                throw .consentWithdrawn
            }
            record = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
                try ConsentRecord(record.withForm(of: before))
            }
        }
        try await checkTemplate(of: record, by: agent)
        try await store(
            record,
            known,
            known == nil ? .consentRecorded : .consentChanged,
            by: agent
        )
        return record.id
    }

    /// Writes a withdrawal into a record (C-8). From this commit on nothing is signed or leaves for
    /// the first time on its ground: both commit on the record as it was when they were permitted.
    /// With it commit the notices to those who have sheets on that ground; what they may not have
    /// taken in yet is taken back afterwards.
    package func withdrawConsent(
        _ id: ConsentRecordID,
        of scope: ConsentScope = ConsentScope(),
        giver: ConsentGiver,
        by agent: Agent
    ) async throws(GatewayError) {
        guard let known = try await row(of: id) else { throw .notFound }
        let record = try await consentRecord(known)
        let withdrawal = ConsentWithdrawal(on: time.now.dayInJapan, scope: scope)
        let json = record.withdrawn(withdrawal, by: giver)
        let ended = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try ConsentRecord(json)
        }
        let reliance = try await reliance(on: id)
        let telling = try await telling(reliance, of: ended, withdrawal, by: agent)
        try await store(ended, known, .consentWithdrawn, by: agent, telling)
        // What left in the moment before the commit is found now; nothing leaves any more.
        try await tellWithdrawal(of: id, by: agent)
    }

    func store(
        _ subject: ConsentRecord,
        _ known: RecordRow?,
        _ event: AuditEvent,
        by agent: Agent,
        _ besides: Telling = Telling()
    ) async throws(GatewayError) {
        let name = Self.name(of: subject.id)
        var act = facts(event, by: agent, on: .consent(subject.id))
        act.patient = AuditPatient(subject.patient)
        let column = try await vault.seal(
            subject.json.canonicalBytes,
            .record(.consentRecord, name),
            of: act.patient
        )
        try await record(
            [act] + besides.acts,
            expects: [.recordRevision(.consentRecord, name, known?.revision)],
            writes: [.record(.consentRecord, name, column, at: time.now)] + besides.writes
        )
    }

    func row(of id: ConsentRecordID) async throws(GatewayError) -> RecordRow? {
        let name = Self.name(of: id)
        return try await read { stored throws(StoreError) in
            try stored.record(.consentRecord, name)
        }
    }

    func consentRecord(_ row: RecordRow) async throws(GatewayError) -> ConsentRecord {
        if let known = openedConsents.find(row) { return known }
        let bytes = try await vault.open(row.sealed, .record(.consentRecord, row.id))
        let record = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try ConsentRecord(try JSON(reading: bytes))
        }
        openedConsents.put(record, row)
        return record
    }

    static func name(of id: ConsentRecordID) -> RecordID {
        guard let name = RecordID(id.text) else { preconditionFailure("a UUID is a record name") }
        return name
    }
}

extension ConsentRecord {
    /// The record with the scan that stands beside the one before: a new version takes none away.
    fileprivate func withForm(of before: ConsentRecord) -> JSON {
        guard let form = before.json["documentAttachment"] else { return json }
        var object = json.object ?? JSONObject()
        object["documentAttachment"] = form
        return .object(object)
    }
}
