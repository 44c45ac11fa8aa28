import Primitives
import Testing

/// Rules of 入院時情報提供書 and its receipt.
struct AdmissionRuleTests {
    @Test(arguments: head + body + recipients + acknowledgement)
    func `a rule of the admission sheets finds exactly what breaks it`(_ entry: RuleCase) throws {
        try entry.check()
    }

    static let head: [RuleCase] = [
        RuleCase(
            "A1 certified",
            "admission-info-1",
            ["/body/certificationPeriod": nil],
            ["/body/certificationPeriod E-REQUIRED"]
        ),
        RuleCase(
            "A1 applying",
            "admission-info-1",
            ["/body/careLevel": ["status": "changeApplying"]],
            ["/body/applicationOn E-REQUIRED"]
        ),
        RuleCase(
            "A2 ended the day before",
            "admission-info-1",
            ["/body/certificationPeriod/to": "2026-02-15"],
            warnings: ["W-CERT-EXPIRED"]
        ),
        RuleCase("A2 last day", "admission-info-1", ["/body/certificationPeriod/to": "2026-02-16"]),
        RuleCase(
            "A2 not begun",
            "admission-info-1",
            ["/body/certificationPeriod/from": "2026-02-17"],
            warnings: ["W-CERT-EXPIRED"]
        ),
        RuleCase(
            "X5 a period that is none says nothing of its end",
            "admission-info-1",
            ["/body/certificationPeriod/to": "2025-09-30"],
            ["/body/certificationPeriod/to E-RULE:X5"]
        ),
        RuleCase(
            "A3",
            "admission-info-1",
            ["/body/admittedOn": nil],
            ["/body/admittedOn E-REQUIRED"]
        ),
        RuleCase(
            "A3 planned",
            "admission-info-1",
            ["/body/admittedOn": nil, "/body/plannedAdmission": true]
        ),
        RuleCase(
            "A4",
            "admission-info-1",
            ["/body/providedOn": "2026-02-15"],
            ["/body/providedOn E-RULE:A4"]
        ),
        RuleCase(
            "A4 before the admission is allowed",
            "admission-info-1",
            ["/body/admittedOn": "2026-02-20"]
        ),
        RuleCase(
            "X9",
            "admission-info-1",
            ["/body/writtenOn": "2026-02-17", "/body/acpDiscussedOn": "2026-02-17"],
            [
                "/body/writtenOn E-RULE:X9", "/body/acpDiscussedOn E-RULE:X9",
                "/body/providedOn E-RULE:A4",
            ]
        ),
        RuleCase(
            "X9 application",
            "admission-info-1",
            ["/body/applicationOn": "2026-02-17"],
            ["/body/applicationOn E-RULE:X9"]
        ),
        RuleCase(
            "CL2 the period has one place",
            "admission-info-1",
            ["/body/careLevel/from": "2025-10-01", "/body/careLevel/to": "2027-09-30"],
            ["/body/careLevel/from E-RULE:CL2", "/body/careLevel/to E-RULE:CL2"]
        ),
    ]

    static let body: [RuleCase] = [
        RuleCase(
            "A5",
            "admission-info-1",
            ["/body/family/0/livingTogether": "yes"],
            ["/body/family/0/livingTogether E-RULE:A5"]
        ),
        RuleCase("A6 one", "admission-info-1", ["/body/family/0/isMainCaregiver": true]),
        RuleCase(
            "A6 two",
            "admission-info-1",
            ["/body/family/0/isMainCaregiver": true, "/body/family/1/isMainCaregiver": true],
            ["/body/family E-RULE:A6"]
        ),
        RuleCase(
            "A6 no key person",
            "admission-info-1",
            ["/body/family/0/isKeyPerson": false],
            warnings: ["W-KEYPERSON"]
        ),
        RuleCase(
            "A8",
            "admission-info-1",
            ["/body/intakeRoute": "tube"],
            warnings: ["W-TUBE"]
        ),
        RuleCase(
            "A8 with a tube",
            "admission-info-1",
            ["/body/intakeRoute": "tube", "/body/medicalProcedures": ["nasogastric"]]
        ),
        RuleCase(
            "A9 only the method",
            "admission-info-1",
            ["/body/toiletMethods": ["catheter"]],
            warnings: ["W-CATHETER"]
        ),
        RuleCase(
            "A9 only the procedure",
            "admission-info-1",
            ["/body/medicalProcedures": ["urinaryCatheter"]],
            warnings: ["W-CATHETER"]
        ),
        RuleCase(
            "A10",
            "admission-info-1",
            ["/body/dementiaSymptoms": nil],
            warnings: ["W-DEMENTIA-TEXT"]
        ),
        RuleCase(
            "A10 below Ⅱａ",
            "admission-info-1",
            ["/body/dementiaSymptoms": nil, "/body/dementiaIndependence": "02"]
        ),
        RuleCase(
            "X7, A11",
            "admission-info-1",
            ["/body/walkingAidsIndoor": ["none", "cane"], "/body/mentalIssues/-": "none"],
            ["/body/walkingAidsIndoor E-RULE:X7", "/body/mentalIssues E-RULE:X7"]
        ),
        RuleCase(
            "A12 care services for 要支援",
            "admission-info-1",
            ["/body/careLevel/code": "12"],
            warnings: ["W-SERVICE-LEVEL"]
        ),
        RuleCase(
            "A12 prevention and programme services",
            "admission-info-1",
            [
                "/body/careLevel/code": "06", "/body/serviceDetails/0/service": "66",
                "/body/serviceDetails/1/service": "A2",
            ]
        ),
        RuleCase(
            "A13 no care plan",
            "admission-info-1",
            ["/attachments/0/kind": "photo"],
            ["/body/enclosedPlans E-RULE:A13"]
        ),
        RuleCase(
            "A13 nothing enclosed",
            "admission-info-1",
            ["/attachments": nil, "/body/enclosedPlans": ["other"]],
            ["/body/enclosedPlans E-RULE:A13"]
        ),
        RuleCase(
            "A16",
            "admission-info-1",
            ["/body/household/-": "elderlyOnly"],
            ["/body/household E-RULE:A16"]
        ),
        RuleCase(
            "A18",
            "admission-info-1",
            ["/body/medicationManager": nil],
            ["/body/medicationManager E-REQUIRED"]
        ),
        RuleCase(
            "A19 incomplete",
            "admission-info-1",
            ["/body/acpContent": nil, "/body/acpParticipants": nil],
            ["/body/acpContent E-REQUIRED", "/body/acpParticipants E-REQUIRED"]
        ),
        RuleCase(
            "A19 not done",
            "admission-info-1",
            ["/body/acpDiscussion": "notDone"],
            [
                "/body/acpDiscussedOn E-RULE:A19", "/body/acpParticipants E-RULE:A19",
                "/body/acpContent E-RULE:A19",
            ]
        ),
        RuleCase(
            "X10",
            "admission-info-1",
            ["/body/alcohol/has": "no", "/body/recentAdmission/from": "2025-01-01"],
            ["/body/alcohol/detail E-RULE:X10", "/body/recentAdmission/from E-RULE:X10"]
        ),
        RuleCase(
            "X10 professions",
            "admission-info-1",
            ["/body/medicationGuidance/professions": ["pharmacist"]],
            ["/body/medicationGuidance/professions E-RULE:X10"]
        ),
        RuleCase(
            "X5 recent admission",
            "admission-info-1",
            ["/body/recentAdmission": ["has": "yes", "from": "2025-12-02", "to": "2025-12-01"]],
            ["/body/recentAdmission/to E-RULE:X5"]
        ),
        RuleCase(
            "X6",
            "admission-info-1",
            ["/body/services/-": "other", "/body/householdOther": "姉と同居"],
            ["/body/serviceOther E-REQUIRED", "/body/householdOther E-RULE:X6"]
        ),
    ]

    static let recipients: [RuleCase] = [
        RuleCase(
            "A14",
            "admission-info-1",
            ["/body/abuseSuspicion": ["has": "yes"]],
            ["/recipients/0 E-RULE:A14"]
        ),
        RuleCase(
            "A14 to a doctor",
            "admission-info-1",
            ["/body/abuseSuspicion": ["has": "yes"], "/recipients/0/role": "doctor"]
        ),
        RuleCase(
            "A14 to the liaison office",
            "admission-info-1",
            [
                "/body/abuseSuspicion": ["has": "yes"],
                "/recipients/0/organization/departmentCode": "liaisonOffice",
            ]
        ),
        RuleCase(
            "A14 never a copy",
            "admission-info-1",
            [
                "/body/abuseSuspicion": ["has": "yes"], "/recipients/0/role": "doctor",
                "/recipients/0/purpose": "cc",
            ],
            ["/recipients/0 E-RULE:A14"]
        ),
    ]

    static let acknowledgement: [RuleCase] = [
        RuleCase("X11", "admission-ack-1", ["/inReplyTo": nil], ["/inReplyTo E-REQUIRED"]),
        RuleCase(
            "X1",
            "admission-ack-1",
            ["/sender/organization/type": "pharmacy"],
            ["/sender/organization/type E-DIRECTION"]
        ),
        RuleCase(
            "range",
            "admission-ack-1",
            ["/body/expectedStayDays": 3651],
            ["/body/expectedStayDays E-FORMAT"]
        ),
        RuleCase("an empty body is allowed", "admission-ack-1", ["/body": [:]]),
    ]
}
