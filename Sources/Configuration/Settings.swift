package import Primitives

/// All options of one service, checked, each with where it came from.
package struct Settings: Sendable {
    /// Where a value came from.
    package enum Origin: Equatable, Sendable, CustomStringConvertible {
        case `default`
        case file(SettingPlace)

        package var description: String {
            switch self {
            case .default: "default"
            case .file(let place): "\(place.file):\(place.line)"
            }
        }
    }

    /// One line of `config show --effective`.
    package struct Effective: Sendable {
        package let row: SettingRow
        /// As it would be written in the file.
        package let value: JSON
        package let origin: Origin
    }

    package let kind: ServiceKind
    private var values: [ByteText: (value: SettingValue, origin: Origin)] = [:]

    /// - Parameters:
    ///   - kind: decides which options there are, and their defaults.
    ///   - files: the main file first, then those of `conf.d` in name order; later ones win.
    /// - Throws: the first fault in the order of the files.
    package init(
        kind: ServiceKind,
        files: [(name: String, text: [UInt8])]
    ) throws(ConfigurationError) {
        self.kind = kind
        let rows = Setting.rows(kind)
        for file in files {
            let reader = try SettingsReader(file: file.name, text: file.text)
            for section in reader.sections { try Self.check(section, among: rows) }
            for entry in reader.entries {
                let row = try Self.row(entry, among: rows)
                guard let value = row.form.value(entry.value) else {
                    throw ConfigurationError(.unfit(row.name, row.form), at: entry.valuePlace)
                }
                values[ByteText(row.name)] = (value, .file(entry.keyPlace))
            }
        }
        for row in rows where values[ByteText(row.name)] == nil {
            guard row.form != .requiredText else {
                let place = SettingPlace(file: files.first?.name ?? "", line: 0, column: 0)
                throw ConfigurationError(.missing(row.name), at: place)
            }
            values[ByteText(row.name)] = row.defaultValue(kind).map { ($0, .default) }
        }
    }

    /// - Precondition: the service has the option.
    package subscript<Value>(_ key: SettingKey<Value>) -> Value {
        guard let found = values[ByteText(key.row.name)], let value = key.value(found.value) else {
            preconditionFailure("\(key.row.name) is no option of \(kind)")
        }
        return value
    }

    /// Every option in the order of the table.
    package var effective: [Effective] {
        Setting.rows(kind).compactMap { row in
            values[ByteText(row.name)].map { found in
                Effective(row: row, value: found.value.json, origin: found.origin)
            }
        }
    }

    /// The options marked † that `newer` would change: they wait for the next start.
    package func restartNeeded(for newer: Settings) -> [SettingRow] {
        zip(effective, newer.effective).compactMap { old, new in
            let isSame = old.value.canonicalBytes == new.value.canonicalBytes
            return isSame || !old.row.needsRestart ? nil : old.row
        }
    }

    /// A section is known, or is the beginning of known ones: `listen` of `listen.api`.
    private static func check(
        _ section: (name: String, place: SettingPlace),
        among rows: [SettingRow]
    ) throws(ConfigurationError) {
        let isKnown = rows.contains { row in
            row.section.hasSameBytes(as: section.name) || row.section.hasPrefix(section.name + ".")
        }
        guard isKnown else {
            let nearest = Nearest.word(to: section.name, among: rows.map(\.section))
            throw ConfigurationError(
                .unknownSection(section.name, nearest: nearest),
                at: section.place
            )
        }
    }

    private static func row(
        _ entry: SettingsReader.Entry,
        among rows: [SettingRow]
    ) throws(ConfigurationError) -> SettingRow {
        let section = rows.filter { $0.section.hasSameBytes(as: entry.section) }
        if let row = section.first(where: { $0.key.hasSameBytes(as: entry.key) }) { return row }
        // The right key in the wrong section is nearer than any other word.
        let elsewhere = rows.first { $0.key.hasSameBytes(as: entry.key) }?.name
        let nearest = elsewhere ?? Nearest.word(to: entry.key, among: section.map(\.key))
        throw ConfigurationError(.unknownKey(entry.key, nearest: nearest), at: entry.keyPlace)
    }
}
