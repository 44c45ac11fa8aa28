import Primitives

/// Numbers with a unit, as configuration writes them: `30s`, `2MiB`.
enum Units {
    /// Milliseconds to days. `min` and `m` are both a minute.
    static let durations: [(unit: String, milliseconds: Int)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("m", 60_000), ("s", 1000),
        ("ms", 1),
    ]
    static let sizes: [(unit: String, bytes: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
    ]

    static func duration(_ text: String) -> Duration? {
        value(text, durations.map { ($0.unit, $0.milliseconds) }).map { .milliseconds($0) }
    }

    static func bytes(_ text: String) -> Int? {
        value(text, sizes.map { ($0.unit, $0.bytes) })
    }

    /// The shortest form that `duration` reads back.
    static func text(_ duration: Duration) -> String {
        text(Int(duration.inMilliseconds), durations.map { ($0.unit, $0.milliseconds) })
    }

    static func text(bytes: Int) -> String { text(bytes, sizes.map { ($0.unit, $0.bytes) }) }

    private static func value(_ text: String, _ units: [(String, Int)]) -> Int? {
        let digits = text.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let unit = String(text.utf8.dropFirst(digits.count)) ?? ""
        guard let count = Decimal.value(digits),
            let scale = units.first(where: { $0.0.hasSameBytes(as: unit) })?.1
        else { return nil }
        let (product, isTooLarge) = count.multipliedReportingOverflow(by: scale)
        return isTooLarge ? nil : product
    }

    private static func text(_ value: Int, _ units: [(String, Int)]) -> String {
        for (unit, scale) in units where value > 0 && value.isMultiple(of: scale) {
            return "\(value / scale)\(unit)"
        }
        return "0\(units.contains { $0.0 == "s" } ? "s" : "B")"
    }
}
