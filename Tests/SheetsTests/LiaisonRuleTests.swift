import Primitives
import Testing

/// Rules of 医療・介護連携シート and its reply.
struct LiaisonRuleTests {
    @Test(arguments: sheet + reply)
    func `a rule of the liaison sheets finds exactly what breaks it`(_ entry: RuleCase) throws {
        try entry.check()
    }

    static let sheet: [RuleCase] = [
        RuleCase(
            "L1, and X6 forgets the text of a choice that is gone",
            "care-liaison-3",
            ["/body/consultTopics": nil],
            ["/body/consultTopics E-REQUIRED", "/body/consultTopicOther E-RULE:X6"]
        ),
        RuleCase(
            "L1 a question for report only",
            "care-liaison-1",
            ["/replyExpectation": "reportOnly"],
            warnings: ["W-REPORTONLY"]
        ),
        RuleCase(
            "L2 start of the charge",
            "care-liaison-2",
            ["/body/assignedOn": nil],
            ["/body/assignedOn E-REQUIRED"]
        ),
        RuleCase(
            "L2 topics without a question",
            "care-liaison-2",
            ["/body/consultTopics": ["careAdvice"]],
            ["/body/consultTopics E-RULE:L2"]
        ),
        RuleCase(
            "X6 other without its text",
            "care-liaison-3",
            ["/body/consultTopicOther": nil],
            ["/body/consultTopicOther E-REQUIRED"]
        ),
        RuleCase(
            "L3 candidates",
            "care-liaison-1",
            ["/body/meetingCandidates": nil],
            ["/body/meetingCandidates E-REQUIRED"]
        ),
        RuleCase(
            "L3 opinion only",
            "care-liaison-1",
            ["/body/meetingCandidates": nil, "/body/opinionOnly": true]
        ),
        RuleCase(
            "L3 both",
            "care-liaison-1",
            ["/body/opinionOnly": true],
            ["/body/meetingCandidates E-RULE:L3"]
        ),
        RuleCase(
            "L4 equipment",
            "care-liaison-1",
            ["/body/consultTopics/-": "equipment"],
            ["/body/equipmentItems E-REQUIRED"]
        ),
        RuleCase(
            "L4 services",
            "care-liaison-3",
            ["/body/requestedServices": nil],
            ["/body/requestedServices E-REQUIRED"]
        ),
        RuleCase("L5", "care-liaison-3", ["/attachments": nil], ["/attachments E-REQUIRED"]),
        RuleCase(
            "CL1",
            "care-liaison-1",
            ["/body/careLevel/code": nil],
            ["/body/careLevel/code E-REQUIRED"]
        ),
        RuleCase(
            "CL2 half a period",
            "care-liaison-1",
            ["/body/careLevel/from": "2025-10-01"],
            ["/body/careLevel/to E-REQUIRED"]
        ),
    ]

    static let reply: [RuleCase] = [
        RuleCase(
            "LR1",
            "care-liaison-reply-1",
            ["/body/answers/1": nil],
            ["/body/answers E-RULE:LR1"]
        ),
        RuleCase(
            "LR1 without answers",
            "care-liaison-reply-1",
            ["/body/answers": nil],
            ["/body/answers E-REQUIRED"]
        ),
        RuleCase(
            "LR2 attendance",
            "care-liaison-reply-1",
            ["/body/meetingAttendance": nil],
            ["/body/meetingAttendance E-REQUIRED"]
        ),
        RuleCase(
            "LR2 the same instant in another zone",
            "care-liaison-reply-1",
            ["/body/meetingChosen": "2026-01-28T05:00:00+00:00"]
        ),
        RuleCase(
            "LR2 no candidate",
            "care-liaison-reply-1",
            ["/body/meetingChosen": "2026-01-28T14:00:00+00:00"],
            ["/body/meetingChosen E-RULE:LR2"]
        ),
        RuleCase(
            "LR3",
            "care-liaison-reply-1",
            ["/sender/organization/officeNo": "9910100115"],
            ["/sender/organization E-RULE:LR3"]
        ),
        RuleCase(
            "LR3 by name, when a number is missing",
            "care-liaison-reply-1",
            ["/sender/organization/officeNo": nil]
        ),
        RuleCase(
            "LR5 twice",
            "care-liaison-reply-1",
            [
                "/body/answers/-": [
                    "topic": "careAdvice", "opinion": "同上", "decision": "agree",
                ]
            ],
            ["/body/answers/3/topic E-RULE:LR5"]
        ),
        RuleCase(
            "LR6",
            "care-liaison-reply-1",
            ["/body/answers": nil, "/body/instructions": nil],
            ["/body/answers E-REQUIRED", "/body E-RULE:LR6"]
        ),
        RuleCase(
            "LR6, X11 unsolicited",
            "care-liaison-reply-1",
            ["/body/unsolicited": true],
            ["/body/answers E-RULE:LR6", "/inReplyTo E-RULE:X11"]
        ),
        RuleCase(
            "rules on the answered sheet are silent without it",
            "care-liaison-1",
            [
                "/sheetType": "careLiaisonReply",
                "/inReplyTo": "b856d6c1-536d-56a9-83ec-db43ac9349a4",
                "/sender/organization/type": "clinic",
                "/recipients/0/organization/type": "homeCareSupport",
                "/consent/scopeOrgTypes/-": "homeCareSupport",
                "/body": [
                    "replyText": "承知しました。",
                    "answers": [
                        ["topic": "equipment", "opinion": "可", "decision": "agree"],
                        ["topic": "equipment", "opinion": "可", "decision": "agree"],
                    ],
                ],
            ]
        ),
    ]
}
