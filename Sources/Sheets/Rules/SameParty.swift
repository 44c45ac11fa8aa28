import Primitives

/// When two sheets speak of the same organisation or person.
enum SameParty {
    /// The same office number or, if one has none, the same bytes of the name (X2, LR3).
    static func isSameOrganization(_ left: JSON, _ right: JSON) -> Bool {
        isSame(left, right, "officeNo") ?? isSame(left, right, "name") ?? false
    }

    /// The insured number if both have one; else the birth day, if both have one, and the name
    /// (X12).
    static func isSamePatient(_ left: JSON, _ right: JSON) -> Bool {
        isSame(left, right, "insuredNumber")
            ?? ((isSame(left, right, "birthDate") ?? true)
                && (isSame(left, right, "fullName") ?? false))
    }

    /// Nil unless both have the member.
    private static func isSame(_ left: JSON, _ right: JSON, _ name: String) -> Bool? {
        guard let left = left[name], let right = right[name] else { return nil }
        return left.isSameValue(as: right)
    }
}
