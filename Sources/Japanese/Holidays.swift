package import Primitives

/// The public holidays (国民の祝日, 振替休日, 国民の休日) of a span of years, as dated data.
///
/// Source: `Schemas/calendar/holidays.json`. The day of an equinox is fixed by the gazette in
/// February of the year before; the days of later years are those that are expected.
package struct Holidays: Sendable {
    /// The days the table speaks of. Outside them it knows no holiday.
    package let days: ClosedRange<Day>
    private let names: [Day: String]

    /// Reads `{law, firstDay, lastDay, days: [{day, name}]}`.
    package init(_ json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        _ = try reader.text("law")
        let first = try reader.value("firstDay") { Day($0) }
        let last = try reader.value("lastDay") { Day($0) }
        guard first <= last else { throw reader.refusal(.badForm, "lastDay") }
        days = first...last
        var names: [Day: String] = [:]
        for var row in try reader.objects("days") {
            let day = try row.value("day") { Day($0) }
            let name = try row.text("name")
            guard days.contains(day), names.updateValue(name, forKey: day) == nil else {
                throw row.refusal(.badForm, "day")
            }
            try row.finish()
        }
        try reader.finish()
        self.names = names
    }

    /// The name of the holiday that falls on `day`, if one does.
    package func name(of day: Day) -> String? { names[day] }
}
