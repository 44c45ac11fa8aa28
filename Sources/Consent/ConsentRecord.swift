package import Primitives
package import Sheets

/// A consent (同意記録) as the organisation that took it keeps it, sealed at rest.
///
/// `json` is the whole record; the members below are those that decide. Reading checks what the
/// record alone can show of C-11: who may give it, and what a proxy must state besides. Field list:
/// section 4 of the consent rules.
package struct ConsentRecord: Sendable, CustomStringConvertible {
    package let json: JSON
    package let id: ConsentRecordID
    /// Whom it is about.
    package let patient: PatientReference
    package let status: ConsentStatus
    package let scope: ConsentScope
    /// Empty: all.
    package let sheetTypes: [SheetType]
    package let validFrom: Day
    /// nil: until it is withdrawn.
    package let validTo: Day?
    package let givenBy: ConsentGiver?
    package let hasFamilyConsent: Bool
    package let withdrawal: ConsentWithdrawal?

    package var description: String { "ConsentRecord" }

    /// - Throws: `DecodingRefusal` for an unknown member, a purpose or scope left empty, or a proxy
    ///   without what C-11 asks of it.
    package init(_ json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        self.json = json
        id = try reader.value("consentRecordId", ConsentRecordID.init(_:))
        patient = try PatientReference(reading: &reader)
        status = try reader.value("status", ConsentStatus.init(rawValue:))
        scope = try ConsentScope(reading: &reader)
        sheetTypes = try reader.texts("scopeSheets", SheetType.init(_:))
        validFrom = try reader.value("validFrom", Day.init(_:))
        validTo = try reader.optionalValue("validTo", Day.init(_:))
        hasFamilyConsent = try !reader.optionalArray("familyMembersConsented").isEmpty
        givenBy = try ConsentRecord.giver(&reader, status)
        withdrawal = try ConsentWithdrawal(inRecord: &reader)
        for name in ConsentRecord.kept { _ = reader.optional(name) }
        try reader.finish()
        guard !scope.purposes.isEmpty else { throw reader.refusal(.missingMember, "purposes") }
        guard !scope.organisationTypes.isEmpty || !scope.officeNumbers.isEmpty else {
            throw reader.refusal(.missingMember, "scopeOrgTypes")
        }
    }

    /// The record with a withdrawal (C-8, C-9) written into it, beside what was withdrawn before.
    /// It cannot be taken back; a new consent is a new record.
    package func withdrawn(_ new: ConsentWithdrawal, by giver: ConsentGiver) -> JSON {
        var object = json.object ?? JSONObject()
        let scope = withdrawal.map { $0.scope.merged(with: new.scope) } ?? new.scope
        object["withdrawal"] = [
            "on": .string(new.on.description),
            "by": .string(giver.text),
            "scope": scope.isEmpty ? nil : scope.json,
        ]
        return .object(object)
    }

    /// Members that are kept and shown but decide nothing here.
    private static let kept = [
        "excludedTopics", "method", "documentAttachment", "explainedBy",
        "explainedText", "noticeVersion", "giverName", "giverRelationship", "proxyReason",
        "guardianKind", "guardianPower", "capacityNote", "assentNote", "witness", "recordedBy",
        "recordedAt", "history",
    ]

    /// C-11: `obtained` is the person's own word, `obtainedFromProxy` that of anybody else, who
    /// states why, and a guardian also by which power.
    private static func giver(
        _ reader: inout ObjectReader,
        _ status: ConsentStatus
    ) throws(DecodingRefusal) -> ConsentGiver? {
        let giver = try reader.optionalText("givenBy").map { ConsentGiver($0) }
        switch status {
        case .obtained where giver != .person, .obtainedFromProxy where giver == .person:
            throw reader.refusal(.badForm, "givenBy")
        case .obtainedFromProxy where giver == nil: throw reader.refusal(.missingMember, "givenBy")
        default: break
        }
        guard let giver, giver != .person else { return giver }
        var needed = ["giverRelationship", "proxyReason"]
        if giver == .guardian { needed += ["guardianKind", "guardianPower"] }
        for name in needed { _ = try reader.text(name) }
        return giver
    }
}

/// The end of a consent, whole or, where `scope` is not empty, of what it names (C-9).
package struct ConsentWithdrawal: Hashable, Sendable {
    package let on: Day
    package let scope: ConsentScope

    package init(on: Day, scope: ConsentScope = ConsentScope()) {
        self.on = on
        self.scope = scope
    }

    package var isWhole: Bool { scope.isEmpty }

    /// Whether it ends all that another one does.
    package func includes(_ other: ConsentWithdrawal) -> Bool {
        isWhole || !other.isWhole && scope.merged(with: other.scope) == scope
    }

    init?(inRecord reader: inout ObjectReader) throws(DecodingRefusal) {
        guard reader.optional("withdrawal") != nil else { return nil }
        var inner = try reader.object("withdrawal")
        on = try inner.value("on", Day.init(_:))
        if inner.optional("scope") == nil {
            scope = ConsentScope()
        } else {
            var row = try inner.object("scope")
            scope = try ConsentScope(reading: &row)
            try row.finish()
            guard !scope.isEmpty else { throw inner.refusal(.badForm, "scope") }
        }
        for name in ["by", "reason", "receivedBy"] { _ = inner.optional(name) }
        try inner.finish()
    }
}

extension ConsentScope {
    /// What both of two withdrawals end; an empty one ends all.
    fileprivate func merged(with other: ConsentScope) -> ConsentScope {
        guard !isEmpty, !other.isEmpty else { return ConsentScope() }
        func all<Element: Hashable>(_ mine: [Element], _ theirs: [Element]) -> [Element] {
            mine + theirs.filter { !mine.contains($0) }
        }
        return ConsentScope(
            purposes: all(purposes, other.purposes),
            organisationTypes: all(organisationTypes, other.organisationTypes),
            officeNumbers: all(officeNumbers, other.officeNumbers)
        )
    }

    /// Members `purposes`, `scopeOrgs` (office numbers) and `scopeOrgTypes`.
    fileprivate init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.init(
            purposes: try reader.texts("purposes") { ConsentPurpose($0) },
            organisationTypes: try reader.texts("scopeOrgTypes") { Code($0) },
            officeNumbers: try reader.texts("scopeOrgs") { ByteText($0) }
        )
    }

    fileprivate var json: JSON {
        func list(_ texts: [String]) -> JSON? {
            texts.isEmpty ? nil : .array(texts.map { .string($0) })
        }
        return [
            "purposes": list(purposes.map(\.text)),
            "scopeOrgTypes": list(organisationTypes.map(\.text)),
            "scopeOrgs": list(officeNumbers.map(\.text)),
        ]
    }
}

extension Code where List == ConsentGivers {
    static var guardian: Self { Code("guardian") }
}

extension ObjectReader {
    /// An optional array of texts, each given to `make`.
    fileprivate mutating func texts<Value>(
        _ name: String,
        _ make: (String) -> Value?
    ) throws(DecodingRefusal) -> [Value] {
        var values: [Value] = []
        for element in try optionalArray(name) {
            guard let text = element.string else { throw refusal(.wrongType, name) }
            guard let value = make(text) else { throw refusal(.badForm, name) }
            values.append(value)
        }
        return values
    }
}
