/// A moment in UTC with milliseconds; written `2026-11-21T02:03:04.567Z`, exactly 24 bytes.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Since 1970-01-01T00:00:00Z, without leap seconds.
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// - Returns: nil unless `text` is in the one accepted form (RFC 3339, UTC, milliseconds).
    package init?(_ text: String) {
        let bytes = text.bytes
        guard bytes.count == 24, bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"), bytes[19] == UInt8(ascii: "."),
            bytes[23] == UInt8(ascii: "Z"),
            let day = Day(bytes[0..<10]), let hour = Decimal.value(bytes[11..<13]),
            let minute = Decimal.value(bytes[14..<16]), let second = Decimal.value(bytes[17..<19]),
            let millisecond = Decimal.value(bytes[20..<23]),
            let whole = Timestamp(day, (hour, minute, second))
        else { return nil }
        milliseconds = whole.milliseconds + Int64(millisecond)
    }

    /// A second of a day in UTC.
    ///
    /// - Returns: nil unless there is such a second; there are no leap seconds.
    package init?(_ day: Day, _ clock: (hour: Int, minute: Int, second: Int)) {
        guard (0..<24).contains(clock.hour), (0..<60).contains(clock.minute),
            (0..<60).contains(clock.second)
        else { return nil }
        let minutes = (day.daysSince1970 * 24 + clock.hour) * 60 + clock.minute
        milliseconds = Int64((minutes * 60 + clock.second) * 1000)
    }

    /// The day in UTC.
    package var day: Day { Day(daysSince1970: Int(floorDays)) }

    package var description: String {
        let ofDay = Int(positiveRemainder)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        day.write(to: &text)
        text.append(UInt8(ascii: "T"))
        Decimal.write(ofDay / 3_600_000, width: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Decimal.write(ofDay / 60_000 % 60, width: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Decimal.write(ofDay / 1000 % 60, width: 2, to: &text)
        text.append(UInt8(ascii: "."))
        Decimal.write(ofDay % 1000, width: 3, to: &text)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// The day in Japan (JST, +09:00, no summer time).
    package var dayInJapan: Day { Day(daysSince1970: Int(inJapan.floorDays)) }

    /// Minutes since midnight in Japan.
    package var minuteOfDayInJapan: Int { Int(inJapan.positiveRemainder / 60_000) }

    /// Midnight JST at the start of `day`.
    package init(startOfDayInJapan day: Day) {
        let local = Int64(day.daysSince1970) * Timestamp.dayMilliseconds
        milliseconds = local - Timestamp.japanOffset
    }

    package func adding(_ duration: Duration) -> Timestamp {
        Timestamp(milliseconds: milliseconds + duration.inMilliseconds)
    }

    /// Positive when `self` is later.
    package func since(_ earlier: Timestamp) -> Duration {
        .milliseconds(milliseconds - earlier.milliseconds)
    }

    package var seconds: Int64 { (milliseconds - positiveRemainder(of: 1000)) / 1000 }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    private static let dayMilliseconds: Int64 = 86_400_000
    private static let japanOffset: Int64 = 9 * 3_600_000

    private var inJapan: Timestamp { Timestamp(milliseconds: milliseconds + Self.japanOffset) }
    private var positiveRemainder: Int64 { positiveRemainder(of: Timestamp.dayMilliseconds) }
    private var floorDays: Int64 { (milliseconds - positiveRemainder) / Timestamp.dayMilliseconds }

    private func positiveRemainder(of unit: Int64) -> Int64 {
        let remainder = milliseconds % unit
        return remainder < 0 ? remainder + unit : remainder
    }
}

extension Duration {
    /// Whole milliseconds, cut towards zero.
    package var inMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }

    package static func minutes(_ count: Int) -> Duration { .seconds(count * 60) }
    package static func hours(_ count: Int) -> Duration { .seconds(count * 3600) }
    package static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}
