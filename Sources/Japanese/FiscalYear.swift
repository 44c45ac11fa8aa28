package import Primitives

/// A fiscal year (年度): 1 April to 31 March, in Japan Standard Time.
package struct FiscalYear: Hashable, Comparable, Sendable {
    /// 1 April.
    package let firstDay: Day

    /// The fiscal year that `day` lies in.
    package init(of day: Day) {
        var daysBefore = day.day - 1
        var (year, month) = (day.year, day.month)
        while month != 4 {
            (year, month) = month == 1 ? (year - 1, 12) : (year, month - 1)
            daysBefore += Day.length(ofMonth: month, year: year)
        }
        firstDay = day.adding(days: -daysBefore)
    }

    /// The fiscal year that begins in `year`.
    package init?(year: Int) {
        guard let day = Day(year: year, month: 4, day: 1) else { return nil }
        firstDay = day
    }

    package var year: Int { firstDay.year }

    /// 31 March.
    package var lastDay: Day {
        firstDay.adding(days: Day.length(ofMonth: 2, year: year + 1) == 29 ? 365 : 364)
    }

    package var next: FiscalYear { FiscalYear(of: lastDay.adding(days: 1)) }

    /// `令和7年度`: the era of 1 April. On `today`, the day of printing, 2019 is 平成31年度 before
    /// the first day of 令和 and 令和元年度 from then on.
    package func label(on today: Day) -> String {
        let isNewEra = year == Era.reiwa.firstYear && today >= Era.reiwa.firstDay
        return Wareki(isNewEra ? Era.reiwa.firstDay : firstDay).map { $0.yearText + "度" }
            ?? "\(year)年度"
    }

    /// The last day on which records completed on `day` are kept: 31 March, `years` fiscal years
    /// after the one of completion has ended.
    package static func keepUntil(completedOn day: Day, years: Int = 5) -> Day {
        var last = FiscalYear(of: day)
        for _ in 0..<years { last = last.next }
        return last.lastDay
    }

    package static func < (left: FiscalYear, right: FiscalYear) -> Bool {
        left.firstDay < right.firstDay
    }
}

/// A third of a fiscal year (三半期): April to July, August to November, December to March.
package enum Tertile: Int, CaseIterable, Sendable {
    case first = 1
    case second, third

    package init(of day: Day) {
        switch day.month {
        case 4...7: self = .first
        case 8...11: self = .second
        default: self = .third
        }
    }

    /// Its days; the third one ends in the next calendar year.
    package func days(in year: FiscalYear) -> ClosedRange<Day> {
        let august = year.firstDay.adding(days: 122)
        let december = august.adding(days: 122)
        return switch self {
        case .first: year.firstDay...august.adding(days: -1)
        case .second: august...december.adding(days: -1)
        case .third: december...year.lastDay
        }
    }
}

/// Half of a fiscal year (上半期, 下半期).
package enum FiscalHalf: CaseIterable, Sendable {
    /// April to September.
    case first
    /// October to March.
    case second

    package init(of day: Day) { self = (4...9).contains(day.month) ? .first : .second }

    package func days(in year: FiscalYear) -> ClosedRange<Day> {
        let october = year.firstDay.adding(days: 183)
        return self == .first
            ? year.firstDay...october.adding(days: -1) : october...year.lastDay
    }
}
