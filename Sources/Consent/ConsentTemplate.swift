package import Primitives
package import Sheets

/// 包括同意のひな形 (C-6) in one version: what a person is told who consents beforehand to all that
/// is to come. One that leaves anything of it out is none.
package struct ConsentTemplate: Hashable, Sendable, CustomStringConvertible {
    package let id: ConsentTemplateID
    /// 1 when first written; a version is never changed.
    package let version: Int
    package let name: String
    /// 入院時の情報提供 among them, where it is to be one.
    package let purposes: [ConsentPurpose]
    package let organisationTypes: [Code<OrganisationTypes>]
    /// Kinds of information.
    package let information: String
    /// That, and how, it can be withdrawn.
    package let withdrawal: String
    /// 制定日.
    package let since: Day

    package static let mostNameScalars = 60
    package static let mostTextScalars = 400

    package var description: String { "ConsentTemplate" }

    package init(
        _ id: ConsentTemplateID,
        version: Int,
        reading json: JSON
    ) throws(DecodingRefusal) {
        self.id = id
        self.version = version
        var reader = try ObjectReader(json)
        name = try reader.told("name", atMost: Self.mostNameScalars)
        purposes = try reader.codes("purposes") { ConsentPurpose($0) }
        organisationTypes = try reader.codes("scopeOrgTypes") { Code($0) }
        information = try reader.told("information", atMost: Self.mostTextScalars)
        withdrawal = try reader.told("withdrawal", atMost: Self.mostTextScalars)
        since = try reader.value("since", Day.init(_:))
        try reader.finish()
    }

    package var json: JSON {
        [
            "name": .string(name),
            "purposes": .array(purposes.map { .string($0.text) }),
            "scopeOrgTypes": .array(organisationTypes.map { .string($0.text) }),
            "information": .string(information),
            "withdrawal": .string(withdrawal),
            "since": .string(since.description),
        ]
    }

    /// Its number and its version.
    package var label: String { "\(id.text).\(version)" }

    /// As a record names it (`explainedText`).
    package var reference: JSON {
        [
            "templateId": .string(id.text), "version": .integer(Int64(version)),
            "name": .string(name),
        ]
    }

    /// Whether somebody who consented to this text consented to what the record says.
    package func covers(_ record: ConsentRecord) -> Bool {
        since <= record.validFrom && record.scope.officeNumbers.isEmpty
            && record.scope.purposes.allSatisfy(purposes.contains)
            && record.scope.organisationTypes.allSatisfy(organisationTypes.contains)
    }
}

package typealias ConsentTemplateID = Identifier<Universal>

extension ConsentRecord {
    /// Consented to beforehand, to all that is to come: only on a template.
    package var isBlanket: Bool {
        json["method"]?.string.map { $0.hasSameBytes(as: "contractBlanket") } ?? false
    }

    /// The template that was explained, and in which version; nil where the record names none.
    package var template: (id: ConsentTemplateID, version: Int)? {
        let text = json["explainedText"]
        guard let id = text?["templateId"]?.string.flatMap({ ConsentTemplateID($0) }),
            let version = text?["version"]?.integer
        else { return nil }
        return (id, Int(version))
    }
}

extension ObjectReader {
    fileprivate mutating func told(
        _ name: String,
        atMost scalars: Int
    ) throws(DecodingRefusal) -> String {
        let text = try text(name)
        let isBlank = text.allSatisfy(\.isWhitespace)
        guard !isBlank, text.unicodeScalars.count <= scalars else { throw refusal(.badForm, name) }
        return text
    }

    fileprivate mutating func codes<List>(
        _ name: String,
        _ make: (String) -> Code<List>
    ) throws(DecodingRefusal) -> [Code<List>] {
        let codes = try array(name).compactMap(\.string).map(make)
        guard !codes.isEmpty else { throw refusal(.missingMember, name) }
        return codes
    }
}
