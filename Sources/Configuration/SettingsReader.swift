import CTOML
import Primitives

/// One TOML text to written values with their places: the only caller of toml++.
struct SettingsReader {
    struct Entry {
        let section: String
        let key: String
        let keyPlace: SettingPlace
        let value: WrittenValue
        let valuePlace: SettingPlace
    }

    /// A configuration file is written by hand; what is larger is another file.
    static let maximumBytes = 64 * 1024

    private let file: String
    private(set) var entries: [Entry] = []
    /// Every table but the outermost, also those without a key.
    private(set) var sections: [(name: String, place: SettingPlace)] = []

    init(file: String, text: [UInt8]) throws(ConfigurationError) {
        self.file = file
        let start = SettingPlace(file: file, line: 1, column: 1)
        guard text.count <= Self.maximumBytes else {
            throw ConfigurationError(.tooLarge, at: start)
        }
        let bytes = try Self.json(text, start)
        let json: JSON
        do throws(DecodingRefusal) {
            // Places make the JSON longer than the text, by a bounded factor.
            json = try JSON(reading: bytes, JSONRules.general.within(64 * Self.maximumBytes))
        } catch {
            throw ConfigurationError(.syntax("nested too deeply"), at: start)
        }
        readTable(json, section: "")
    }

    /// Dotted names of tables are the sections: `[listen.api]`.
    private mutating func readTable(_ node: JSON, section: String) {
        for member in node["table"]?.object?.members ?? [] {
            let keyPlace = place(member.value["key"])
            if member.value["table"] != nil {
                let name = section.isEmpty ? member.name : "\(section).\(member.name)"
                sections.append((name, keyPlace))
                readTable(member.value, section: name)
            } else {
                entries.append(
                    Entry(
                        section: section,
                        key: member.name,
                        keyPlace: keyPlace,
                        value: Self.written(member.value),
                        valuePlace: place(member.value["at"])
                    )
                )
            }
        }
    }

    private func place(_ position: JSON?) -> SettingPlace {
        let numbers = position?.array?.compactMap(\.integer) ?? []
        return SettingPlace(
            file: file,
            line: Int(numbers.first ?? 0),
            column: Int(numbers.last ?? 0)
        )
    }

    private static func written(_ node: JSON) -> WrittenValue {
        if let text = node["text"]?.string { return .text(text) }
        if let number = node["integer"]?.integer { return .integer(Int(number)) }
        if let boolean = node["boolean"]?.bool { return .boolean(boolean) }
        if let elements = node["array"]?.array {
            let texts = elements.compactMap { $0["text"]?.string }
            return texts.count == elements.count ? .texts(texts) : .other
        }
        return .other
    }

    private static func json(
        _ text: [UInt8],
        _ start: SettingPlace
    ) throws(ConfigurationError) -> [UInt8] {
        var outcome = unsafe text.withUnsafeBytes { bytes in
            unsafe ctoml_read(bytes.bindMemory(to: CChar.self).baseAddress, bytes.count)
        }
        defer { unsafe ctoml_free(&outcome) }
        guard let json = unsafe outcome.json else {
            let reason = unsafe withUnsafeBytes(of: outcome.reason) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            let place = unsafe SettingPlace(
                file: start.file,
                line: Int(max(1, outcome.line)),
                column: Int(max(1, outcome.column))
            )
            throw ConfigurationError(.syntax(reason), at: place)
        }
        return unsafe Array(UnsafeRawBufferPointer(start: json, count: outcome.json_length))
    }
}
