import Primitives

/// One field that two sheets of a type do not have in common, in words.
package struct SheetDifference: Hashable, Sendable, CustomStringConvertible {
    /// The labels on the way to the field.
    package let label: String
    /// nil: it was empty.
    package let before: String?
    package let after: String?

    package var description: String { "SheetDifference" }
}

extension SheetCatalogue {
    /// What the newer of two sheets says otherwise of the person and in its body, in the order of
    /// the form. Of rows it tells which have gone and which have come, wherever they stood. What
    /// one of them leaves out as an extract tells nothing.
    package func differences(from old: Sheet, to new: Sheet) -> [SheetDifference] {
        guard let root = field(of: new.type), old.type == new.type else { return [] }
        let removed = [old, new].flatMap { $0.extract?.removed ?? [] }
        let (before, after) = (old.json.removing(removed), new.json.removing(removed))
        return ["patient", "body"].flatMap { name -> [SheetDifference] in
            guard let field = root.member(name) else { return [] }
            let labels = name.hasSameBytes(as: "body") ? [] : [field.label ?? name]
            return DifferenceFinder.find(before[name], after[name], field, labels)
        }
    }
}

private enum DifferenceFinder {
    static func find(
        _ old: JSON?,
        _ new: JSON?,
        _ field: Field,
        _ labels: [String]
    ) -> [SheetDifference] {
        guard field.members.isEmpty else {
            return field.members.flatMap { member in
                let label = member.field.label.map { [$0] } ?? []
                return find(old?[member.name], new?[member.name], member.field, labels + label)
            }
        }
        let (before, after) = rows(old, new, field) ?? (words(old, field), words(new, field))
        let isSame = ByteText(before ?? "") == ByteText(after ?? "")
        guard !isSame, !haveSameItems(old, new) else { return [] }
        let label = labels.joined(separator: " ")
        return [SheetDifference(label: label, before: before, after: after)]
    }

    /// Whether both choose the same of a list, in whatever order.
    private static func haveSameItems(_ old: JSON?, _ new: JSON?) -> Bool {
        guard let old = old?.array, let new = new?.array else { return false }
        let items = [old, new].map { $0.map { ByteText($0.canonicalText) }.sorted() }
        return items[0] == items[1]
    }

    private static func words(_ value: JSON?, _ field: Field) -> String? {
        value.flatMap { FieldText.line($0, field) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The rows that only one of both has; nil for what is no list of rows.
    private static func rows(
        _ old: JSON?,
        _ new: JSON?,
        _ field: Field
    ) -> (before: String?, after: String?)? {
        guard let element = field.element, !element.members.isEmpty else { return nil }
        func lines(_ value: JSON?) -> [ByteText] {
            (value?.array ?? []).map { ByteText(FieldText.line($0, element) ?? "") }
        }
        func without(_ lines: [ByteText], _ others: [ByteText]) -> String? {
            var others = others
            let rest = lines.filter { line in
                guard let index = others.firstIndex(of: line) else { return true }
                others.remove(at: index)
                return false
            }
            return rest.isEmpty ? nil : rest.map(\.text).joined(separator: "\n")
        }
        let (before, after) = (lines(old), lines(new))
        return (without(before, after), without(after, before))
    }
}
