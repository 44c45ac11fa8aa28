package import Primitives

/// A consent as the organisation that took it keeps it, sealed at rest.
///
/// `json` is the whole record; the members below are those that decide. Field list: the sector's
/// consent record (同意記録), section 4 of the consent rules.
package struct ConsentRecord: Sendable, CustomStringConvertible {
    package let json: JSON
    package let id: ConsentRecordID
    package let status: String
    package let purposes: [String]
    package let organisationNumbers: [String]
    package let organisationTypes: [String]
    /// Empty: all.
    package let sheetTypes: [String]
    package let validFrom: Day
    package let validTo: Day?
    package let hasFamilyConsent: Bool
    package let withdrawal: Withdrawal?

    /// Whole or, where `purposes` is not empty, in part (C-9).
    package struct Withdrawal: Sendable, Equatable {
        package let on: Day
        package let purposes: [String]
    }

    package var description: String { "a consent record" }

    package init(_ json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        self.json = json
        id = try reader.value("consentRecordId", ConsentRecordID.init(_:))
        status = try reader.text("status")
        purposes = try Self.texts(&reader, "purposes")
        organisationNumbers = try Self.texts(&reader, "scopeOrgs")
        organisationTypes = try Self.texts(&reader, "scopeOrgTypes")
        sheetTypes = try Self.texts(&reader, "scopeSheets")
        validFrom = try reader.value("validFrom", Day.init(_:))
        validTo = try reader.optionalValue("validTo", Day.init(_:))
        hasFamilyConsent = try !reader.optionalArray("familyMembersConsented").isEmpty
        for name in Self.kept { _ = reader.optional(name) }
        withdrawal = try Self.withdrawal(&reader)
        try reader.finish()
        guard !purposes.isEmpty, !organisationNumbers.isEmpty || !organisationTypes.isEmpty else {
            throw DecodingRefusal(.missingMember, at: "/purposes")
        }
    }

    /// The record with a withdrawal written into it. `purposes` empty: all of it.
    package func withdrawn(on day: Day, purposes: [String], by giver: String) -> JSON {
        guard var object = json.object else { return json }
        object["withdrawal"] = [
            "on": .string(day.description),
            "by": .string(giver),
            "scope": purposes.isEmpty ? nil : .array(purposes.map { .string($0) }),
        ]
        return .object(object)
    }

    /// Members that are kept and shown but decide nothing here.
    private static let kept = [
        "patientRef", "excludedTopics", "method", "documentAttachment", "explainedBy",
        "explainedText", "noticeVersion", "givenBy", "giverName", "giverRelationship",
        "proxyReason", "guardianKind", "guardianPower", "capacityNote", "assentNote", "witness",
        "recordedBy", "recordedAt", "history",
    ]

    private static func texts(
        _ reader: inout ObjectReader,
        _ name: String
    ) throws(DecodingRefusal) -> [String] {
        var texts: [String] = []
        for element in try reader.optionalArray(name) {
            guard let text = element.string else { throw reader.refusal(.wrongType, name) }
            texts.append(text)
        }
        return texts
    }

    private static func withdrawal(
        _ reader: inout ObjectReader
    ) throws(DecodingRefusal) -> Withdrawal? {
        guard reader.optional("withdrawal") != nil else { return nil }
        var inner = try reader.object("withdrawal")
        let withdrawal = Withdrawal(
            on: try inner.value("on", Day.init(_:)),
            purposes: try texts(&inner, "scope")
        )
        for name in ["by", "reason", "receivedBy"] { _ = inner.optional(name) }
        try inner.finish()
        return withdrawal
    }
}
