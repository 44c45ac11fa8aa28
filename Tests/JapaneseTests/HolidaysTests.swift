import Japanese
import Primitives
import TestKit
import Testing

/// The table of holidays against the law itself.
struct HolidaysTests {
    @Test(arguments: 2018...2030)
    func `the table is what the law gives`(year: Int) throws {
        let table = try Calendars.holidays()
        let law = HolidayLaw(year: year)
        for count in 0..<366 {
            let day = Calendars.day("\(year)-01-01").adding(days: count)
            guard day.year == year else { break }
            #expect(table.name(of: day) == law.names[day], "\(day)")
        }
    }

    @Test(
        arguments: [
            ("2019-04-30", "国民の休日"), ("2019-05-01", "天皇の即位の日"), ("2019-10-22", "即位礼正殿の儀"),
            ("2020-07-24", "スポーツの日"), ("2021-08-09", "振替休日"), ("2026-05-06", "振替休日"),
            ("2026-09-22", "国民の休日"), ("2026-11-23", "勤労感謝の日"),
        ]
    )
    func `known days are in it`(day: String, name: String) throws {
        #expect(try Calendars.holidays().name(of: Calendars.day(day)) == name)
    }

    @Test func `it knows nothing outside its years`() throws {
        let table = try Calendars.holidays()
        #expect(table.days.lowerBound == Calendars.day("2018-01-01"))
        #expect(table.days.upperBound == Calendars.day("2030-12-31"))
        #expect(table.name(of: Calendars.day("2031-01-01")) == nil)
    }

    @Test(
        arguments: [
            (#"{"day":"2031-01-01","name":"元日"}"#, DecodingRefusal.Reason.badForm),
            (#"{"day":"2018-02-30","name":"x"}"#, .badForm),
            (#"{"day":"2018-01-01","name":"x"},{"day":"2018-01-01","name":"y"}"#, .badForm),
            (#"{"day":"2018-01-01","name":"x","more":1}"#, .unknownMember),
        ]
    )
    func `a table that contradicts itself is refused`(
        rows: String,
        reason: DecodingRefusal.Reason
    ) throws {
        let text = #"{"law":"l","firstDay":"2018-01-01","lastDay":"2018-12-31","days":[\#(rows)]}"#
        let json = try JSON(reading: Array(text.utf8))
        let refusal = #expect(throws: DecodingRefusal.self) { _ = try Holidays(json) }
        #expect(refusal?.reason == reason)
    }
}

/// 国民の祝日に関する法律, articles 2 and 3, with the special acts for 2019, 2020 and 2021.
struct HolidayLaw {
    let names: [Day: String]

    init(year: Int) {
        var names = HolidayLaw.named(in: year)
        // Article 3(3): a day between two holidays is one, unless it is a Sunday or substitute.
        var substitutes: [Day: String] = [:]
        for day in names.keys.sorted() where day.weekday == 0 {
            var next = day.adding(days: 1)
            while names[next] != nil { next = next.adding(days: 1) }
            substitutes[next] = "振替休日"
        }
        var between: [Day: String] = [:]
        for day in names.keys.sorted() {
            let next = day.adding(days: 1)
            if names[next] == nil, substitutes[next] == nil, next.weekday != 0,
                names[next.adding(days: 1)] != nil
            {
                between[next] = "国民の休日"
            }
        }
        names.merge(substitutes) { name, _ in name }
        names.merge(between) { name, _ in name }
        self.names = names
    }

    private static func named(in year: Int) -> [Day: String] {
        var names: [Day: String] = [:]
        func fix(_ month: Int, _ day: Int, _ name: String) {
            if let date = Day(year: year, month: month, day: day) { names[date] = name }
        }
        func monday(_ month: Int, _ count: Int, _ name: String) {
            let first = Calendars.day("\(year)-\(Decimal.text(month, width: 2))-01")
            let toMonday = (8 - first.weekday) % 7
            names[first.adding(days: toMonday + 7 * (count - 1))] = name
        }
        fix(1, 1, "元日")
        monday(1, 2, "成人の日")
        fix(2, 11, "建国記念の日")
        if year >= 2020 { fix(2, 23, "天皇誕生日") }
        fix(3, equinox(20.8431, year), "春分の日")
        fix(4, 29, "昭和の日")
        fix(5, 3, "憲法記念日")
        fix(5, 4, "みどりの日")
        fix(5, 5, "こどもの日")
        monday(9, 3, "敬老の日")
        fix(9, equinox(23.2488, year), "秋分の日")
        fix(11, 3, "文化の日")
        fix(11, 23, "勤労感謝の日")
        if year <= 2018 { fix(12, 23, "天皇誕生日") }
        switch year {
        case 2019:
            fix(5, 1, "天皇の即位の日")
            fix(10, 22, "即位礼正殿の儀")
        case 2020:
            fix(7, 23, "海の日")
            fix(7, 24, "スポーツの日")
            fix(8, 10, "山の日")
        case 2021:
            fix(7, 22, "海の日")
            fix(7, 23, "スポーツの日")
            fix(8, 8, "山の日")
        default: break
        }
        guard year != 2020, year != 2021 else { return names }
        monday(7, 3, "海の日")
        fix(8, 11, "山の日")
        monday(10, 2, year < 2020 ? "体育の日" : "スポーツの日")
        return names
    }

    /// The approximation that holds from 1980 to 2099.
    private static func equinox(_ base: Double, _ year: Int) -> Int {
        Int(base + 0.242194 * Double(year - 1980)) - (year - 1980) / 4
    }
}

enum Calendars {
    static func holidays() throws -> Holidays { try SheetExamples.holidays() }

    static func day(_ text: String) -> Day {
        guard let day = Day(text) else { preconditionFailure(text) }
        return day
    }

    /// `2026-11-20 17:15`, or with seconds, in Japan.
    static func time(_ text: String) -> Timestamp {
        let parts = text.split(separator: " ").map { String($0) }
        let clock = parts[1].split(separator: ":").compactMap { Int($0) }
        let seconds = clock[0] * 3600 + clock[1] * 60 + (clock.count > 2 ? clock[2] : 0)
        return Timestamp(startOfDayInJapan: day(parts[0])).adding(.seconds(seconds))
    }
}
