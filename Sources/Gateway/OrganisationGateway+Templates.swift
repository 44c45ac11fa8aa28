package import Audit
package import Consent
import Directory
package import Primitives
import Storage

// 包括同意のひな形 (C-6): texts of this organisation, each version as it was once written.
extension OrganisationGateway {
    /// By name, the newest version of each first.
    package func consentTemplates() async throws(GatewayError) -> [ConsentTemplate] {
        let rows = try await read { stored throws(StoreError) in
            try stored.records(.consentTemplate)
        }
        var templates: [ConsentTemplate] = []
        for row in rows { templates.append(try await template(row)) }
        return templates.sorted {
            $0.id == $1.id
                ? $0.version > $1.version : ($0.name, $0.id.text) < ($1.name, $1.id.text)
        }
    }

    /// The one that somebody means, by its number and version as a list shows them, or by its
    /// name; of a name the newest version.
    ///
    /// - Throws: `notFound`.
    package func consentTemplate(called word: String) async throws(GatewayError) -> ConsentTemplate
    {
        let templates = try await consentTemplates()
        let found =
            templates.first { $0.label.hasSameBytes(as: word) }
            ?? templates.filter { $0.name.hasSameBytes(as: word) }.max { $0.version < $1.version }
        guard let found else { throw .notFound }
        return found
    }

    /// Keeps a new template, or a new version of one.
    ///
    /// - Throws: `malformed` for one that leaves out what a blanket consent must name;
    ///   `store(.conflict)` where a colleague wrote the same version.
    @discardableResult
    package func keepTemplate(
        _ json: JSON,
        of known: ConsentTemplateID? = nil,
        by agent: Agent
    ) async throws(GatewayError) -> ConsentTemplate {
        let versions = try await consentTemplates().filter { $0.id == known }.map(\.version)
        guard known == nil || !versions.isEmpty else { throw .notFound }
        let id = known ?? ConsentTemplateID.make(random)
        let version = (versions.max() ?? 0) + 1
        let template = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try ConsentTemplate(id, version: version, reading: json)
        }
        let name = Self.name(of: id, version)
        let column = try await vault.seal(
            template.json.canonicalBytes,
            .record(.consentTemplate, name),
            of: nil
        )
        guard let setting = AuditReason("consentTemplate") else { return template }
        try await record(
            [facts(.settingChanged, by: agent, on: .setting(setting))],
            expects: [.recordRevision(.consentTemplate, name, nil)],
            writes: [.record(.consentTemplate, name, column, at: time.now)]
        )
        return template
    }

    /// The version that a record names.
    func template(
        of record: ConsentRecord
    ) async throws(GatewayError) -> ConsentTemplate? {
        guard let named = record.template else { return nil }
        let name = Self.name(of: named.id, named.version)
        let row = try await read { stored throws(StoreError) in
            try stored.record(.consentTemplate, name)
        }
        guard let row else { return nil }
        return try await template(row)
    }

    /// A consent that says which text was explained must be what that text says, and a blanket
    /// consent must say it (C-6).
    ///
    /// - Throws: `consent`, which is on record.
    func checkTemplate(of record: ConsentRecord, by agent: Agent) async throws(GatewayError) {
        let isNamed = record.json["explainedText"]?["templateId"] != nil
        guard record.isBlanket || isNamed else { return }
        let template = try await template(of: record)
        guard template?.covers(record) != true else { return }
        let refusal = ConsentRefusal(.scope, rule: "C-6")
        var act = facts(.consentDenied, by: agent, on: .consent(record.id))
        act.outcome = .seriousFailure
        act.patient = AuditPatient(record.patient)
        act.reason = AuditReason(refusal.reason.rawValue)
        try await self.record([act])
        throw .consent(refusal)
    }

    private func template(_ row: RecordRow) async throws(GatewayError) -> ConsentTemplate {
        let parts = row.id.text.split(separator: ".")
        guard parts.count == 2, let id = ConsentTemplateID(String(parts[0])),
            let version = Decimal.value(parts[1].utf8)
        else { throw .malformed(DecodingRefusal(.badForm)) }
        let bytes = try await vault.open(row.sealed, .record(.consentTemplate, row.id))
        return try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try ConsentTemplate(id, version: version, reading: try JSON(canonical: bytes))
        }
    }

    private static func name(of id: ConsentTemplateID, _ version: Int) -> RecordID {
        guard let name = RecordID("\(id.text).\(version)") else {
            preconditionFailure("both are of letters and digits")
        }
        return name
    }
}
