package import Primitives

/// A code of an open list: the catalogue in `Schemas/codes` names those in use, and a list may grow
/// without a new version of the statement that carries one.
package enum OrganisationCode: IdentifierForm {
    package static func accepts(_ text: String) -> Bool { SheetKind.accepts(text) }
}

/// A code of the list of departments (部署).
package enum DepartmentCode: IdentifierForm {
    package static func accepts(_ text: String) -> Bool { SheetKind.accepts(text) }
}

/// A telephone or fax number: digits and hyphens, 10 or 11 digits, a digit at both ends.
package enum TelephoneForm: IdentifierForm {
    package static func accepts(_ text: String) -> Bool {
        let digits = text.utf8.filter(isDigit)
        guard (10...11).contains(digits.count), text.utf8.count <= 15,
            let first = text.utf8.first, let last = text.utf8.last
        else { return false }
        return isDigit(first) && isDigit(last)
            && text.utf8.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

package typealias OrganisationType = Identifier<OrganisationCode>
package typealias Department = Identifier<DepartmentCode>
package typealias TelephoneNumber = Identifier<TelephoneForm>
