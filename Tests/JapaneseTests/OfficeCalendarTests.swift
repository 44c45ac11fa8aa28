import Japanese
import Primitives
import Testing

struct OfficeCalendarTests {
    private typealias Hours = OfficeCalendar.Hours

    /// Monday to Friday 8:30–17:15, Saturday 9:00–12:00.
    private func office(closed: [ClosedRange<Day>] = []) throws -> OfficeCalendar {
        OfficeCalendar(
            hours: [
                Hours(weekdays: [6], from: 540, to: 720, onHolidays: false),
                Hours(weekdays: [1, 2, 3, 4, 5], from: 510, to: 1035, onHolidays: false),
            ],
            closedDays: closed,
            holidays: try Calendars.holidays()
        )
    }

    @Test(
        arguments: [
            ("2026-11-20", true), ("2026-11-21", true), ("2026-11-22", false),
            ("2026-11-23", false), ("2026-12-28", true), ("2026-12-29", false),
            ("2027-01-03", false), ("2027-01-04", true), ("2026-05-06", false),
        ]
    )
    func `Sundays, holidays and the turn of the year are no working days`(
        day: String,
        isWorkingDay: Bool
    ) throws {
        #expect(try office().isWorkingDay(Calendars.day(day)) == isWorkingDay)
    }

    @Test func `a station that never closes works on every day`() throws {
        let always = OfficeCalendar(
            hours: [Hours(weekdays: Set(0...6), from: 0, to: 1440, onHolidays: true)],
            holidays: try Calendars.holidays()
        )
        #expect(always.isWorkingDay(Calendars.day("2027-01-01")))
        let midnight = Calendars.time("2026-12-31 23:59:59")
        #expect(always.isOpen(at: midnight) && always.isOpen(at: midnight.adding(.seconds(1))))
        let later = always.adding(openTime: .hours(30), to: midnight)
        #expect(later == midnight.adding(.hours(30)))
        let days = always.adding(workingDays: 3, to: midnight)
        #expect(days == midnight.adding(.days(3)))
    }

    @Test func `the times at which it is closed lie between its hours`() throws {
        // Friday noon to Tuesday, with Labour Thanksgiving Day on Monday.
        let span = Calendars.time("2026-11-20 12:00")..<Calendars.time("2026-11-24 09:00")
        let closed = try office().closed(in: span)
        #expect(
            closed == [
                Calendars.time("2026-11-20 17:15")..<Calendars.time("2026-11-21 09:00"),
                Calendars.time("2026-11-21 12:00")..<Calendars.time("2026-11-24 08:30"),
            ]
        )
        let night = Calendars.time("2026-11-20 20:00")..<Calendars.time("2026-11-20 22:00")
        #expect(try office().closed(in: night) == [night])
        let noon = Calendars.time("2026-11-20 10:00")..<Calendars.time("2026-11-20 12:00")
        #expect(try office().closed(in: noon) == [])
    }

    @Test func `days closed besides are no working days`() throws {
        let office = try office(closed: [Calendars.day("2026-08-12")...Calendars.day("2026-08-15")])
        #expect(office.isWorkingDay(Calendars.day("2026-08-10")))
        #expect(!office.isWorkingDay(Calendars.day("2026-08-14")))
        let next = office.nextOpening(from: Calendars.time("2026-08-10 17:15"))
        #expect(next == Calendars.time("2026-08-17 08:30"))
    }

    @Test(
        arguments: [
            ("2026-11-20 08:29:59", "2026-11-20 08:30"), ("2026-11-20 08:30", "2026-11-20 08:30"),
            ("2026-11-20 17:14:59", "2026-11-20 17:14:59"),
            ("2026-11-20 17:15", "2026-11-21 09:00"),
            // Saturday noon, then Sunday and Labour Thanksgiving Day.
            ("2026-11-21 12:00", "2026-11-24 08:30"),
            ("2026-12-28 18:00", "2027-01-04 08:30"),
        ]
    )
    func `it opens next`(from: String, opens: String) throws {
        #expect(try office().nextOpening(from: Calendars.time(from)) == Calendars.time(opens))
    }

    @Test(
        arguments: [
            ("2026-11-20 10:00", 120, "2026-11-20 12:00"),
            ("2026-11-20 16:15", 60, "2026-11-20 17:15"),
            ("2026-11-20 16:15", 61, "2026-11-21 09:01"),
            ("2026-11-20 20:00", 240, "2026-11-24 09:30"),
            ("2026-11-22 03:00", 120, "2026-11-24 10:30"),
            ("2026-11-20 10:00", 0, "2026-11-20 10:00"),
        ]
    )
    func `desk hours pass only while it is open`(
        from: String,
        minutes: Int,
        until: String
    ) throws {
        let end = try office().adding(openTime: .minutes(minutes), to: Calendars.time(from))
        #expect(end == Calendars.time(until))
    }

    @Test(
        arguments: [
            ("2026-11-19 10:00", 1, "2026-11-20 10:00"),
            // The Saturday has no afternoon.
            ("2026-11-20 15:00", 1, "2026-11-21 12:00"),
            ("2026-11-20 15:00", 2, "2026-11-24 15:00"),
            ("2026-11-21 20:00", 1, "2026-11-25 08:30"),
            ("2026-12-28 10:00", 1, "2027-01-04 10:00"),
        ]
    )
    func `desk days are working days`(from: String, days: Int, until: String) throws {
        let end = try office().adding(workingDays: days, to: Calendars.time(from))
        #expect(end == Calendars.time(until))
    }

    @Test func `an office that tells no hours has the usual ones, and says so`() throws {
        let usual = OfficeCalendar(holidays: try Calendars.holidays())
        #expect(!usual.areHoursStated)
        #expect(try office().areHoursStated)
        #expect(usual.closingMinute(of: Calendars.day("2026-11-20")) == 17 * 60)
        #expect(usual.closingMinute(of: Calendars.day("2026-11-21")) == nil)
    }

    @Test func `hours that touch are one span, others leave a pause`() throws {
        let split = OfficeCalendar(
            hours: [
                Hours(weekdays: [5], from: 13 * 60, to: 17 * 60, onHolidays: false),
                Hours(weekdays: [5], from: 9 * 60, to: 12 * 60, onHolidays: false),
                Hours(weekdays: [5], from: 12 * 60, to: 12 * 60 + 30, onHolidays: false),
            ],
            holidays: try Calendars.holidays()
        )
        #expect(split.isOpen(at: Calendars.time("2026-11-20 12:00")))
        #expect(!split.isOpen(at: Calendars.time("2026-11-20 12:30")))
        let end = split.adding(openTime: .hours(4), to: Calendars.time("2026-11-20 09:00"))
        #expect(end == Calendars.time("2026-11-20 13:30"))
    }

    @Test func `an office closed for good never opens`() throws {
        let closed = try office(closed: [Calendars.day("2026-01-01")...Calendars.day("2030-12-31")])
        let now = Calendars.time("2026-11-20 10:00")
        #expect(closed.nextOpening(from: now) == nil)
        #expect(closed.adding(openTime: .hours(1), to: now) == nil)
        #expect(closed.adding(workingDays: 1, to: now) == nil)
    }

    @Test func `an office that closes for good meanwhile leaves hours over`() throws {
        let closing = try office(
            closed: [Calendars.day("2026-11-21")...Calendars.day("2030-12-31")]
        )
        let now = Calendars.time("2026-11-20 10:00")
        #expect(closing.adding(openTime: .hours(7), to: now) != nil)
        #expect(closing.adding(openTime: .hours(8), to: now) == nil)
        #expect(closing.adding(workingDays: 1, to: now) == nil)
    }
}
