package import Directory
package import Japanese
package import Primitives

// Office time as the directory tells it.
extension OfficeCalendar {
    /// When one desk is open; nil or an unknown desk: when any desk of the member is.
    package init(of desk: DeskID?, in entry: DirectoryEntry?, _ holidays: Holidays) {
        let desks = entry?.desk(desk).map { [$0] } ?? entry?.desks ?? []
        self.init(
            hours: desks.flatMap(\.hours).compactMap(Hours.init),
            closedDays: entry?.closedDays.map { $0.from...$0.to } ?? [],
            holidays: holidays
        )
    }
}

extension OfficeCalendar.Hours {
    fileprivate init?(_ hours: OfficeHours) {
        let weekdays = hours.times.days.map(\.number)
        guard !weekdays.isEmpty else { return nil }
        self.init(
            weekdays: Set(weekdays),
            from: hours.times.from.minutes,
            to: hours.times.to.minutes,
            onHolidays: hours.holidays
        )
    }
}

extension Weekday {
    /// 0 is Sunday, as in `Day.weekday`.
    fileprivate var number: Int {
        switch self {
        case .sun: 0
        case .mon: 1
        case .tue: 2
        case .wed: 3
        case .thu: 4
        case .fri: 5
        case .sat: 6
        }
    }
}
