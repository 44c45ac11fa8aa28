import Foundation
import Japanese
import Primitives
import Testing

struct WarekiTests {
    @Test(
        arguments: [
            ("1868-01-25", "明治元年1月25日"), ("1912-07-29", "明治45年7月29日"),
            ("1912-07-30", "大正元年7月30日"), ("1926-12-24", "大正15年12月24日"),
            ("1926-12-25", "昭和元年12月25日"), ("1927-01-01", "昭和2年1月1日"),
            ("1989-01-07", "昭和64年1月7日"), ("1989-01-08", "平成元年1月8日"),
            ("2019-04-30", "平成31年4月30日"), ("2019-05-01", "令和元年5月1日"),
            ("2020-02-29", "令和2年2月29日"), ("2026-02-10", "令和8年2月10日"),
        ]
    )
    func `boundary days are rendered and read back`(iso: String, text: String) throws {
        let day = try #require(Day(iso))
        #expect(Wareki(day)?.text == text)
        let read = try #require(Wareki(reading: text))
        #expect(read.day == day)
        #expect(read.isInEra)
        #expect(WarekiInput(text) == .day(day))
    }

    @Test func `no era is rendered before 明治`() throws {
        #expect(Wareki(try #require(Day("1868-01-24"))) == nil)
    }

    @Test(
        arguments: [
            ("明治45年7月30日", "1912-07-30"), ("大正15年12月25日", "1926-12-25"),
            ("昭和１１年０３月０５日", "1936-03-05"), ("昭和元年12月31日", "1926-12-31"),
            ("昭和01年12月31日", "1926-12-31"), ("平成1年1月8日", "1989-01-08"),
        ]
    )
    func `double days and full-width digits are accepted at input`(
        text: String,
        iso: String
    ) throws {
        #expect(WarekiInput(text) == .day(try #require(Day(iso))))
    }

    @Test(
        arguments: [
            ("平成32年1月1日", "2020-01-01"), ("平成37年12月31日", "2025-12-31"),
            ("平成99年1月1日", "2087-01-01"),
        ]
    )
    func `years of 平成 that never came are normalised`(text: String, iso: String) throws {
        let day = try #require(Day(iso))
        #expect(WarekiInput(text) == .normalised(day))
        #expect(Wareki(reading: text)?.isInEra == false)
    }

    @Test(
        arguments: [
            "昭和64年1月8日", "昭和65年1月1日", "平成31年5月1日", "大正15年12月26日", "大正16年1月1日",
            "明治45年7月31日", "明治元年1月24日", "昭和元年12月24日", "平成元年1月7日", "令和元年4月30日",
        ]
    )
    func `a day outside its era is read as written and refused at input`(text: String) throws {
        #expect(try #require(Wareki(reading: text)).isInEra == false)
        #expect(WarekiInput(text) == .refused)
    }

    @Test(
        arguments: [
            "", "昭和", "昭和11年頃", "昭和15年00月00日", "昭和11年13月1日", "昭和11年2月30日",
            "平成31年2月29日", "昭和0年1月1日", "昭和00年1月1日", "昭和100年1月1日", "昭和11年003月5日",
            " 昭和11年3月5日", "昭和11年3月5日 ", "昭和 11年3月5日", "昭和元1年3月5日", "昭和十一年三月五日",
            "S11.3.5", "慶応元年1月1日", "1936-03-05", "昭和11年3月", "昭和١年1月1日",
        ]
    )
    func `anything else is no date`(text: String) {
        #expect(Wareki(reading: text) == nil)
        #expect(WarekiInput(text) == .refused)
    }

    @Test func `eras follow each other without a gap`() throws {
        for (era, next) in zip(Era.allCases, Era.allCases.dropFirst()) {
            #expect(era.lastDay?.adding(days: 1) == next.firstDay)
        }
        #expect(Era.reiwa.lastDay == nil)
        #expect(Era.allCases.map(\.letter).joined() == "MTSHR")
        #expect(Era.allCases.map(\.rawValue) == [1, 2, 3, 4, 5])
    }

    @Test func `every day from 大正 on is rendered as Foundation's Japanese calendar does`() throws {
        var calendar = Calendar(identifier: .japanese)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        // ICU numbers the eras; 大正 is 233 there.
        let eras: [Int: Era] = [233: .taisho, 234: .showa, 235: .heisei, 236: .reiwa]
        var day = Era.taisho.firstDay
        let end = try #require(Day("2035-12-31"))
        while day <= end {
            let date = Date(timeIntervalSince1970: Double(day.daysSince1970) * 86_400)
            let parts = calendar.dateComponents([.era, .year, .month, .day], from: date)
            let ours = try #require(Wareki(day))
            try #require(eras[parts.era ?? 0] == ours.era && parts.year == ours.year, "\(day)")
            try #require(parts.month == day.month && parts.day == day.day)
            day = day.adding(days: 1)
        }
    }
}
