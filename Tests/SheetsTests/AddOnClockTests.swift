import Japanese
import Primitives
import Sheets
import TestKit
import Testing

/// 入院時情報連携加算: until when, and which tier an arrival meets.
struct AddOnClockTests {
    /// An office with hours 8:30–17:15 on weekdays.
    private static func office() throws -> OfficeCalendar {
        OfficeCalendar(
            hours: [
                OfficeCalendar.Hours(
                    weekdays: [1, 2, 3, 4, 5],
                    from: 510,
                    to: 1035,
                    onHolidays: false
                )
            ],
            holidays: try SheetExamples.catalogue.get().holidays
        )
    }

    private static func clock(
        _ day: String,
        _ time: String?,
        _ calendar: OfficeCalendar? = nil
    ) throws -> AddOnClock {
        let minute = time.map { text in
            let parts = text.split(separator: ":").compactMap { Int($0) }
            return parts[0] * 60 + parts[1]
        }
        let admission = Admission(day: try #require(Day(day)), minute: minute)
        let rules = try SheetExamples.catalogue.get().admissionLiaison
        let hours = try calendar ?? office()
        return try #require(AddOnClock(admission, rules: rules, calendar: hours))
    }

    /// Admission, and the last days of both tiers.
    private static let limits: [(String, String?, String, String)] = [
        // Within hours on a working day.
        ("2026-11-19", "10:00", "2026-11-19", "2026-11-21"),
        ("2026-11-17", "08:30", "2026-11-17", "2026-11-19"),
        ("2026-11-17", "00:00", "2026-11-17", "2026-11-19"),
        ("2026-11-17", "08:29", "2026-11-17", "2026-11-19"),
        ("2026-11-17", nil, "2026-11-17", "2026-11-19"),
        ("2026-11-19", nil, "2026-11-19", "2026-11-21"),
        // The closing minute is within hours, the next is not.
        ("2026-11-17", "17:14", "2026-11-17", "2026-11-19"),
        ("2026-11-17", "17:15", "2026-11-17", "2026-11-19"),
        ("2026-11-17", "17:16", "2026-11-18", "2026-11-19"),
        ("2026-11-17", "23:59", "2026-11-18", "2026-11-19"),
        // After hours: one day more where the third day is closed.
        ("2026-11-16", "18:00", "2026-11-17", "2026-11-18"),
        ("2026-11-18", "18:00", "2026-11-19", "2026-11-20"),
        ("2026-11-19", "18:40", "2026-11-20", "2026-11-22"),
        ("2026-11-20", "18:40", "2026-11-21", "2026-11-23"),
        ("2026-11-20", "16:00", "2026-11-20", "2026-11-22"),
        // Closed days have no such extension, even where the third day is closed.
        ("2026-11-21", "10:00", "2026-11-22", "2026-11-23"),
        ("2026-11-21", "19:00", "2026-11-22", "2026-11-23"),
        ("2026-11-22", "10:00", "2026-11-23", "2026-11-24"),
        ("2026-11-23", "10:00", "2026-11-24", "2026-11-25"),
        ("2026-11-23", nil, "2026-11-24", "2026-11-25"),
        ("2026-09-22", "12:00", "2026-09-23", "2026-09-24"),
        // The turn of the year.
        ("2026-12-28", "10:00", "2026-12-28", "2026-12-30"),
        ("2026-12-28", "17:16", "2026-12-29", "2026-12-31"),
        ("2026-12-29", "10:00", "2026-12-30", "2026-12-31"),
        ("2026-12-31", "23:00", "2027-01-01", "2027-01-02"),
        ("2027-01-03", "10:00", "2027-01-04", "2027-01-05"),
        ("2027-01-04", "10:00", "2027-01-04", "2027-01-06"),
        // Golden Week, and a holiday that stands in for a Sunday.
        ("2026-05-01", "18:00", "2026-05-02", "2026-05-04"),
        ("2026-05-06", "10:00", "2026-05-07", "2026-05-08"),
        ("2026-04-28", "18:00", "2026-04-29", "2026-04-30"),
        ("2026-04-27", "18:00", "2026-04-28", "2026-04-30"),
        // The end of February in a leap year.
        ("2028-02-28", "10:00", "2028-02-28", "2028-03-01"),
        // The edition of 2018: three days and seven, whatever the hour.
        ("2018-04-01", "10:00", "2018-04-03", "2018-04-07"),
        ("2024-03-29", "19:00", "2024-03-31", "2024-04-04"),
        ("2024-03-31", "23:59", "2024-04-02", "2024-04-06"),
        ("2020-12-31", "10:00", "2021-01-02", "2021-01-06"),
        // The first day of the edition of 2024.
        ("2024-04-01", "10:00", "2024-04-01", "2024-04-03"),
        ("2024-04-01", "17:16", "2024-04-02", "2024-04-03"),
    ]

    @Test(arguments: limits)
    func `the limits follow from day and hour of the admission`(
        day: String,
        time: String?,
        first: String,
        second: String
    ) throws {
        let clock = try Self.clock(day, time)
        #expect(clock.deadlines.map(\.limit.tier) == [.first, .second])
        #expect(clock.deadlines.map(\.day.description) == [first, second])
    }

    /// Admission on Thursday 2026-11-19 at 10:00 or 18:40; arrival in UTC; the tier that is met.
    private static let arrivals: [(String, String, AddOnRules.Tier?)] = [
        ("10:00", "2026-11-18T03:00:00.000Z", .first),
        ("10:00", "2026-11-19T07:40:00.000Z", .first),
        ("10:00", "2026-11-19T14:59:59.999Z", .first),
        ("10:00", "2026-11-19T15:00:00.000Z", .second),
        ("10:00", "2026-11-19T15:00:01.000Z", .second),
        ("10:00", "2026-11-21T14:59:59.999Z", .second),
        ("10:00", "2026-11-21T15:00:00.000Z", nil),
        ("18:40", "2026-11-20T14:59:59.999Z", .first),
        ("18:40", "2026-11-20T15:00:00.000Z", .second),
        ("18:40", "2026-11-22T14:59:59.999Z", .second),
        ("18:40", "2026-11-22T15:00:00.000Z", nil),
    ]

    @Test(arguments: arrivals)
    func `the time of the delivered receipt decides, to the millisecond`(
        time: String,
        arrival: String,
        tier: AddOnRules.Tier?
    ) throws {
        let clock = try Self.clock("2026-11-19", time)
        let met = clock.met(by: try #require(Timestamp(arrival)))
        #expect(met?.limit.tier == tier)
    }

    @Test(
        arguments: [
            ("2018-04-01", [200, 100]), ("2024-03-31", [200, 100]), ("2024-04-01", [250, 200]),
            ("2026-11-19", [250, 200]),
        ]
    )
    func `units are those of the edition`(day: String, units: [Int]) throws {
        #expect(try Self.clock(day, nil).deadlines.map(\.limit.units) == units)
    }

    @Test func `before the first edition there is no clock`() throws {
        let rules = try SheetExamples.catalogue.get().admissionLiaison
        let admission = Admission(day: try #require(Day("2018-03-31")), minute: nil)
        let none = AddOnClock(admission, rules: rules, calendar: try Self.office())
        #expect(none == nil)
    }

    @Test func `an office that has not told its hours gets the earlier limit`() throws {
        let silent = OfficeCalendar(holidays: try SheetExamples.catalogue.get().holidays)
        let clock = try Self.clock("2026-11-19", "18:40", silent)
        #expect(clock.deadlines.map(\.day.description) == ["2026-11-19", "2026-11-21"])
        let holiday = try Self.clock("2026-11-23", "18:40", silent)
        #expect(holiday.deadlines.map(\.day.description) == ["2026-11-24", "2026-11-25"])
    }

    @Test func `only an office of care managers has the clock, on its admission sheet`() throws {
        let rules = try SheetExamples.catalogue.get().admissionLiaison
        let office = try Self.office()
        let sheet = try SheetExamples.sheet("admission-info-1.json")
        let clock = try #require(AddOnClock(sheet, rules: rules, calendar: office))
        let admission = try #require(Admission(sheet))
        #expect(clock.deadlines.first?.day == admission.day)
        for name in ["care-liaison-1.json", "referred-patient-status-1.json"] {
            let other = try SheetExamples.sheet(name)
            #expect(AddOnClock(other, rules: rules, calendar: office) == nil)
        }
    }
}
