import Primitives
import Sheets
import TestKit
import Testing

/// Rules of the common part: patient, dates, parties, consent, directions, numbers.
struct CommonRuleTests {
    @Test(arguments: patient + common + required + consent + scope + directions)
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

    static let required: [RuleCase] = [
        "obtainedOn", "method", "givenBy", "giverName", "giverRelationship", "obtainedByPerson",
    ].map {
        RuleCase("CF1", "care-liaison-1", ["/consent/\($0)": nil], ["/consent/\($0) E-REQUIRED"])
    }

    static let consent: [RuleCase] = [
        RuleCase(
            "CF2",
            "admission-info-2",
            ["/consent/emergencyReason": nil],
            ["/consent/emergencyReason E-REQUIRED"],
            warnings: ["W-KEYPERSON"]
        ),
        RuleCase(
            "CF3, and no scope is needed",
            "care-liaison-1",
            ["/consent/status": "legalException", "/consent/scopeOrgTypes": nil],
            ["/consent/legalBasis E-REQUIRED"]
        ),
        RuleCase(
            "CF4",
            "care-liaison-reply-1",
            ["/consent/noticeVersion": nil],
            ["/consent/noticeVersion E-REQUIRED"]
        ),
        RuleCase(
            "CF5",
            "care-liaison-1",
            ["/consent/scopeOrgTypes": nil],
            ["/consent/scopeOrgTypes E-REQUIRED"]
        ),
        RuleCase(
            "CF5 by numbers",
            "care-liaison-1",
            ["/consent/scopeOrgTypes": nil, "/consent/scopeOrgNos": ["9910100123"]]
        ),
        RuleCase(
            "X3",
            "care-liaison-1",
            ["/consent/status": "refused"],
            ["/consent/status E-CONSENT:X3"]
        ),
        RuleCase(
            "C-1 pending",
            "care-liaison-1",
            ["/consent/status": "pending"],
            ["/consent/status E-CONSENT:C-1"]
        ),
        RuleCase(
            "C-1 not required, with a patient",
            "care-liaison-1",
            ["/consent/status": "notRequired"],
            ["/consent/status E-CONSENT:C-1"]
        ),
        RuleCase(
            "C-4 implied",
            "care-liaison-1",
            ["/consent/status": "implied", "/consent/noticeVersion": "1"],
            ["/consent/status E-CONSENT:C-4"]
        ),
        RuleCase(
            "C-4 oral",
            "care-liaison-1",
            ["/consent/method": "oralRecorded"],
            ["/consent/method E-CONSENT:C-4"]
        ),
        RuleCase(
            "C-4 is for care senders",
            "outcome-request-1",
            ["/consent/method": "oralRecorded"]
        ),
        RuleCase(
            "C-5 implied to a room",
            "patient-outcome-reply-1",
            ["/consent/status": "implied", "/consent/noticeVersion": "1"],
            ["/consent/status E-CONSENT:C-5"]
        ),
        RuleCase(
            "C-5 implied by a sender that is neither",
            "outcome-request-2",
            ["/consent/status": "implied", "/consent/noticeVersion": "1"],
            ["/consent/status E-CONSENT:C-5"]
        ),
        RuleCase(
            "C-5 statistics",
            "care-liaison-reply-1",
            ["/consent/scopePurposes/-": "statistics"],
            ["/consent/scopePurposes E-CONSENT:C-5"]
        ),
        RuleCase(
            "C-11 obtained is from the person",
            "care-liaison-1",
            ["/consent/givenBy": "family"],
            ["/consent/givenBy E-CONSENT:C-11"]
        ),
        RuleCase(
            "C-11 a proxy is not the person",
            "care-liaison-3",
            ["/consent/givenBy": "self"],
            ["/consent/givenBy E-CONSENT:C-11"]
        ),
        RuleCase(
            "C-11 guardian",
            "care-liaison-3",
            ["/consent/givenBy": "guardian", "/consent/guardianKind": "curatorship"]
        ),
        RuleCase(
            "C-11 kind of guardian of a daughter",
            "care-liaison-3",
            ["/consent/guardianKind": "curatorship"],
            ["/consent/guardianKind E-CONSENT:C-11"]
        ),
        RuleCase(
            "C-12 the sheet allows no exception",
            "care-liaison-1",
            ["/consent/status": "emergencyException", "/consent/emergencyReason": "急変"],
            ["/consent/status E-CONSENT:C-12"]
        ),
        RuleCase(
            "C-12 not urgent",
            "admission-info-2",
            ["/urgency": "sameDay"],
            ["/consent/status E-CONSENT:C-12"],
            warnings: ["W-KEYPERSON"]
        ),
    ]

    static let scope: [RuleCase] = [
        RuleCase(
            "C-2 purpose",
            "care-liaison-1",
            ["/consent/scopePurposes": ["admission"]],
            ["/consent/scopePurposes E-CONSENT:C-2"]
        ),
        RuleCase(
            "C-2 recipient",
            "care-liaison-1",
            ["/consent/scopeOrgTypes": ["hospital"]],
            ["/recipients/0/organization E-CONSENT:C-2"]
        ),
        RuleCase(
            "C-2 another number",
            "care-liaison-1",
            ["/consent/scopeOrgTypes": nil, "/consent/scopeOrgNos": ["9910100115"]],
            ["/recipients/0/organization E-CONSENT:C-2"]
        ),
        RuleCase(
            "C-2 a room needs consultation besides",
            "referred-patient-status-1",
            ["/consent/scopePurposes": ["admission"]],
            ["/consent/scopePurposes E-CONSENT:C-2"]
        ),
        RuleCase(
            "C-2 emergency covers an urgent admission",
            "admission-info-2",
            ["/consent/scopePurposes": ["emergency"]],
            warnings: ["W-KEYPERSON"]
        ),
        RuleCase(
            "C-2 emergency does not cover a planned one",
            "admission-info-1",
            ["/consent/scopePurposes": ["emergency"]],
            ["/consent/scopePurposes E-CONSENT:C-2"]
        ),
        RuleCase(
            "C-3",
            "admission-info-1",
            ["/consent/familyInfoConsent": false],
            ["/consent/familyInfoConsent E-CONSENT:C-3"]
        ),
        RuleCase(
            "C-3 without family",
            "admission-info-1",
            ["/consent/familyInfoConsent": nil, "/body/family": nil],
            warnings: ["W-KEYPERSON"]
        ),
    ]

    private static let wardOffice: JSON = [
        "organization": ["name": "幻区役所", "type": "wardOffice"], "purpose": "cc",
    ]

    static let directions: [RuleCase] = [
        RuleCase(
            "X1 sender",
            "care-liaison-1",
            ["/sender/organization/type": "hospital"],
            ["/sender/organization/type E-DIRECTION"]
        ),
        RuleCase(
            "X1 recipient",
            "care-liaison-1",
            [
                "/recipients/0/organization/type": "fireDepartment",
                "/consent/scopeOrgTypes/-": "fireDepartment",
            ],
            ["/recipients/0/organization/type E-DIRECTION"]
        ),
        RuleCase(
            "X1 only as copy",
            "patient-outcome-reply-1",
            ["/recipients/2/purpose": "to"],
            ["/recipients/2/purpose E-DIRECTION"]
        ),
        RuleCase(
            "ward office as copy, named by type",
            "care-liaison-1",
            ["/recipients/-": wardOffice, "/consent/scopeOrgTypes/-": "wardOffice"]
        ),
        RuleCase(
            "ward office not named",
            "care-liaison-1",
            ["/recipients/-": wardOffice],
            ["/recipients/1/organization E-CONSENT:C-2"]
        ),
        RuleCase(
            "ward office as addressee",
            "care-liaison-1",
            [
                "/recipients/-": wardOffice, "/recipients/1/purpose": "to",
                "/consent/scopeOrgTypes/-": "wardOffice",
            ],
            ["/recipients/1/purpose E-DIRECTION"]
        ),
    ]
}
