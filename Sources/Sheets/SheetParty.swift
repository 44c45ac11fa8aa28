import Primitives

/// The sender or a recipient of a sheet, as the sheet states it.
package struct SheetParty: Sendable, CustomStringConvertible {
    package enum Purpose: String, Sendable { case to, cc }

    package let name: String
    package let type: OrganisationType
    /// 介護保険事業所番号 or 10-digit medical institution code.
    package let officeNumber: String?
    package let department: String?
    package let phone: String?
    package let fax: String?
    package let personName: String?
    package let role: Profession?
    /// Of the sender `to`, without meaning.
    package let purpose: Purpose

    package var description: String { "SheetParty" }

    /// The same office number or, if one has none, the same bytes of the name.
    package func isSameOrganisation(as other: SheetParty) -> Bool {
        guard let mine = officeNumber, let theirs = other.officeNumber else {
            return name.hasSameBytes(as: other.name)
        }
        return mine.hasSameBytes(as: theirs)
    }
}

extension SheetParty {
    init?(sender json: JSON) {
        self.init(
            json["organization"],
            personName: json["person"]?["name"],
            role: json["person"]?["role"],
            purpose: .to
        )
    }

    init?(recipient json: JSON) {
        guard let purpose = json["purpose"]?.string.flatMap(Purpose.init) else { return nil }
        self.init(
            json["organization"],
            personName: json["personName"],
            role: json["role"],
            purpose: purpose
        )
    }

    private init?(_ organization: JSON?, personName: JSON?, role: JSON?, purpose: Purpose) {
        guard let name = organization?["name"]?.string, let type = organization?["type"]?.string
        else { return nil }
        self.name = name
        self.type = OrganisationType(type)
        officeNumber = organization?["officeNo"]?.string
        department = organization?["department"]?.string
        phone = organization?["phone"]?.string
        fax = organization?["fax"]?.string
        self.personName = personName?.string
        self.role = role?.string.map { Profession($0) }
        self.purpose = purpose
    }
}
