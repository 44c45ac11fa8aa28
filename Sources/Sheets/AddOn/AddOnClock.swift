package import Japanese
package import Primitives

/// When a person was, or will be, admitted.
package struct Admission: Hashable, Sendable, CustomStringConvertible {
    package let day: Day
    /// Since midnight JST; nil where the sheet does not tell the time.
    package let minute: Int?

    package init(day: Day, minute: Int?) {
        self.day = day
        self.minute = minute
    }

    /// What an 入院時情報提供書 says; nil for any other sheet, for an extract, which is less than the
    /// form, and while the day is not fixed.
    package init?(_ sheet: Sheet) {
        let body = sheet.json["body"]
        guard sheet.type == .admissionInfo, sheet.extract == nil,
            let day = body?["admittedOn"]?.string.flatMap({ Day($0) })
        else { return nil }
        self.day = day
        minute = body?["admittedTime"]?.string.flatMap(Admission.minute)
    }

    package var description: String { "Admission" }

    /// Of `HH:MM`.
    private static func minute(_ text: String) -> Int? {
        let bytes = text.bytes
        guard bytes.count == 5, let hour = Decimal.value(bytes[0..<2]),
            let minute = Decimal.value(bytes[3..<5])
        else { return nil }
        return hour * 60 + minute
    }
}

/// Until when the information about an admission must have arrived, tier by tier, and which tier an
/// arrival meets. What counts is the time of the recipient's *delivered* receipt, in Japan.
package struct AddOnClock: Sendable {
    package struct Deadline: Sendable {
        package let limit: AddOnRules.Limit
        /// The last day that counts, to its end.
        package let day: Day

        /// The first moment that is too late.
        package var end: Timestamp { Timestamp(startOfDayInJapan: day.adding(days: 1)) }
    }

    package let edition: AddOnRules.Edition
    /// The best tier first.
    package let deadlines: [Deadline]

    /// The clock of a sheet; nil for a sheet that no such add-on goes with.
    package init?(_ sheet: Sheet, rules: AddOnRules, calendar: OfficeCalendar) {
        guard rules.senders.contains(sheet.sender.type), let admission = Admission(sheet) else {
            return nil
        }
        self.init(admission, rules: rules, calendar: calendar)
    }

    /// Where the time of admission or the hours of the office are not known the admission counts as
    /// within hours: the earlier limit.
    ///
    /// - Returns: nil for an admission before the first edition of the rules.
    package init?(_ admission: Admission, rules: AddOnRules, calendar: OfficeCalendar) {
        guard let edition = rules.edition(on: admission.day) else { return nil }
        self.edition = edition
        deadlines = edition.limits.map { limit in
            let last = admission.day.adding(days: limit.lastDay - 1)
            let given = AddOnClock.circumstances(admission, last, calendar)
            let isLonger = limit.nextDayWhen.contains { $0.isSubset(of: given) }
            return Deadline(limit: limit, day: isLonger ? last.adding(days: 1) : last)
        }
    }

    /// The best tier whose limit an arrival at `time` keeps. Before the admission is in time too.
    package func met(by time: Timestamp) -> Deadline? { deadlines.first { time < $0.end } }

    private static func circumstances(
        _ admission: Admission,
        _ last: Day,
        _ calendar: OfficeCalendar
    ) -> Set<AddOnRules.Circumstance> {
        var given: Set<AddOnRules.Circumstance> = []
        if !calendar.isWorkingDay(admission.day) {
            given.insert(.admittedOnClosedDay)
        } else if calendar.areHoursStated, let minute = admission.minute,
            let closing = calendar.closingMinute(of: admission.day), minute > closing
        {
            given.insert(.admittedAfterHours)
        }
        if !calendar.isWorkingDay(last) { given.insert(.lastDayIsClosed) }
        return given
    }
}

extension SheetType {
    /// 入院時情報提供書.
    fileprivate static let admissionInfo: SheetType? = SheetType("admissionInfo")
}
