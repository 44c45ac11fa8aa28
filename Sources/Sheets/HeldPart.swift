package import Primitives

/// A part of a sheet that the person whom it is about is not given as a matter of course: somebody
/// decides on it first (C-13, C-15, C-18).
package struct HeldPart: Hashable, Sendable, CustomStringConvertible {
    package enum Ground: String, CaseIterable, Sendable {
        /// Given on the ground of a law: the person may not even know of it (C-13).
        case legalException
        /// What is special about the person (C-15), such as what must not reach those around them.
        case special
        /// What tells of somebody else.
        case thirdParty
    }

    /// The empty pointer is the whole sheet.
    package let place: JSONPointer
    package let ground: Ground

    package init(_ place: JSONPointer, _ ground: Ground) {
        self.place = place
        self.ground = ground
    }

    package static let legalException = HeldPart(JSONPointer(), .legalException)

    package var isWhole: Bool { place.tokens.isEmpty }
    package var description: String { "HeldPart(\(place), \(ground.rawValue))" }
}

extension SheetCatalogue {
    /// What of a sheet is held back, as far as its type and its statement of consent tell. What
    /// somebody has written of others in a text is for people to find.
    package func heldParts(of sheet: Sheet) -> [HeldPart] {
        var parts: [HeldPart] = []
        if sheet.consent.status == .legalException { parts.append(.legalException) }
        let rules = delivery(of: sheet.type)
        if !staffOnlyBanners(of: sheet).isEmpty { parts.append(HeldPart(JSONPointer(), .special)) }
        parts += (rules?.withheld ?? []).map { HeldPart($0, .special) }
        parts += (rules?.thirdParty ?? []).map { HeldPart($0, .thirdParty) }
        // Of every type: who consented where the person did not.
        if sheet.consent.givenBy != .person {
            parts += ["giverName", "giverRelationship"].map {
                HeldPart(JSONPointer(tokens: ["consent", $0]), .thirdParty)
            }
        }
        return parts.filter { part in
            part.isWhole
                || sheet.json.removing(part.place.tokens[...]).canonicalBytes != sheet.bytes
        }
    }

    /// The words of the form for a part of a sheet; empty for the whole of it.
    package func label(of part: HeldPart, in type: SheetType) -> String {
        guard !part.isWhole else { return "" }
        return field(of: type)?.label(of: part.place) ?? part.place.description
    }

    /// The form without what is held back, as if nothing had been entered there; nil where the
    /// whole sheet is, and where the catalogue does not know the type.
    package func filledForm(of sheet: Sheet, without held: [HeldPart]) -> FilledForm? {
        guard !held.contains(where: \.isWhole) else { return nil }
        let json = held.reduce(sheet.json) { $0.removing($1.place.tokens[...]) }
        return form(of: sheet.type).map { FormFiller.fill(json, $0) }
    }
}
