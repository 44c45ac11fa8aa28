package import Primitives

/// When an office or a desk works: its weekly hours, public holidays, 年末年始, and the days on which
/// it is closed besides.
package struct OfficeCalendar: Sendable {
    /// Hours that are the same on some days of each week, in minutes after midnight JST.
    package struct Hours: Hashable, Sendable {
        /// 0 is Sunday, as in `Day.weekday`.
        package let weekdays: Set<Int>
        package let from: Int
        /// At most 24 hours after midnight.
        package let to: Int
        /// Whether they hold on public holidays and at 年末年始 too.
        package let onHolidays: Bool

        /// - Precondition: 0 <= `from` < `to` <= 24 hours.
        package init(weekdays: Set<Int>, from: Int, to: Int, onHolidays: Bool) {
            precondition(0 <= from && from < to && to <= 24 * 60, "hours of one day")
            self.weekdays = weekdays
            self.from = from
            self.to = to
            self.onHolidays = onHolidays
        }
    }

    private let hours: [Hours]
    /// False where the office has not told its hours: those of `usualHours` are assumed.
    package let areHoursStated: Bool
    private let closedDays: [ClosedRange<Day>]
    private let holidays: Holidays

    /// Monday to Friday, 9:00 to 17:00.
    package static let usualHours = Hours(
        weekdays: [1, 2, 3, 4, 5],
        from: 9 * 60,
        to: 17 * 60,
        onHolidays: false
    )

    /// `hours` in any order; without any, the usual ones.
    package init(
        hours: [Hours] = [],
        closedDays: [ClosedRange<Day>] = [],
        holidays: Holidays
    ) {
        areHoursStated = !hours.isEmpty
        self.hours = hours.isEmpty ? [Self.usualHours] : hours
        self.closedDays = closedDays
        self.holidays = holidays
    }

    /// Whether it is open at all on `day` (営業日).
    package func isWorkingDay(_ day: Day) -> Bool { !openMinutes(on: day).isEmpty }

    /// The minute of `day` at which its last hours end; nil on a closed day.
    package func closingMinute(of day: Day) -> Int? { openMinutes(on: day).last?.upperBound }

    package func isOpen(at time: Timestamp) -> Bool {
        openMinutes(on: time.dayInJapan).contains { span in
            time >= moment(time.dayInJapan, span.lowerBound)
                && time < moment(time.dayInJapan, span.upperBound)
        }
    }

    /// The times within `span` at which it is closed, in order and apart from each other.
    package func closed(in span: Range<Timestamp>) -> [Range<Timestamp>] {
        var closed: [Range<Timestamp>] = []
        var start = span.lowerBound
        var day = start.dayInJapan
        while moment(day, 0) < span.upperBound {
            for minutes in openMinutes(on: day) {
                let end = min(moment(day, minutes.lowerBound), span.upperBound)
                if start < end { closed.append(start..<end) }
                start = max(start, moment(day, minutes.upperBound))
            }
            day = day.adding(days: 1)
        }
        if start < span.upperBound { closed.append(start..<span.upperBound) }
        return closed
    }

    /// The first moment from `time` on at which it is open: `time` itself if it is.
    ///
    /// - Returns: nil where it does not open within `horizonDays`.
    package func nextOpening(from time: Timestamp) -> Timestamp? {
        if isOpen(at: time) { return time }
        return firstSpan(after: time).map { moment($0.day, $0.minutes.lowerBound) }
    }

    /// The moment at which it has been open for so long since `time` (desk hours).
    ///
    /// - Returns: nil where its open time within `horizonDays` is shorter.
    package func adding(openTime: Duration, to time: Timestamp) -> Timestamp? {
        var left = openTime
        guard var now = nextOpening(from: time) else { return nil }
        let last = time.dayInJapan.adding(days: Self.horizonDays)
        while now.dayInJapan <= last {
            let day = now.dayInJapan
            let span = openMinutes(on: day).first { now < moment(day, $0.upperBound) }
            guard let span else { return nil }
            let end = moment(day, span.upperBound)
            let open = end.since(now)
            if left <= open { return now.adding(left) }
            left -= open
            guard let next = nextOpening(from: end) else { return nil }
            now = next
        }
        return nil
    }

    /// The same time of day so many working days later (desk days), counted from the moment it is
    /// open; a time that the later day does not have becomes its nearest open minute.
    ///
    /// - Returns: nil where it has fewer working days within `horizonDays`.
    package func adding(workingDays: Int, to time: Timestamp) -> Timestamp? {
        guard let start = nextOpening(from: time) else { return nil }
        guard let day = workingDay(workingDays, after: start.dayInJapan) else { return nil }
        let since = start.since(Timestamp(startOfDayInJapan: start.dayInJapan))
        let wanted = Timestamp(startOfDayInJapan: day).adding(since)
        let end = moment(day, closingMinute(of: day) ?? 0)
        return wanted < end ? nextOpening(from: wanted) : end
    }

    /// The `count`th working day after `day`; `day` itself is 0 whether it is one or not.
    package func workingDay(_ count: Int, after day: Day) -> Day? {
        var left = count
        var current = day
        for _ in 0..<Self.horizonDays where left > 0 {
            current = current.adding(days: 1)
            if isWorkingDay(current) { left -= 1 }
        }
        return left > 0 ? nil : current
    }

    /// How far ahead is looked: longer than any closure of an office that still works.
    package static let horizonDays = 400

    /// 12/29 to 1/3, on which an office that closes on holidays is closed too.
    package static func isYearEnd(_ day: Day) -> Bool {
        day.month == 12 && day.day >= 29 || day.month == 1 && day.day <= 3
    }

    /// In order and apart from each other.
    private func openMinutes(on day: Day) -> [Range<Int>] {
        guard !closedDays.contains(where: { $0.contains(day) }) else { return [] }
        let isHoliday = holidays.name(of: day) != nil || Self.isYearEnd(day)
        let spans = hours.filter { hours in
            hours.weekdays.contains(day.weekday) && (hours.onHolidays || !isHoliday)
        }.map { $0.from..<$0.to }.sorted { $0.lowerBound < $1.lowerBound }
        var joined: [Range<Int>] = []
        for span in spans {
            if let last = joined.last, span.lowerBound <= last.upperBound {
                joined[joined.count - 1] =
                    last.lowerBound..<max(last.upperBound, span.upperBound)
            } else {
                joined.append(span)
            }
        }
        return joined
    }

    private func firstSpan(after time: Timestamp) -> (day: Day, minutes: Range<Int>)? {
        var day = time.dayInJapan
        for _ in 0...Self.horizonDays {
            if let span = openMinutes(on: day).first(where: { moment(day, $0.lowerBound) >= time })
            {
                return (day, span)
            }
            day = day.adding(days: 1)
        }
        return nil
    }

    private func moment(_ day: Day, _ minute: Int) -> Timestamp {
        Timestamp(startOfDayInJapan: day).adding(.minutes(minute))
    }
}
