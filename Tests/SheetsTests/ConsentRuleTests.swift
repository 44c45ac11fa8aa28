import Primitives
import Testing

/// What the consent statement must say on the wire, and the directions of sheets.
struct ConsentRuleTests {
    @Test(arguments: required + consent + scope + directions)
    func `a rule of consent or direction finds exactly what breaks it`(_ entry: RuleCase) throws {
        try entry.check()
    }

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
