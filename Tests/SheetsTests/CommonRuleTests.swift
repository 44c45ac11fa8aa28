import Primitives
import Sheets
import TestKit
import Testing

/// Rules of the common part: patient, dates, parties, threads.
struct CommonRuleTests {
    @Test(arguments: patient + common)
    func `a rule of the common part finds exactly what breaks it`(_ entry: RuleCase) throws {
        try entry.check()
    }

    static let patient: [RuleCase] = [
        RuleCase("P1 kana is enough", "care-liaison-1", ["/patient/fullName": nil]),
        RuleCase(
            "P1",
            "care-liaison-1",
            ["/patient/fullName": nil, "/patient/fullNameKana": nil],
            ["/patient/fullName E-REQUIRED"]
        ),
        RuleCase(
            "P1 unknown persons only in emergencyShare",
            "care-liaison-1",
            [
                "/patient/fullName": nil, "/patient/fullNameKana": nil,
                "/patient/unidentified": true,
            ],
            ["/patient/fullName E-REQUIRED", "/patient/unidentified E-RULE:P1"]
        ),
        RuleCase("P2 as written is enough", "care-liaison-1", ["/patient/birthDate": nil]),
        RuleCase(
            "P2",
            "care-liaison-1",
            ["/patient/birthDate": nil, "/patient/birthDateAsWritten": nil],
            ["/patient/birthDate E-REQUIRED"]
        ),
        RuleCase("P3 one year off", "care-liaison-1", ["/patient/ageAsWritten": 89]),
        RuleCase("P3", "care-liaison-1", ["/patient/ageAsWritten": 86], warnings: ["W-AGE"]),
        RuleCase(
            "P7 born on the day",
            "care-liaison-1",
            [
                "/patient/birthDate": "2026-01-19", "/patient/birthDateAsWritten": nil,
                "/patient/ageAsWritten": 0,
            ]
        ),
        RuleCase(
            "P7 born after it",
            "care-liaison-1",
            [
                "/patient/birthDate": "2026-01-20", "/patient/birthDateAsWritten": nil,
                "/patient/ageAsWritten": nil,
            ],
            ["/patient/birthDate E-RULE:P7"]
        ),
        RuleCase(
            "P7 120 years",
            "care-liaison-1",
            [
                "/patient/birthDate": "1905-01-20", "/patient/birthDateAsWritten": nil,
                "/patient/ageAsWritten": 120,
            ]
        ),
        RuleCase(
            "P7 121 years",
            "care-liaison-1",
            [
                "/patient/birthDate": "1905-01-19", "/patient/birthDateAsWritten": nil,
                "/patient/ageAsWritten": 121,
            ],
            ["/patient/birthDate E-RULE:P7"]
        ),
    ]

    static let common: [RuleCase] = [
        RuleCase(
            "X2 same office number",
            "care-liaison-1",
            ["/recipients/0/organization/officeNo": "9970100013"],
            ["/recipients/0 E-RULE:X2"]
        ),
        RuleCase(
            "X2 same name without number",
            "care-liaison-1",
            [
                "/recipients/0/organization/officeNo": nil,
                "/recipients/0/organization/name": "架空橋ケアプランセンター",
            ],
            ["/recipients/0 E-RULE:X2"]
        ),
        RuleCase(
            "X2 same name, other number",
            "care-liaison-1",
            ["/recipients/0/organization/name": "架空橋ケアプランセンター"]
        ),
        RuleCase("X4 today", "care-liaison-2", ["/issuedOn": "2026-03-31"]),
        RuleCase(
            "X4 tomorrow",
            "care-liaison-2",
            ["/issuedOn": "2026-04-01"],
            ["/issuedOn E-FUTUREDATE"]
        ),
        RuleCase(
            "X5",
            "referred-patient-status-1",
            ["/body/careLevel/from": "2027-10-01"],
            ["/body/careLevel/to E-RULE:X5"]
        ),
        RuleCase(
            "X9 consent",
            "care-liaison-1",
            ["/consent/obtainedOn": "2026-01-20"],
            ["/consent/obtainedOn E-RULE:X9"]
        ),
        RuleCase("X9 due on the day", "care-liaison-1", ["/replyDueOn": "2026-01-19"]),
        RuleCase(
            "X9 due before",
            "care-liaison-1",
            ["/replyDueOn": "2026-01-18"],
            ["/replyDueOn E-RULE:X9"]
        ),
        RuleCase("X13", "care-liaison-1", ["/replyDueOn": nil], ["/replyDueOn E-REQUIRED"]),
        RuleCase("X13 routine", "care-liaison-1", ["/replyDueOn": nil, "/urgency": "routine"]),
        RuleCase(
            "X13 no reply",
            "care-liaison-2",
            ["/urgency": "soon"]
        ),
        RuleCase(
            "X11 answers must name their sheet",
            "care-liaison-reply-1",
            ["/inReplyTo": nil],
            ["/inReplyTo E-REQUIRED"]
        ),
        RuleCase(
            "X11 another sheet",
            "care-liaison-reply-1",
            ["/inReplyTo": "b856d6c1-536d-56a9-83ec-db43ac9349a4"],
            ["/inReplyTo E-RULE:X11"]
        ),
        RuleCase(
            "X11 another thread",
            "care-liaison-reply-1",
            ["/threadId": "b856d6c1-536d-56a9-83ec-db43ac9349a4"],
            ["/threadId E-RULE:X11"]
        ),
        RuleCase(
            "X12 another insured number",
            "care-liaison-reply-1",
            ["/patient/insuredNumber": "9900000089"],
            warnings: ["W-PATIENT"]
        ),
        RuleCase(
            "X12 the insured number alone decides",
            "care-liaison-reply-1",
            ["/patient/fullName": "高崎 吉之助"]
        ),
        RuleCase(
            "X12 else birth day and name by bytes",
            "care-liaison-reply-1",
            ["/patient/insuredNumber": nil, "/patient/fullName": "高﨑 𠮷之助"],
            warnings: ["W-PATIENT"]
        ),
        RuleCase(
            "X12 without number, the same",
            "care-liaison-reply-1",
            ["/patient/insuredNumber": nil]
        ),
        RuleCase(
            "X12 another birth day",
            "care-liaison-reply-1",
            [
                "/patient/insuredNumber": nil, "/patient/birthDate": "1937-05-04",
                "/patient/birthDateAsWritten": nil,
            ],
            warnings: ["W-PATIENT"]
        ),
    ]
}
