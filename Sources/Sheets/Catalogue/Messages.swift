import Primitives

/// The sentences for problems that no rule of a schema words itself, by result or by
/// `result/keyword`.
struct Messages: Sendable {
    private let texts: [ByteText: String]

    init(_ json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        var texts: [ByteText: String] = [:]
        for name in json.object?.names ?? [] { texts[ByteText(name)] = try reader.text(name) }
        guard texts["E-RULE"] != nil else { throw DecodingRefusal(.missingMember, at: "/E-RULE") }
        self.texts = texts
    }

    /// The most special text there is, with its placeholders filled.
    func sentence(
        _ result: String,
        _ keyword: String = "",
        words: KeyValuePairs<String, String>
    ) -> String {
        let text = texts[ByteText("\(result)/\(keyword)")] ?? texts[ByteText(result)]
        return Messages.fill(text ?? texts["E-RULE"] ?? "", words)
    }

    /// Replaces `{name}` by its word.
    static func fill(_ template: String, _ words: KeyValuePairs<String, String>) -> String {
        var output = ""
        var rest = Substring(template)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            output += rest[..<open]
            let name = rest[rest.index(after: open)..<close]
            output += words.first { $0.key == name }?.value ?? ""
            rest = rest[rest.index(after: close)...]
        }
        return output + rest
    }
}
