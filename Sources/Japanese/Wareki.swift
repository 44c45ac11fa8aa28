package import Primitives

/// A date in the Japanese calendar (和暦): era, year of the era, month and day.
package struct Wareki: Hashable, Sendable {
    package let era: Era
    /// 1 is written 元年.
    package let year: Int
    /// The same day in the Gregorian calendar. It may lie outside the era, as papers do.
    package let day: Day

    /// The date as it is rendered.
    ///
    /// - Returns: nil before 1868-01-25, the first day of 明治.
    package init?(_ day: Day) {
        guard let era = Era.allCases.last(where: { $0.firstDay <= day }) else { return nil }
        self.era = era
        self.year = day.year - era.firstYear + 1
        self.day = day
    }

    /// Reads `昭和11年3月5日`: era, 元 or a number, month, day, in ASCII or full-width digits.
    ///
    /// - Returns: nil for any other form (年頃, blanks, 00日) and for a day that does not exist.
    ///   Whether the day lies in the era is **not** checked: see `isInEra`.
    package init?(reading text: String) {
        guard let era = Era.allCases.first(where: { text.utf8.starts(with: $0.name.utf8) }) else {
            return nil
        }
        var rest = Array(text.unicodeScalars.dropFirst(era.name.unicodeScalars.count))[...]
        let isFirstYear = rest.first == "元"
        if isFirstYear { rest.removeFirst() }
        guard let year = isFirstYear ? 1 : Wareki.number(&rest), year > 0,
            rest.popFirst() == "年", let month = Wareki.number(&rest),
            rest.popFirst() == "月", let dayOfMonth = Wareki.number(&rest),
            rest.popFirst() == "日", rest.isEmpty,
            let day = Day(year: era.firstYear + year - 1, month: month, day: dayOfMonth)
        else { return nil }
        self.era = era
        self.year = year
        self.day = day
    }

    /// True if papers of that day may be dated so: the double days 明治45年7月30日 and
    /// 大正15年12月25日 lie inside.
    package var isInEra: Bool {
        era.firstDay <= day && era.lastWrittenDay.map { day <= $0 } ?? true
    }

    /// `令和8年2月10日`, `昭和元年12月25日`.
    package var text: String { "\(yearText)\(day.month)月\(day.day)日" }

    /// `令和8年`, `昭和元年`.
    package var yearText: String { "\(era.name)\(year == 1 ? "元" : String(year))年" }

    /// One or two digits.
    private static func number(_ rest: inout ArraySlice<Unicode.Scalar>) -> Int? {
        var digits: [UInt8] = []
        while digits.count < 2, let scalar = rest.first, let digit = Width.digit(scalar) {
            digits.append(digit)
            rest.removeFirst()
        }
        return Decimal.value(digits)
    }
}

/// What a 和暦 date that is typed into a date field means.
package enum WarekiInput: Equatable, Sendable {
    case day(Day)
    /// A year of 平成 that never came (平成32年, 平成37年), as old forms have in print: the day is
    /// taken and W-ERA is shown.
    case normalised(Day)
    /// Not a date of this form, no such day, or a day outside its era (昭和64年1月8日).
    case refused

    package init(_ text: String) {
        guard let date = Wareki(reading: text) else {
            self = .refused
            return
        }
        if date.isInEra {
            self = .day(date.day)
        } else if date.era == .heisei, let last = date.era.lastDay, date.day.year > last.year {
            self = .normalised(date.day)
        } else {
            self = .refused
        }
    }
}
