package import Primitives

/// The signed statement of consent in a sheet: what a recipient can check by itself.
package struct ConsentStatement: Sendable, CustomStringConvertible {
    package let status: ConsentStatus
    /// The printed sentence of the form.
    package let statement: String
    package let obtainedOn: Day?
    package let method: ConsentMethod?
    package let givenBy: ConsentGiver?
    package let giverName: String?
    package let obtainedByPerson: String?
    package let recordID: ConsentRecordID?
    package let familyInfoConsent: Bool
    package let emergencyReason: String?
    package let legalBasis: String?
    package let noticeVersion: String?
    package let purposes: [ConsentPurpose]
    package let organisationTypes: [OrganisationType]
    package let officeNumbers: [String]

    package var description: String { "ConsentStatement" }

    /// True if the scope names the organisation's type or its office number.
    package func covers(_ type: OrganisationType, officeNumber: String?) -> Bool {
        organisationTypes.contains(type)
            || officeNumbers.contains { officeNumber?.hasSameBytes(as: $0) ?? false }
    }
}

extension ConsentStatement {
    init?(_ json: JSON) {
        func text(_ name: String) -> String? { json[name]?.string }
        func texts(_ name: String) -> [String] { (json[name]?.array ?? []).compactMap(\.string) }
        guard let status = text("status").flatMap(ConsentStatus.init),
            let statement = text("statement")
        else { return nil }
        self.status = status
        self.statement = statement
        obtainedOn = text("obtainedOn").flatMap(Day.init)
        method = text("method").map { ConsentMethod($0) }
        givenBy = text("givenBy").map { ConsentGiver($0) }
        giverName = text("giverName")
        obtainedByPerson = text("obtainedByPerson")
        recordID = text("consentRecordId").flatMap(ConsentRecordID.init)
        familyInfoConsent = json["familyInfoConsent"]?.bool ?? false
        emergencyReason = text("emergencyReason")
        legalBasis = text("legalBasis")
        noticeVersion = text("noticeVersion")
        purposes = texts("scopePurposes").map { ConsentPurpose($0) }
        organisationTypes = texts("scopeOrgTypes").map { OrganisationType($0) }
        officeNumbers = texts("scopeOrgNos")
    }
}
