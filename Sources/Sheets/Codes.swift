import Primitives

/// A value of one code list. The lists are data: only codes that Swift must name are spelled here.
package struct Code<List>: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }
}

/// The list `OrgType`.
package enum OrganisationTypes {}
package typealias OrganisationType = Code<OrganisationTypes>

extension Code where List == OrganisationTypes {
    package static let homeCareSupport = Code("homeCareSupport")
    package static let hospital = Code("hospital")
    package static let clinic = Code("clinic")
    package static let consultationRoom = Code("consultationRoom")
}

/// The list `ConsentPurpose`.
package enum ConsentPurposes {}
package typealias ConsentPurpose = Code<ConsentPurposes>

extension Code where List == ConsentPurposes {
    package static let consultation = Code("consultation")
}

/// The list `ConsentMethod`.
package enum ConsentMethods {}
package typealias ConsentMethod = Code<ConsentMethods>

/// The list `ConsentGiver`.
package enum ConsentGivers {}
package typealias ConsentGiver = Code<ConsentGivers>

extension Code where List == ConsentGivers {
    /// The patient.
    package static let person = Code("self")
}

/// The list `Profession` (職種).
package enum Professions {}
package typealias Profession = Code<Professions>

/// The list `AttachmentKind`.
package enum AttachmentKinds {}
package typealias AttachmentKind = Code<AttachmentKinds>

/// The list `Urgency`: deadlines hang on it, so it is closed.
package enum SheetUrgency: String, Sendable {
    case routine, soon, sameDay, emergency
}

/// The list `ConsentStatus`: every rule on consent decides by it, so it is closed.
package enum ConsentStatus: String, Sendable {
    case obtained, obtainedFromProxy, implied, emergencyException, legalException, notRequired
    case pending, refused, withdrawn
}
