import Primitives
import Testing

/// Rules of 転帰シート, 紹介患者状況把握シート and the outcome reply.
struct ReferralRuleTests {
    @Test(arguments: outcomeRequest + referral + outcome)
    func `a rule of the referral sheets finds exactly what breaks it`(_ entry: RuleCase) throws {
        try entry.check()
    }

    static let outcomeRequest: [RuleCase] = [
        RuleCase(
            "T1",
            "outcome-request-1",
            ["/body/requestedEvents": ["transferDepartment", "discharge", "death"]],
            ["/body/requestedEvents E-RULE:T1"]
        ),
        RuleCase(
            "T1 more than the three",
            "outcome-request-1",
            [
                "/body/requestedEvents": [
                    "transferDepartment", "discharge", "transferHospital", "death",
                ]
            ]
        ),
        RuleCase(
            "T2",
            "outcome-request-1",
            ["/replyExpectation": "reportOnly"],
            ["/replyExpectation E-RULE:T2"]
        ),
        RuleCase("T3", "outcome-request-1", ["/patient": nil], ["/patient E-REQUIRED"]),
    ]

    static let referral: [RuleCase] = [
        RuleCase(
            "S1",
            "referred-patient-status-1",
            ["/body/referralType": "other"],
            ["/body/referralTypeOther E-REQUIRED"]
        ),
        RuleCase(
            "S1 text without the choice",
            "referred-patient-status-1",
            ["/body/referralTypeOther": "転居"],
            ["/body/referralTypeOther E-RULE:X6"]
        ),
        RuleCase(
            "S2 needed",
            "referred-patient-status-1",
            ["/body/ownCarePlace": nil],
            ["/body/ownCarePlace E-REQUIRED"]
        ),
        RuleCase(
            "S2 not wanted",
            "referred-patient-status-1",
            ["/body/dischargeHandling": "byConsultation"],
            ["/body/ownCarePlace E-RULE:S2"]
        ),
        RuleCase(
            "X6 other wish, other contact",
            "referred-patient-status-1",
            [
                "/body/dischargeHandling": "other", "/body/ownCarePlace": nil,
                "/body/contactMethods/-": "other",
            ],
            ["/body/dischargeHandlingOther E-REQUIRED", "/body/contactMethodOther E-REQUIRED"]
        ),
        RuleCase(
            "S3",
            "referred-patient-status-1",
            ["/body/careManager": nil],
            warnings: ["W-CAREMANAGER"]
        ),
        RuleCase(
            "S4 certified without level",
            "referred-patient-status-1",
            ["/body/careLevel": nil],
            warnings: ["W-CARELEVEL"]
        ),
        RuleCase(
            "S4 certified, level unknown",
            "referred-patient-status-1",
            ["/body/careLevel": ["status": "unknown"]]
        ),
        RuleCase(
            "S4 applying and certified",
            "referred-patient-status-1",
            ["/body/careInsuranceUse": "applying"],
            warnings: ["W-CARELEVEL"]
        ),
        RuleCase(
            "S4 applying without level",
            "referred-patient-status-1",
            ["/body/careInsuranceUse": "applying", "/body/careLevel": nil]
        ),
        RuleCase(
            "S6",
            "referred-patient-status-1",
            ["/body/referredOn": "2026-02-17"],
            ["/body/referredOn E-RULE:S6"]
        ),
        RuleCase(
            "S7",
            "referred-patient-status-1",
            ["/recipients/1": nil],
            ["/recipients E-RULE:S7"]
        ),
    ]

    static let outcome: [RuleCase] = [
        RuleCase(
            "O1 transfer",
            "patient-outcome-reply-1",
            ["/body/outcome": "transferHospital"],
            ["/body/destinationName E-REQUIRED", "/body/destinationKind E-RULE:O1"]
        ),
        RuleCase(
            "O1 facility without kind",
            "patient-outcome-reply-1",
            ["/body/outcome": "facilityEntry", "/body/destinationKind": nil],
            ["/body/destinationKind E-REQUIRED"]
        ),
        RuleCase(
            "O1 facility",
            "patient-outcome-reply-1",
            ["/body/outcome": "facilityEntry", "/body/destinationKind": "facility"]
        ),
        RuleCase(
            "X6",
            "patient-outcome-reply-1",
            ["/body/outcome": "other"],
            ["/body/outcomeOther E-REQUIRED"]
        ),
        RuleCase(
            "O2",
            "patient-outcome-reply-1",
            ["/body/movedOn": nil],
            ["/body/movedOn E-REQUIRED"]
        ),
        RuleCase(
            "O2 planned",
            "patient-outcome-reply-1",
            ["/body/movedOn": nil, "/body/outcomeStage": "planned"]
        ),
        RuleCase("O3 on the day", "patient-outcome-reply-1", ["/body/movedOn": "2026-02-16"]),
        RuleCase(
            "O3",
            "patient-outcome-reply-1",
            ["/body/movedOn": "2026-02-15"],
            ["/body/movedOn E-RULE:O3"]
        ),
    ]
}
