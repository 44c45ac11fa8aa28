import Primitives

/// One field of a sheet as its schema describes it: what labels, code lists, rules and plain text
/// need. Types and limits are the schema validator's.
final class Field: Sendable {
    enum Format: Sendable { case date, dateTime }

    struct Member: Sendable {
        let name: String
        let field: Field
    }

    /// What a schema says of the field itself.
    struct Description {
        let label: String?
        let form: String?
        let format: Format?
        let entry: Entry
    }

    /// What somebody who fills in the form must know.
    struct Entry: Sendable {
        /// `type` of the schema.
        let type: String?
        /// The name in `types.json` that the schema refers to, such as `longText`.
        let typeName: String?
        let maximumLength: Int?
        let maximumItems: Int?
        /// Members that must be there, whatever the rules say.
        let required: [String]
        /// True where the schema allows one value alone.
        let isConstant: Bool
        let fill: FormField.Fill?
    }

    let label: String?
    /// What the value must look like, in words for the writer.
    let form: String?
    let format: Format?
    let entry: Entry
    let codes: CodeList?
    /// In the order of the form.
    let members: [Member]
    /// Of an array: the field of its elements.
    let element: Field?
    let rules: [Rule]
    private let positions: [ByteText: Int]

    init(
        _ description: Description,
        codes: CodeList?,
        members: [Member],
        element: Field?,
        rules: [Rule]
    ) {
        label = description.label
        form = description.form
        format = description.format
        entry = description.entry
        self.codes = codes
        self.members = members
        self.element = element
        self.rules = rules
        positions = Dictionary(
            members.enumerated().map { (ByteText($1.name), $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    func member(_ name: String) -> Field? { positions[ByteText(name)].map { members[$0].field } }

    /// The field at a pointer, nil where no schema describes one.
    subscript(pointer: JSONPointer) -> Field? {
        var field: Field? = self
        for token in pointer.tokens { field = field?.member(token) ?? field?.element }
        return field
    }

    /// The labels on the way to a pointer; elements by their number from 1.
    func label(of pointer: JSONPointer) -> String {
        var field: Field? = self
        var words: [String] = []
        for token in pointer.tokens {
            if let member = field?.member(token) {
                field = member
                if let label = member.label, !token.hasSameBytes(as: "body") { words.append(label) }
            } else if let element = field?.element {
                field = element
                words.append(Decimal.value(token.utf8).map { String($0 + 1) } ?? token)
            } else {
                field = nil
            }
        }
        return words.isEmpty ? label ?? "" : words.joined(separator: " ")
    }
}
