import Primitives
import Sheets
import TestKit
import Testing

/// Errors of form: what one value must look like by itself.
struct FormTests {
    @Test(arguments: members + texts + numbers + lists)
    func `a value of the wrong form is reported once, with its rule`(_ entry: RuleCase) throws {
        try entry.check()
    }

    static let members: [RuleCase] = [
        RuleCase("E-REQUIRED", "care-liaison-1", ["/issuedOn": nil], ["/issuedOn E-REQUIRED"]),
        RuleCase("E-REQUIRED", "care-liaison-1", ["/patient": nil], ["/patient E-REQUIRED"]),
        RuleCase(
            "E-REQUIRED",
            "care-liaison-1",
            ["/sender/organization/phone": nil],
            ["/sender/organization/phone E-REQUIRED"]
        ),
        RuleCase(
            "a recipient needs no phone",
            "care-liaison-1",
            ["/recipients/0/organization/phone": nil]
        ),
        RuleCase("E-UNKNOWN", "care-liaison-1", ["/colour": "red"], ["/colour E-UNKNOWN"]),
        RuleCase(
            "E-UNKNOWN",
            "care-liaison-1",
            ["/body/careLevel/colour": "red"],
            ["/body/careLevel/colour E-UNKNOWN"]
        ),
        RuleCase(
            "several at once",
            "care-liaison-1",
            ["/issuedOn": nil, "/colour": "red", "/body/message": 1],
            ["/issuedOn E-REQUIRED", "/colour E-UNKNOWN", "/body/message E-TYPE"]
        ),
        RuleCase("E-TYPE", "care-liaison-1", ["/patient": "x"], ["/patient E-TYPE"]),
        RuleCase("E-TYPE", "care-liaison-1", ["/recipients": ["a": 1]], ["/recipients E-TYPE"]),
        RuleCase(
            "E-TYPE",
            "care-liaison-1",
            ["/body/opinionOnly": 1],
            ["/body/opinionOnly E-TYPE"]
        ),
        RuleCase(
            "unknown type of sheet: only the common part is judged",
            "care-liaison-1",
            ["/sheetType": "nursingSummary", "/issuedOn": 3],
            ["/sheetType E-CODE", "/issuedOn E-TYPE"]
        ),
        RuleCase(
            "no code at all",
            "care-liaison-1",
            ["/sheetType": "no such"],
            ["/sheetType E-CODE"]
        ),
        RuleCase(
            "version of another schema",
            "care-liaison-1",
            ["/schemaVersion": "2.0.0"],
            ["/schemaVersion E-CODE"]
        ),
    ]

    static let texts: [RuleCase] =
        lines.map { textCase("/body/addresseeTitle", $0, $1) }
        + paragraphs.map { textCase("/body/message", $0, $1) }

    private static let lines: [(String, String?)] = [
        ("", "E-FORMAT"), ("a\nb", "E-FORMAT"), ("a\n", "E-FORMAT"), ("a\tb", "E-FORMAT"),
        ("a\rb", "E-FORMAT"), ("a\u{7F}", "E-FORMAT"), ("\u{202E}a", "E-FORMAT"),
        ("a\u{2066}", "E-FORMAT"), ("\u{FEFF}a", "E-FORMAT"), (" 先生　", nil),
        ("辻\u{E0101}本", nil), (String(repeating: "𠮷", count: 80), nil),
        (String(repeating: "𠮷", count: 81), "E-LENGTH"),
        (String(repeating: "か\u{3099}", count: 40), nil),
        (String(repeating: "か\u{3099}", count: 40) + "か", "E-LENGTH"),
    ]

    private static let paragraphs: [(String, String?)] = [
        ("a\nb", nil), ("a\r\nb", "E-FORMAT"), ("", "E-FORMAT"), ("a\u{B}", "E-FORMAT"),
        (String(repeating: "あ", count: 2000), nil),
        (String(repeating: "あ", count: 2001), "E-LENGTH"),
    ]

    private static func textCase(_ place: String, _ text: String, _ rule: String?) -> RuleCase {
        let problems = rule.map { Set(["\(place) \($0)"]) } ?? []
        return RuleCase("text", "care-liaison-2", [place: .string(text)], problems)
    }

    /// Pointer in admission-info-1, a good value, bad values.
    private static let forms: [(String, JSON, [JSON])] = [
        ("/body/admittedTime", "00:00", ["24:00", "9:00", "09:60", "09:00:00"]),
        ("/body/weightKg", "52.25", ["52.255", "1000", "-1", ".5", "５２"]),
        ("/body/housingFloors", 60, [0, 61]),
        ("/body/acpDiscussedOn", "2024-02-29", ["2025-02-29", "2025-13-01", "2025-1-1", "R7.1.1"]),
        (
            "/patient/phone", "0312345678",
            ["031234567", "-0312345678", "03 1234 5678", "０３12345678"]
        ),
        ("/patient/phone", "03-1234-5678-9", ["031234567890", "03-12-34-56-78-9"]),
        ("/patient/postalCode", "537-0001", ["5370001", "537-001"]),
        ("/patient/fullNameKana", "タカサキ・キチ　ノスケ 2セイ", ["たかさき", "ﾀｶｻｷ", "タカサキA"]),
        ("/patient/insuredNumber", "H123456789", ["123456789", "h123456789"]),
        ("/patient/insurerNumber", "271007", ["27100", "27100a"]),
        ("/sender/person/email", "a@b", ["a", "a@b@c", "a b@c", "@b"]),
        (
            "/sheetId", "00000000-0000-4000-8000-000000000000",
            ["00000000-0000-4000-8000-00000000000", "C9EEECB2-2dcf-52ab-906c-4a5d02f601e5"]
        ),
        ("/attachments/0/name", "計画.pdf", ["a/b.pdf", "a\\b.pdf"]),
        ("/attachments/0/byteLength", 20_971_520, [0, 20_971_521]),
    ]

    static let numbers: [RuleCase] = forms.flatMap { place, good, bad -> [RuleCase] in
        let problem = Set(["\(place) E-FORMAT"])
        let accepted = RuleCase("good form", "admission-info-1", [place: good])
        return [accepted] + bad.map { RuleCase("form", "admission-info-1", [place: $0], problem) }
    }

    static let lists: [RuleCase] = [
        RuleCase("E-CODE", "care-liaison-1", ["/scene": "x"], ["/scene E-CODE"]),
        RuleCase("E-CODE", "care-liaison-1", ["/patient/sex": "3"], ["/patient/sex E-CODE"]),
        RuleCase(
            "codes of another numbering are refused",
            "admission-info-1",
            ["/body/physicalIndependence": "2", "/body/careLevel/code": "99"],
            ["/body/physicalIndependence E-CODE", "/body/careLevel/code E-CODE"]
        ),
        RuleCase(
            "a list may include another",
            "admission-info-1",
            ["/body/acpParticipants": ["self", "nurse", "neighbor"]],
            ["/body/acpParticipants/2 E-CODE"]
        ),
        RuleCase(
            "twice",
            "care-liaison-1",
            ["/consent/scopePurposes": ["careCoordination", "careCoordination"]],
            ["/consent/scopePurposes E-CODE"]
        ),
        RuleCase("empty", "care-liaison-1", ["/attachments": []], ["/attachments E-LENGTH"]),
        RuleCase(
            "too many",
            "care-liaison-1",
            [
                "/body/meetingCandidates": [
                    "2026-01-27T13:30:00+09:00", "2026-01-27T14:30:00+09:00",
                    "2026-01-27T15:30:00+09:00", "2026-01-27T16:30:00+09:00",
                    "2026-01-27T17:30:00+09:00", "2026-01-27T18:30:00+09:00",
                ]
            ],
            ["/body/meetingCandidates E-LENGTH"]
        ),
        RuleCase(
            "times",
            "care-liaison-1",
            [
                "/body/meetingCandidates": [
                    "2026-01-27T13:30:00+09:00", "2026-01-27T13:30:00Z", "2026-01-27T13:30+09:00",
                    "2026-02-29T13:30:00+09:00",
                ]
            ],
            [
                "/body/meetingCandidates/1 E-FORMAT", "/body/meetingCandidates/2 E-FORMAT",
                "/body/meetingCandidates/3 E-FORMAT",
            ]
        ),
        RuleCase(
            "only true",
            "care-liaison-reply-1",
            ["/body/unsolicited": false],
            ["/body/unsolicited E-CODE"]
        ),
        RuleCase(
            "media types",
            "admission-info-1",
            ["/attachments/0/mediaType": "text/html"],
            ["/attachments/0/mediaType E-CODE"]
        ),
    ]

    @Test(arguments: [
        "", "{", "[1", #"{"a":1,"a":2}"#, #"{"a":1.5}"#, #"{"a":null}"#, "\u{FEFF}{}",
    ])
    func `bytes that are no strict JSON give one result and nothing else`(_ text: String) throws {
        let report = try SheetExamples.catalogue.get().report(
            DraftSheet(bytes: text.bytes),
            SheetContext(today: #require(Day("2026-03-31")))
        )
        #expect(report.problems.map { "\($0.pointer) \($0.rule)" } == [" E-JSON"])
        #expect(report.warnings.isEmpty)
    }

    @Test func `a value with an error of form takes no part in the rules`() throws {
        try RuleCase(
            "purposes is wrong in itself, so L1 and L2 are silent",
            "care-liaison-1",
            ["/body/purposes": "consult"],
            ["/body/purposes E-TYPE"]
        ).check()
        try RuleCase(
            "a missing member is reported once, not by every rule that reads it",
            "outcome-request-1",
            ["/replyExpectation": nil],
            ["/replyExpectation E-REQUIRED"]
        ).check()
    }

    @Test func `the message names the field by its labels and never the content`() throws {
        let example = try SheetExamples.example("care-liaison-1.json")
        let json = example.json.editing(["sender", "organization", "phone"], "秘密の値")
        let report = try SheetExamples.catalogue.get().report(
            DraftSheet(bytes: json.canonicalBytes),
            example.context()
        )
        #expect(
            report.problems.map(\.message).joined()
                == "「発信者 機関 TEL」を正しい形で記入してください：半角数字とハイフン（例 06-1234-5678）"
        )
    }
}
