import Primitives

/// The form of an option's value, with its bounds.
package enum SettingForm: Equatable, Sendable, CustomStringConvertible {
    case text
    /// A text that has no default and may not be empty.
    case requiredText
    case texts
    case choice([String])
    case integer(ClosedRange<Int>)
    case duration(ClosedRange<Duration>)
    case bytes(ClosedRange<Int>)
    /// So many a second: `60/s`.
    case rate(ClosedRange<Int>)
    /// So many bytes a day: `10GiB/day`.
    case bytesADay(ClosedRange<Int>)
    /// `host:port`; port 0 lets the system choose.
    case address
    /// The same, or nothing.
    case addressOrNone

    /// What a value must be, in English.
    package var description: String {
        switch self {
        case .text: "a text"
        case .requiredText: "a text that is not empty"
        case .texts: "a list of texts"
        case .choice(let words): "one of " + words.map { "\"\($0)\"" }.joined(separator: ", ")
        case .integer, .duration, .bytes, .rate, .bytesADay:
            range.map { "from \($0) to \($1)" } ?? ""
        case .address: "an address like \"127.0.0.1:8443\""
        case .addressOrNone: "an address like \"127.0.0.1:8443\", or \"\""
        }
    }

    /// Both bounds as they would be written.
    package var range: (least: String, most: String)? {
        switch self {
        case .text, .requiredText, .texts, .choice, .address, .addressOrNone: nil
        case .integer(let range): ("\(range.lowerBound)", "\(range.upperBound)")
        case .duration(let range):
            (quoted(Units.text(range.lowerBound)), quoted(Units.text(range.upperBound)))
        case .bytes(let range):
            (
                quoted(Units.text(bytes: range.lowerBound)),
                quoted(Units.text(bytes: range.upperBound))
            )
        case .rate(let range): (quoted("\(range.lowerBound)/s"), quoted("\(range.upperBound)/s"))
        case .bytesADay(let range):
            (
                quoted(Units.text(bytes: range.lowerBound) + "/day"),
                quoted(Units.text(bytes: range.upperBound) + "/day")
            )
        }
    }

    /// - Returns: nil for every value that has not this form or is out of bounds.
    func value(_ written: WrittenValue) -> SettingValue? {
        switch (self, written) {
        case (.text, .text(let text)): .text(text)
        case (.requiredText, .text(let text)): text.isEmpty ? nil : .text(text)
        case (.texts, .texts(let texts)): .texts(texts)
        case (.choice(let words), .text(let text)):
            words.contains { $0.hasSameBytes(as: text) } ? .text(text) : nil
        case (.integer(let range), .integer(let number)):
            range.contains(number) ? .integer(number) : nil
        case (.duration(let range), .text(let text)):
            Units.duration(text).flatMap { range.contains($0) ? .duration($0) : nil }
        case (.bytes(let range), .text(let text)):
            within(range, Units.bytes(text)).map(SettingValue.bytes)
        case (.rate(let range), .text(let text)):
            within(range, before("/s", text).flatMap { Decimal.value($0.utf8) })
                .map(SettingValue.rate)
        case (.bytesADay(let range), .text(let text)):
            within(range, before("/day", text).flatMap(Units.bytes)).map(SettingValue.bytesADay)
        case (.address, .text(let text)): ListenAddress(text).map(SettingValue.address)
        case (.addressOrNone, .text(let text)):
            text.isEmpty ? .text("") : ListenAddress(text).map(SettingValue.address)
        default: nil
        }
    }

    private func within(_ range: ClosedRange<Int>, _ number: Int?) -> Int? {
        number.flatMap { range.contains($0) ? $0 : nil }
    }

    private func before(_ suffix: String, _ text: String) -> String? {
        text.hasSuffix(suffix) ? String(text.dropLast(suffix.count)) : nil
    }

    private func quoted(_ text: String) -> String { "\"\(text)\"" }
}

/// A value as TOML holds it.
enum WrittenValue {
    case text(String)
    case texts([String])
    case integer(Int)
    case boolean(Bool)
    case other
}
