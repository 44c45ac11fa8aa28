import Primitives
import Sheets
import TestKit
import Testing

/// Warnings on numbers and dates: they are shown and never stop a sheet.
struct WarningTests {
    @Test(arguments: officeNumbers + insurers + myNumbers + eras)
    func `a number or date warns exactly when it should`(_ entry: RuleCase) throws {
        try entry.check()
    }

    /// Digit by digit: 7 is checked over A–I; 1, 3, 4, 5, 6 over A–I or D–I; B counts as 2.
    static let officeNumbers: [RuleCase] = [
        ("9970100013", true), ("9970100014", false), ("9910100115", true), ("1310100016", true),
        ("1310100017", false),
        ("2770100016", false), ("27B0100011", true), ("27B0100014", false),
    ].map { number, isRight in
        RuleCase(
            "office number \(number)",
            "care-liaison-1",
            ["/sender/organization/officeNo": .string(number)],
            warnings: isRight ? [] : ["W-CHECKDIGIT"]
        )
    }

    static let insurers: [RuleCase] = [
        RuleCase("insurer", "care-liaison-1", ["/patient/insurerNumber": "271007"]),
        RuleCase(
            "insurer",
            "care-liaison-1",
            ["/patient/insurerNumber": "271008"],
            warnings: ["W-CHECKDIGIT"]
        ),
    ]

    static let myNumbers: [RuleCase] = [
        ("番号は 1234-5678-9018 です", true), ("１２３４　５６７８　９０１８", true),
        ("123456789018", true), ("123456789012", false), ("1234567890180", false),
        ("1234\n56789018", false), ("電話 06-0000-1001", false),
    ].map { text, isFound in
        RuleCase(
            "text \(text)",
            "care-liaison-1",
            ["/body/message": .string(text)],
            warnings: isFound ? ["W-MYNUMBER"] : []
        )
    }

    /// As written, the birth day of the sheet, and what is warned of.
    private static let written: [(String, String?, Set<String>)] = [
        ("昭和12年5月3日", "1937-05-03", []),
        ("昭和１２年５月３日", "1937-05-03", []),
        ("昭和12年5月4日", "1937-05-03", ["W-BIRTHDATE"]),
        ("昭和12年5月4日", nil, []),
        ("昭和64年1月8日", "1989-01-08", ["W-ERA"]),
        ("大正15年12月25日", "1926-12-25", []),
        ("昭和元年12月25日", "1926-12-25", []),
        ("明治45年7月30日", "1912-07-30", []),
        ("平成32年1月1日", "2020-01-01", ["W-ERA"]),
        ("昭和11年頃", "1937-05-03", []),
        ("昭和15年00月00日", nil, []),
        ("昭和12年13月3日", "1937-05-03", []),
    ]

    static let eras: [RuleCase] = written.map { text, day, warnings in
        RuleCase(
            "birth day \(text)",
            "care-liaison-1",
            [
                "/patient/birthDateAsWritten": .string(text),
                "/patient/birthDate": day.map { .string($0) }, "/patient/ageAsWritten": nil,
            ],
            warnings: warnings
        )
    }

    @Test(arguments: [
        ("/sender/organization/officeNo", "9970100013"), ("/patient/insurerNumber", "990010"),
        ("/patient/insuredNumber", "9900000088"), ("/patient/insuredNumber", "H990000003"),
    ])
    func `a reserved number warns outside a test exchange`(
        _ pointer: String,
        _ number: String
    )
        throws
    {
        var json = try SheetExamples.example("care-liaison-1.json").json
        for (place, value) in [
            ("/sender/organization/officeNo", "2770100014"), ("/patient/insurerNumber", "271007"),
            ("/recipients/0/organization/officeNo", "2710100124"),
            ("/patient/insuredNumber", "0000000088"),
        ] {
            json = json.editing(try #require(JSONPointer(place)).tokens[...], .string(value))
        }
        #expect(try warnings(json, isTestExchange: false).contains("W-TESTNUMBER") == false)
        json = json.editing(try #require(JSONPointer(pointer)).tokens[...], .string(number))
        #expect(try warnings(json, isTestExchange: false).contains("W-TESTNUMBER"))
        #expect(try warnings(json, isTestExchange: true).contains("W-TESTNUMBER") == false)
    }

    private func warnings(_ json: JSON, isTestExchange: Bool) throws -> [String] {
        let context = SheetContext(
            today: try #require(Day("2026-03-31")),
            isTestExchange: isTestExchange
        )
        let catalogue = try SheetExamples.catalogue.get()
        return catalogue.report(DraftSheet(bytes: json.canonicalBytes), context)
            .warnings.map(\.rule)
    }
}
