package import Primitives

/// A time of day in Japan, written `09:00`; `24:00` is the end of a day.
package struct TimeOfDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let minutes: Int

    /// - Returns: nil unless `text` is `HH:MM`.
    package init?(_ text: String) {
        let bytes = text.bytes
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"),
            let hour = Decimal.value(bytes[0..<2]), let minute = Decimal.value(bytes[3..<5]),
            minute < 60, hour * 60 + minute <= 24 * 60
        else { return nil }
        minutes = hour * 60 + minute
    }

    package var description: String {
        Decimal.text(minutes / 60, width: 2) + ":" + Decimal.text(minutes % 60, width: 2)
    }

    package static func < (left: TimeOfDay, right: TimeOfDay) -> Bool {
        left.minutes < right.minutes
    }
}

package enum Weekday: String, CaseIterable, Sendable { case mon, tue, wed, thu, fri, sat, sun }

/// The days and times a desk can be reached.
package struct OpenTimes: Sendable {
    package let days: [Weekday]
    package let from: TimeOfDay
    package let to: TimeOfDay

    /// - Returns: nil unless `from` is before `to`.
    package init?(_ days: [Weekday], from: TimeOfDay, to: TimeOfDay) {
        guard from < to else { return nil }
        self.days = days
        self.from = from
        self.to = to
    }

    init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        days = try reader.values("days") { Weekday(rawValue: $0) }
        from = try reader.value("from") { TimeOfDay($0) }
        to = try reader.value("to") { TimeOfDay($0) }
        guard from < to else { throw reader.refusal(.badForm, "to") }
    }

    var json: JSON {
        [
            "days": .texts(days.map(\.rawValue)), "from": .string(from.description),
            "to": .string(to.description),
        ]
    }
}

/// When a desk is open.
package struct OfficeHours: Record {
    package let times: OpenTimes
    /// Whether the same holds on public holidays.
    package let holidays: Bool

    package init(_ times: OpenTimes, holidays: Bool) {
        self.times = times
        self.holidays = holidays
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        times = try OpenTimes(reading: &reader)
        holidays = try reader.bool("holidays")
    }

    package var json: JSON { times.json.adding(["holidays": .bool(holidays)]) }
}

/// How a desk is spoken to.
package enum ContactWay: String, CaseIterable, Sendable { case telephone, visit, system }

/// ケアマネタイム.
package struct CareManagerHours: Record {
    package let times: OpenTimes
    package let way: ContactWay
    package let note: String?

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        times = try OpenTimes(reading: &reader)
        way = try reader.code("way")
        note = try reader.optionalLine("note")
    }

    package var json: JSON {
        times.json.adding(["way": .code(way), "note": note.map { .string($0) }])
    }
}

/// How to make an appointment (アポイントを取る方法).
package struct Appointment: Record {
    package let way: ContactWay
    package let leadDays: Int?
    package let note: String?
    /// Whether the desk joins a conference before discharge (退院前カンファレンス).
    package let jointConference: Bool

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        way = try reader.code("way")
        leadDays = try reader.optionalCount("leadDays")
        note = try reader.optionalLine("note")
        jointConference = try reader.bool("jointConference")
    }

    package var json: JSON {
        [
            "way": .code(way), "leadDays": leadDays.map { .count($0) },
            "note": note.map { .string($0) }, "jointConference": .bool(jointConference),
        ]
    }
}

extension JSON {
    /// An object with the members of `more` after its own.
    fileprivate func adding(_ more: KeyValuePairs<String, JSON?>) -> JSON {
        guard var object else { return self }
        for (name, value) in more { object[name] = value }
        return .object(object)
    }
}
