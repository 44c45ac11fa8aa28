package import Primitives

/// 抜粋 (C-14): what a sheet says of itself that leaves parts of a whole one out.
package struct SheetExtract: Sendable, CustomStringConvertible {
    /// The whole sheet by its number alone: with a hash of it one could try what the parts that
    /// are left out may say.
    package let whole: SheetID
    /// What is left out, `/attachments` or members of the body, whether the whole has them or not:
    /// that one is named tells nothing.
    package let removed: [JSONPointer]
    /// Names of the organisations that get the whole.
    package let heldBy: [String]

    package var description: String { "SheetExtract" }

    /// nil where a member is missing or of another form.
    init?(_ json: JSON) {
        let places = (json["removed"]?.array ?? []).map { $0.string.flatMap { JSONPointer($0) } }
        let names = (json["heldBy"]?.array ?? []).compactMap(\.string)
        guard let whole = json["of"]?.string.flatMap(SheetID.init(_:)),
            !places.isEmpty, places.allSatisfy({ $0 != nil })
        else { return nil }
        self.whole = whole
        removed = places.compactMap(\.self)
        heldBy = names
    }

    /// Whether a place, or what it stands in, was left out.
    func leavesOut(_ place: JSONPointer) -> Bool {
        removed.contains { place.tokens.starts(with: $0.tokens) { $0.hasSameBytes(as: $1) } }
    }

    static let attachments = JSONPointer(tokens: ["attachments"])
}

extension SheetCatalogue {
    /// What of a sheet a recipient gets who is to see the named members of its body alone: the same
    /// sheet under a number of its own, with what is left out in none of its bytes. Attachments and
    /// what is withheld (C-15) are never in it.
    ///
    /// - Parameters:
    ///   - whole: the sheet as those get it who get all of it.
    ///   - recipient: the one row of the extract's `recipients`.
    ///   - names: members of the body; nil: all that may be in an extract.
    ///   - number: of the extract, and of an earlier one that it corrects.
    /// - Returns: nil where a name is none of what an extract of this type may have, or there is
    ///   none. It is not validated yet.
    package func extract(
        of whole: JSON,
        for recipient: JSON,
        keeping names: [String]?,
        as number: (id: SheetID, supersedes: SheetID?)
    ) -> JSON? {
        guard let form = whole["sheetType"]?.string.flatMap(SheetType.init).flatMap(form(of:)),
            let body = form.root.member("body"), var sheet = whole.object
        else { return nil }
        let never = Set((form.delivery?.neverExtracted ?? []).map(\.tokens).map { ByteText($0[1]) })
        let offered = body.members.map { ByteText($0.name) }.filter { !never.contains($0) }
        let kept = Set(names.map { $0.map { ByteText($0) } } ?? offered)
        guard !kept.isEmpty, kept.isSubset(of: offered) else { return nil }
        let always = Set((form.delivery?.alwaysExtracted ?? []).map { ByteText($0.tokens[1]) })
        let going = kept.union(always)
        let left = body.members.map(\.name).filter { !going.contains(ByteText($0)) }
            .map { JSONPointer(tokens: ["body", $0]) }
        let removed = [SheetExtract.attachments] + left
        let holders = (whole["recipients"]?.array ?? []).compactMap { $0["organization"]?["name"] }
        sheet["sheetId"] = .string(number.id.text)
        sheet["supersedes"] = number.supersedes.map { .string($0.text) }
        sheet["recipients"] = [recipient]
        sheet["extract"] = [
            "of": whole["sheetId"],
            "removed": .array(removed.map { .string($0.description) }),
            "heldBy": .array(holders),
        ]
        return JSON.object(sheet).removing(removed)
    }
}

extension SheetCatalogue {
    /// The members of the body that an extract was to have, whether the whole has them or not.
    package func kept(in extract: Sheet) -> [String] {
        let members = field(of: extract.type)?.member("body")?.members.map(\.name) ?? []
        return members.filter {
            extract.extract?.leavesOut(JSONPointer(tokens: ["body", $0])) == false
        }
    }

    /// The sections of a form with what of them is chosen for an extract.
    package func sectionsOfExtract(of type: SheetType, on day: Day) -> [FormSection] {
        let rules = delivery(of: type)
        let fixed = ((rules?.neverExtracted ?? []) + (rules?.alwaysExtracted ?? []))
            .map { ByteText($0.tokens[1]) }
        return sections(of: type, on: day).map { section in
            let fields = section.fields.filter { !fixed.contains(ByteText($0.name)) }
            return FormSection(title: section.title, fields: fields)
        }.filter { !$0.fields.isEmpty }
    }
}

extension DeliveryRules {
    /// Members of the body that no extract has: what is withheld, wherever within them it stands.
    var neverExtracted: [JSONPointer] {
        withheld.filter { $0.tokens.count > 1 && $0.tokens[0].hasSameBytes(as: "body") }
            .map { JSONPointer(tokens: Array($0.tokens.prefix(2))) }
    }
}

extension DeliveryRules {
    /// Members of the body that every extract has: what a warning to staff (本人未告知) hangs on,
    /// and what decides who may send it to whom, for what.
    var alwaysExtracted: [JSONPointer] {
        let ways = directions.flatMap { [$0.condition] + $0.purposes.map(\.condition) }
        return (staffOnly.map(\.condition) + ways).flatMap(\.paths).compactMap {
            $0.pointer(from: JSONPointer())
        }
        .filter { $0.tokens.count > 1 && $0.tokens[0].hasSameBytes(as: "body") }
        .map { JSONPointer(tokens: Array($0.tokens.prefix(2))) }
    }
}

extension Condition {
    /// All places that it looks at.
    fileprivate var paths: [RulePath] {
        switch self {
        case .all(let parts), .any(let parts): parts.flatMap(\.paths)
        case .not(let part): part.paths
        case .values(let path, _, _): [path]
        }
    }
}

extension SheetForm {
    /// What an extract leaves out, by the headings of the page; of a section that is there in part
    /// by the labels of what is not.
    func words(leftOutBy extract: SheetExtract) -> [String] {
        let members = root.member("body")?.members ?? []
        let inBody = layout.sections(of: members.map(\.name)).compactMap { title, numbers in
            let left = numbers.map { members[$0] }.filter {
                extract.leavesOut(JSONPointer(tokens: ["body", $0.name]))
            }
            guard !left.isEmpty else { return nil as String? }
            let title = title ?? "書類の始め"
            guard left.count < numbers.count else { return "「\(title)」のすべて" }
            let labels = left.map { $0.field.label ?? $0.name }.joined(separator: "／")
            return "「\(title)」のうち \(labels)"
        }
        let attachments = SheetExtract.attachments
        return inBody
            + (extract.leavesOut(attachments) ? [root.label(of: attachments)] : [])
    }
}
