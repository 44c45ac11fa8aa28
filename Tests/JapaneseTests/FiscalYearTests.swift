import Japanese
import Primitives
import Testing

struct FiscalYearTests {
    @Test(
        arguments: [
            ("2026-03-31", 2025), ("2026-04-01", 2026), ("2026-12-31", 2026), ("2027-01-01", 2026),
            ("2024-02-29", 2023), ("2000-03-31", 1999), ("1970-01-01", 1969), ("9999-12-31", 9999),
        ]
    )
    func `a fiscal year runs from April to March`(iso: String, year: Int) throws {
        let day = try #require(Day(iso))
        let fiscalYear = FiscalYear(of: day)
        #expect(fiscalYear.year == year)
        #expect(fiscalYear == FiscalYear(year: year))
        #expect(fiscalYear.firstDay <= day && day <= fiscalYear.lastDay)
        #expect(fiscalYear.lastDay.month == 3 && fiscalYear.lastDay.day == 31)
        #expect(fiscalYear < fiscalYear.next)
    }

    @Test(
        arguments: [
            (2018, "2026-01-01", "平成30年度"), (2019, "2019-04-30", "平成31年度"),
            (2019, "2019-05-01", "令和元年度"), (2020, "2019-04-30", "令和2年度"),
            (2025, "2026-01-01", "令和7年度"), (1988, "1990-01-01", "昭和63年度"),
            (1989, "1990-01-01", "平成元年度"), (1926, "1990-01-01", "大正15年度"),
            (1867, "1990-01-01", "1867年度"),
        ]
    )
    func `its label is the era of 1 April`(year: Int, today: String, label: String) throws {
        let fiscalYear = try #require(FiscalYear(year: year))
        #expect(fiscalYear.label(on: try #require(Day(today))) == label)
    }

    @Test(
        arguments: [
            ("2026-02-10", 5, "2031-03-31"), ("2026-04-01", 5, "2032-03-31"),
            ("2026-03-31", 5, "2031-03-31"), ("2026-04-01", 2, "2029-03-31"),
            ("2023-04-01", 0, "2024-03-31"),
        ]
    )
    func `records are kept until the end of a fiscal year`(
        completed: String,
        years: Int,
        last: String
    ) throws {
        let day = try #require(Day(completed))
        #expect(FiscalYear.keepUntil(completedOn: day, years: years) == Day(last))
    }

    @Test func `five years is the rule`() throws {
        let day = try #require(Day("2026-02-10"))
        #expect(FiscalYear.keepUntil(completedOn: day) == Day("2031-03-31"))
    }

    @Test(
        arguments: [
            (Tertile.first, "2025-04-01", "2025-07-31"),
            (.second, "2025-08-01", "2025-11-30"),
            (.third, "2025-12-01", "2026-03-31"),
        ]
    )
    func `a third is four months`(tertile: Tertile, first: String, last: String) throws {
        let days = tertile.days(in: try #require(FiscalYear(year: 2025)))
        #expect(days.lowerBound == Day(first) && days.upperBound == Day(last))
    }

    @Test(
        arguments: [
            (FiscalHalf.first, "2023-04-01", "2023-09-30"),
            (.second, "2023-10-01", "2024-03-31"),
        ]
    )
    func `a half is six months`(half: FiscalHalf, first: String, last: String) throws {
        let days = half.days(in: try #require(FiscalYear(year: 2023)))
        #expect(days.lowerBound == Day(first) && days.upperBound == Day(last))
    }

    @Test(arguments: [2023, 2024, 2025])
    func `each day lies in the third and the half that claim it`(year: Int) throws {
        let fiscalYear = try #require(FiscalYear(year: year))
        var day = fiscalYear.firstDay
        while day <= fiscalYear.lastDay {
            #expect(Tertile(of: day).days(in: fiscalYear).contains(day))
            #expect(FiscalHalf(of: day).days(in: fiscalYear).contains(day))
            #expect(Tertile.allCases.filter { $0.days(in: fiscalYear).contains(day) }.count == 1)
            #expect(FiscalHalf.allCases.filter { $0.days(in: fiscalYear).contains(day) }.count == 1)
            day = day.adding(days: 1)
        }
    }

    @Test(
        arguments: [
            ("1936-03-05", "2026-03-04", 89), ("1936-03-05", "2026-03-05", 90),
            ("2000-02-29", "2025-02-28", 24), ("2000-02-29", "2025-03-01", 25),
            ("2000-02-29", "2024-02-29", 24), ("1926-12-24", "2026-02-10", 99),
            ("2026-02-10", "2026-02-10", 0), ("2025-12-31", "2026-01-01", 0),
        ]
    )
    func `an age is the number of completed years`(birth: String, day: String, age: Int) throws {
        let birth = try #require(Day(birth))
        #expect(Age.completedYears(bornOn: birth, on: try #require(Day(day))) == age)
    }

    @Test func `nobody has an age before birth`() throws {
        let birth = try #require(Day("2026-02-10"))
        #expect(Age.completedYears(bornOn: birth, on: birth.adding(days: -1)) == nil)
    }
}
