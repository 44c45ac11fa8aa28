import Audit
import Cryptography
import Gateway
import Japanese
import Primitives
import TestKit

// A line for each act, in the order of their times, which are those of Japan.
extension MadeUpYear {
    var acts: [AuditFacts] { reading + emergencies + staff + house + [end] }

    private static let colleague = Agent(
        .person,
        name: nurse.text,
        role: code("nurse"),
        assurance: .password
    )
    private static let auditor = Agent(
        .person,
        name: "監査 太郎",
        role: code("clerk"),
        assurance: .password
    )

    private static func code(_ text: String) -> RoleCode {
        guard let role = RoleCode(text) else { preconditionFailure("a code") }
        return role
    }

    private func act(
        _ time: String,
        _ event: AuditEvent,
        _ agent: Agent,
        _ object: AuditObject,
        _ change: (inout AuditFacts) -> Void = { _ in }
    ) -> AuditFacts {
        let parts = time.split(separator: " ")
        let clock = parts[1].split(separator: ":").compactMap { Int($0) }
        guard let day = Day("2027-\(parts[0])") ?? Day(String(parts[0])) else {
            preconditionFailure("a day")
        }
        let at = Timestamp(startOfDayInJapan: day).adding(.minutes(clock[0] * 60 + clock[1]))
        var act = AuditFacts(event, by: agent, for: PartyID(member), on: object, at: at)
        change(&act)
        return act
    }

    /// Of the first patient message 0, of the second message 1.
    private func seen(
        _ time: String,
        _ event: AuditEvent,
        _ agent: Agent,
        _ number: Int,
        _ purpose: AuditPurpose = .care
    ) -> AuditFacts {
        act(time, event, agent, part(number)) { act in
            act.patient = Self.known(Self.patient(number))
            act.purpose = purpose
        }
    }

    private static func known(_ name: String) -> AuditPatient {
        AuditPatient(name, term: SearchText.withoutBlanks(name))
    }

    private static func patient(_ number: Int) -> String {
        (number == 1 ? second : first).text
    }

    private func part(_ number: Int) -> AuditObject {
        guard let name = ObjectName("sheet.json") else { preconditionFailure("a name") }
        return .part(name, of: messages[number])
    }

    private var reading: [AuditFacts] {
        let colleague = Self.colleague
        return [
            seen("01-12 10:00", .sheetOpened, Town.nurse, 0),
            seen("01-12 10:05", .sheetPrinted, Town.nurse, 0),
            seen("01-12 22:30", .sheetOpened, colleague, 0),
            // A Saturday.
            seen("01-16 11:00", .attachmentSaved, Town.nurse, 1),
            act("02-01 09:00", .breakGlassUsed, colleague, part(1)) { act in
                act.patient = Self.known(Self.second.text)
                act.reason = AuditReason("deskAbsent")
                act.details = "窓口が不在"
            },
            seen("02-01 09:01", .sheetOpened, colleague, 1, .breakGlass),
            act("02-02 10:00", .breakGlassReviewed, Town.nurse, part(1)) { act in
                act.patient = Self.known(Self.second.text)
            },
            act("02-10 10:00", .breakGlassUsed, colleague, part(0)) { act in
                act.patient = Self.known(Self.first.text)
                act.reason = AuditReason("safety")
                act.details = "搬送"
            },
        ]
    }

    private var emergencies: [AuditFacts] {
        func used(_ time: String, _ agent: Agent, _ number: Int) -> AuditFacts {
            act(time, .consentEmergencyUsed, agent, .consent(consents[number])) { act in
                act.patient = Self.known(Self.patient(number))
            }
        }
        return [
            act("03-01 10:00", .consentDenied, Town.nurse, .consent(consents[0])) { act in
                act.outcome = .seriousFailure
                act.reason = AuditReason("scope")
                act.patient = Self.known(Self.first.text)
            },
            used("03-02 10:00", Town.nurse, 1),
            used("03-03 10:00", Self.colleague, 0),
            // The third working day after the 2nd is the 5th.
            act("03-10 10:00", .consentEmergencyReviewed, Self.colleague, .consent(consents[1])),
        ]
    }

    private var staff: [AuditFacts] {
        [
            act("04-01 10:00", .sessionLogin, Self.colleague, .account(accounts[0])) { act in
                act.outcome = .minorFailure
                act.reason = AuditReason("wrong")
            },
            act("04-01 10:01", .sessionLogin, Self.colleague, .account(accounts[0])),
            act("05-06 10:00", .settingChanged, Town.nurse, .setting(Self.reason("desks"))),
            act("05-07 10:00", .accountRoleChanged, Self.auditor, .account(accounts[0])),
        ]
    }

    private static func reason(_ text: String) -> AuditReason {
        guard let reason = AuditReason(text) else { preconditionFailure("a code") }
        return reason
    }

    private var house: [AuditFacts] {
        let paper = AuditObject.message(messages[2])
        func onPaper(_ time: String, _ event: AuditEvent) -> AuditFacts {
            act(time, event, Town.nurse, paper) { $0.patient = Self.known(Self.first.text) }
        }
        let report = AuditObject.report(SHA256.hash("report".bytes))
        let alarm = act(
            "09-01 10:00",
            .auditAlarm,
            .system,
            .tree(.access(Self.host, member: member, fiscalYear: 2026))
        ) { act in
            act.outcome = .minorFailure
            act.reason = Self.reason("gap")
        }
        return [
            onPaper("06-01 10:00", .paperPrinted), onPaper("06-01 10:30", .paperSent),
            act("07-01 10:00", .auditReviewed, Self.auditor, report) { $0.details = "よし" },
            alarm,
        ] + looks + works + [act("12-20 10:00", .sessionLogin, Town.nurse, .account(accounts[1]))]
    }

    /// One as it was approved, with a change meanwhile, and one that nobody approved or ended.
    private var works: [AuditFacts] {
        func work(
            _ time: String,
            _ event: AuditEvent,
            _ agent: Agent,
            _ number: Int,
            _ words: String
        ) -> AuditFacts {
            act(time, event, agent, .maintenance(plans[number])) { act in
                act.purpose = .maintenance
                act.details = words
            }
        }
        let span = "2027-10-01T13:00:00.000Z/2027-10-01T15:00:00.000Z"
        return [
            work("10-01 09:00", .maintenanceApproved, Self.auditor, 0, span + " ディスクの交換"),
            work("10-01 22:30", .maintenanceStarted, Self.colleague, 0, "ディスクの交換"),
            act("10-01 22:40", .settingChanged, Self.colleague, .setting(Self.reason("desks"))),
            work("10-01 23:30", .maintenanceEnded, Self.colleague, 0, "交換済み"),
            work("11-01 10:00", .maintenanceStarted, Self.colleague, 1, "急な停止"),
        ]
    }

    private static var host: LogHost {
        guard let host = LogHost("exchange.example") else { preconditionFailure("a host") }
        return host
    }

    /// Two a day for ten working days, then seven, then six.
    private var looks: [AuditFacts] {
        let usual = [6, 7, 8, 9, 10, 13, 14, 15, 16, 17].map { (day: $0, count: 2) }
        return (usual + [(21, 7), (22, 6)]).flatMap { day, count in
            (0..<count).map { minute in
                seen(
                    "09-\(day < 10 ? "0" : "")\(day) 10:0\(minute)",
                    .sheetOpened,
                    Self.colleague,
                    1
                )
            }
        }
    }

    /// Whatever comes after it is in no answer about the year.
    private var end: AuditFacts {
        act("2028-01-05 10:00", .sessionEnded, Town.nurse, .account(accounts[1]))
    }
}
