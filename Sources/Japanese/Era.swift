package import Primitives

/// An era (元号). The raw value is the one-digit code of the care-insurance files.
package enum Era: Int, CaseIterable, Sendable {
    case meiji = 1
    case taisho, showa, heisei, reiwa

    package var name: String {
        switch self {
        case .meiji: "明治"
        case .taisho: "大正"
        case .showa: "昭和"
        case .heisei: "平成"
        case .reiwa: "令和"
        }
    }

    package var letter: String {
        switch self {
        case .meiji: "M"
        case .taisho: "T"
        case .showa: "S"
        case .heisei: "H"
        case .reiwa: "R"
        }
    }

    /// The Gregorian year of its year 1.
    package var firstYear: Int { firstDay.year }

    /// 明治 begins on its legal first day, 1868-01-25.
    package var firstDay: Day { Day(daysSince1970: firstDayNumber) }

    /// The last day that is rendered in this era; nil for the present one.
    package var lastDay: Day? {
        Era(rawValue: rawValue + 1).map { $0.firstDay.adding(days: -1) }
    }

    /// The last day that papers write in this era. 明治45年7月30日 and 大正15年12月25日 are found in
    /// registers beside the first days of the eras that follow.
    package var lastWrittenDay: Day? {
        switch self {
        case .meiji, .taisho: lastDay?.adding(days: 1)
        case .showa, .heisei, .reiwa: lastDay
        }
    }

    private var firstDayNumber: Int {
        switch self {
        case .meiji: -37_231  // 1868-01-25
        case .taisho: -20_974  // 1912-07-30
        case .showa: -15_713  // 1926-12-25
        case .heisei: 6_947  // 1989-01-08
        case .reiwa: 18_017  // 2019-05-01
        }
    }
}
