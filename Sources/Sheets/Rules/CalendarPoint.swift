import Primitives

/// A day or an instant as sheets write it.
enum CalendarPoint {
    case day(Day)
    case instant(Timestamp)

    init?(_ json: JSON) {
        guard let text = json.string else { return nil }
        if let day = Day(text) {
            self = .day(day)
        } else if let instant = CalendarPoint.instant(text) {
            self = .instant(instant)
        } else {
            return nil
        }
    }

    /// - Returns: nil unless `text` is `YYYY-MM-DDThh:mm:ss±hh:mm` of an existing day and time.
    static func instant(_ text: String) -> Timestamp? {
        let bytes = text.bytes
        guard bytes.count == 25, bytes[22] == UInt8(ascii: ":"),
            bytes[19] == UInt8(ascii: "+") || bytes[19] == UInt8(ascii: "-"),
            let hours = Decimal.value(bytes[20..<22]), hours < 24,
            let minutes = Decimal.value(bytes[23..<25]), minutes < 60,
            let local = Timestamp(String(decoding: bytes[0..<19], as: UTF8.self) + ".000Z")
        else { return nil }
        let offset = Duration.minutes(hours * 60 + minutes)
        return local.adding(bytes[19] == UInt8(ascii: "+") ? .zero - offset : offset)
    }

    private var day: Day {
        switch self {
        case .day(let day): day
        case .instant(let instant): instant.dayInJapan
        }
    }

    /// False where either value is no point in time. A day and an instant compare by days.
    static func isLater(_ left: JSON, than right: JSON) -> Bool {
        guard let left = CalendarPoint(left), let right = CalendarPoint(right) else { return false }
        if case (.instant(let left), .instant(let right)) = (left, right) { return left > right }
        return left.day > right.day
    }

    /// By days; false where either value is no point in time.
    static func isLater(_ left: JSON, than right: JSON, byMoreThan days: Int) -> Bool {
        guard let left = CalendarPoint(left), let right = CalendarPoint(right) else { return false }
        return left.day > right.day.adding(days: days)
    }
}

extension JSON {
    /// Equality of scalars: text by bytes, times as instants. Objects and arrays never match.
    func isSameValue(as other: JSON) -> Bool {
        switch (self, other) {
        case (.string(let left), .string(let right)):
            if left.hasSameBytes(as: right) { return true }
            guard let left = CalendarPoint.instant(left) else { return false }
            return left == CalendarPoint.instant(right)
        case (.integer(let left), .integer(let right)): return left == right
        case (.bool(let left), .bool(let right)): return left == right
        default: return false
        }
    }
}
