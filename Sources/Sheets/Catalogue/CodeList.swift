import Primitives

/// A code list: codes with labels, each valid in its time.
struct CodeList: Sendable {
    struct Entry: Sendable {
        let code: String
        let label: String
        let group: String?
        let validFrom: Day?
        let validTo: Day?

        func isValid(on day: Day) -> Bool {
            (validFrom.map { $0 <= day } ?? true) && (validTo.map { day <= $0 } ?? true)
        }
    }

    let id: String
    let label: String
    /// In the order of the form.
    let entries: [Entry]
    private let positions: [ByteText: Int]

    init(id: String, label: String, entries: [Entry]) {
        self.id = id
        self.label = label
        self.entries = entries
        positions = Dictionary(
            entries.enumerated().map { (ByteText($1.code), $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    func holds(_ code: String, on day: Day) -> Bool {
        self[code]?.isValid(on: day) ?? false
    }

    /// Codes stay readable after their time.
    subscript(code: String) -> Entry? { positions[ByteText(code)].map { entries[$0] } }

    func codes(inGroups groups: [String]) -> [String] {
        entries.filter { groups.contains($0.group ?? "") }.map(\.code)
    }
}

/// All code lists, by name.
struct CodeLists: Sendable {
    private let lists: [ByteText: CodeList]

    /// `files` are the documents of `codes/`, by path.
    init(_ files: [(path: String, json: JSON)]) throws(CatalogueRefusal) {
        var sources: [ByteText: CodeListFile] = [:]
        for file in files {
            let source = try inFile(file.path) { () throws(DecodingRefusal) in
                try CodeListFile(file.json)
            }
            guard sources.updateValue(source, forKey: ByteText(source.id)) == nil else {
                throw CatalogueRefusal(.duplicateFile, at: file.path)
            }
        }
        var lists: [ByteText: CodeList] = [:]
        for (name, source) in sources {
            var entries = source.entries
            for other in source.includes {
                // One level is all the lists need, and it cannot go round in a circle.
                guard let other = sources[ByteText(other)], other.includes.isEmpty else {
                    throw CatalogueRefusal(.unknownCodeList, at: "codes/\(source.id).json")
                }
                entries += other.entries
            }
            lists[name] = CodeList(id: source.id, label: source.label, entries: entries)
        }
        self.lists = lists
    }

    subscript(name: String) -> CodeList? { lists[ByteText(name)] }
}

private struct CodeListFile {
    let id: String
    let label: String
    let includes: [String]
    let entries: [CodeList.Entry]

    init(_ json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        id = try reader.text("id")
        label = try reader.text("label")
        includes = try reader.optionalArray("includes").compactMap(\.string)
        var entries: [CodeList.Entry] = []
        for var row in try reader.objects("codes") {
            entries.append(
                CodeList.Entry(
                    code: try row.text("code"),
                    label: try row.text("label"),
                    group: try row.optionalText("group"),
                    validFrom: try row.optionalValue("validFrom", Day.init),
                    validTo: try row.optionalValue("validTo", Day.init)
                )
            )
            // For screens, exports and readers; validation has no use for them.
            for name in ["identifier", "note", "certificationCode", "entered"] {
                _ = row.optional(name)
            }
            try row.finish()
        }
        self.entries = entries
        try reader.finish()
    }
}

/// Gives a decoding fault the file it was found in.
func inFile<Value>(
    _ path: String,
    _ body: () throws(DecodingRefusal) -> Value
) throws(CatalogueRefusal) -> Value {
    do throws(DecodingRefusal) { return try body() } catch {
        throw CatalogueRefusal(.malformed(error), at: path)
    }
}
