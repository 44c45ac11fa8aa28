import Primitives
import Testing

@testable import Audit

/// 気になる動き: which entries an auditor is asked to look at together.
struct UnusualAccessTests {
    /// Open from 9:00 to 17:00 in Japan; names are one family's where they begin alike.
    private static let rules = UnusualAccessRules(
        isOpen: { (9 * 60..<17 * 60).contains($0.minuteOfDayInJapan) },
        haveOneFamilyName: { $0.prefix(1) == $1.prefix(1) }
    )
    private static let noon = AuditWorld.demand(Timestamp("2026-11-20T03:00:00.000Z"))

    /// An entry of the log under test.
    private static func entry(
        _ index: Int,
        _ event: AuditEvent,
        by name: String?,
        at: Timestamp,
        _ change: (inout AuditFacts) -> Void = { _ in }
    ) -> AuditedEntry {
        let role = AuditWorld.nurse.role
        let object: AuditObject =
            event == .rightRefused
            ? .account(PartyID(AuditWorld.hospital))
            : .part(AuditWorld.demand(ObjectName("sheet.json")), of: AuditWorld.message)
        var facts = AuditFacts(
            event,
            by: Agent(.person, name: name, role: role, assurance: .none),
            for: PartyID(AuditWorld.hospital),
            on: event.rawValue.hasPrefix("audit.") ? .report(AuditWorld.statement) : object,
            at: at
        )
        change(&facts)
        return entry(index, facts)
    }

    private static func entry(_ index: Int, _ facts: AuditFacts) -> AuditedEntry {
        let entry = AuditEntry(facts, in: .access, random: CountingRandom())
        return AuditedEntry(
            index: UInt64(index),
            leaf: AuditLeaf(entry.facts, in: .access, at: entry.at, source: AuditWorld.source),
            openings: entry.openings
        )
    }

    private static func opened(
        _ index: Int,
        _ patient: String,
        by name: String? = "佐藤花子",
        at: Timestamp
    ) -> AuditedEntry {
        entry(index, .sheetOpened, by: name, at: at) {
            $0.patient = AuditPatient(patient)
        }
    }

    private static func said(_ entries: [AuditedEntry]) -> [String] {
        rules.found(in: entries).map { item in
            "\(item.kind.rawValue) \(item.actor) \(item.entries.map { $0.index })"
        }
    }

    @Test func `the office's hours decide, by person and day`() {
        let evening = Self.noon.adding(.hours(5))
        let entries = [
            Self.opened(0, "甲", at: Self.noon),
            Self.opened(1, "甲", at: evening.adding(.milliseconds(-1))),
            Self.opened(2, "甲", at: evening),
            Self.opened(3, "乙", by: "田中", at: evening),
            Self.entry(4, .sheetPrinted, by: "佐藤花子", at: evening.adding(.hours(1))) {
                $0.patient = AuditPatient("乙")
            },
            Self.opened(5, "甲", at: evening.adding(.hours(24))),
        ]
        #expect(
            Self.said(entries) == [
                "outsideHours 佐藤花子 [5]", "outsideHours 佐藤花子 [2, 4]", "outsideHours 田中 [3]",
            ]
        )
        #expect(Self.rules.found(in: entries).map(\.patients) == [1, 2, 1])
    }

    @Test(arguments: [(-1, 0), (0, 1), (1, 1)])
    func `many patients within an hour are one run`(more: Int, runs: Int) {
        let count = Limits.unusualPatientsPerHour + more
        func entries(_ seconds: Int, patients: Int) -> [AuditedEntry] {
            (0..<count).map { number in
                let at = Self.noon.adding(.seconds(number * seconds))
                return Self.opened(number, "甲\(number % patients)", at: at)
            }
        }
        #expect(Self.said(entries(1, patients: count)).count == runs)
        let whole = (0..<count).map { "\($0)" }.joined(separator: ", ")
        let said = Self.said(entries(1, patients: count))
        #expect(said == (runs == 0 ? [] : ["manyPatients 佐藤花子 [\(whole)]"]))
        #expect(Self.said(entries(1, patients: 2)).isEmpty, "the same two again and again")
        #expect(Self.said(entries(200, patients: count)).isEmpty, "over hours")
    }

    /// 提供・受領の記録 tells of one patient; what an auditor asks of the log tells of none.
    @Test(arguments: [AuditEvent.auditQueried, .auditExported])
    func `a record of one patient is a look, a question about the log is none`(event: AuditEvent) {
        let night = Self.noon.adding(.hours(9))
        let record = Self.entry(0, event, by: "佐藤花子", at: night) { $0.patient = AuditPatient("甲") }
        #expect(Self.said([record]) == ["outsideHours 佐藤花子 [0]"])
        #expect(Self.said([Self.entry(1, event, by: "佐藤花子", at: night)]).isEmpty)
        let count = Limits.unusualPatientsPerHour
        let many = (0..<count).map { number in
            Self.entry(number, event, by: "佐藤花子", at: Self.noon) {
                $0.patient = AuditPatient("甲\(number)")
            }
        }
        #expect(Self.said(many).count == 1)
    }

    @Test func `an emergency is one by itself, with its reason`() throws {
        let used = Self.entry(7, .breakGlassUsed, by: "佐藤花子", at: Self.noon) {
            $0.reason = AuditReason("safety")
            $0.details = "搬送中です。"
            $0.patient = AuditPatient("甲")
        }
        let found = Self.rules.found(in: [used, used])
        #expect(found.map(\.kind) == [.breakGlass, .breakGlass])
        let json = try #require(found.first).json
        #expect(json["reason"]?.string == "safety" && json["details"]?.string == "搬送中です。")
        #expect("\(found[0])\(used)".contains("甲") == false)
    }

    @Test func `who bears the family name of the patient is told once a day`() {
        let entries = [
            Self.opened(0, "佐藤太郎", at: Self.noon),
            Self.opened(1, "佐藤太郎", at: Self.noon.adding(.hours(1))),
            Self.opened(2, "佐々木太郎", by: "田中", at: Self.noon),
            Self.opened(3, "佐藤次郎", at: Self.noon.adding(.hours(2))),
            Self.opened(4, "佐藤太郎", at: Self.noon.adding(.hours(24))),
        ]
        #expect(
            Self.said(entries) == [
                "ownFamilyName 佐藤花子 [4]", "ownFamilyName 佐藤花子 [3]",
                "ownFamilyName 佐藤花子 [0, 1]",
            ]
        )
    }

    @Test(arguments: [(-1, 0), (0, 1), (1, 1)])
    func `refusals within an hour are one run`(more: Int, runs: Int) {
        let count = Limits.unusualRefusalsPerHour + more
        func entries(_ minutes: Int) -> [AuditedEntry] {
            (0..<count).map { number in
                let at = Self.noon.adding(.minutes(number * minutes))
                let event: AuditEvent = number == 0 ? .rightRefused : .sheetOpened
                return Self.entry(number, event, by: "佐藤花子", at: at) {
                    $0.outcome = .minorFailure
                    $0.reason = AuditReason("otherDesk")
                }
            }
        }
        let found = Self.rules.found(in: entries(1))
        #expect(found.map(\.kind) == Array(repeating: .repeatedRefusals, count: runs))
        #expect(found.allSatisfy { $0.entries.count == count })
        #expect(Self.rules.found(in: entries(61)).isEmpty)
    }

    @Test func `what nobody can be named for, and what a machine did, is left out`() {
        let night = Self.noon.adding(.hours(9))
        var machine = AuditFacts(
            .breakGlassReviewed,
            by: AuditWorld.nurse,
            for: PartyID(AuditWorld.hospital),
            on: .part(AuditWorld.demand(ObjectName("sheet.json")), of: AuditWorld.message),
            at: night
        )
        machine.patient = AuditPatient("甲")
        #expect(Self.said([Self.opened(0, "甲", by: nil, at: night)]).isEmpty)
        #expect(Self.said([Self.entry(1, machine)]).isEmpty)
    }

    @Test func `what was said of it stands with it until something is added`() throws {
        let night = Self.noon.adding(.hours(9))
        let first = Self.opened(0, "甲", at: night)
        let found = try #require(Self.rules.found(in: [first]).first)
        #expect(found.review == nil)
        var facts = AuditFacts(
            .auditReviewed,
            by: Agent(.person, name: "監査太郎", role: AuditWorld.nurse.role, assurance: .none),
            for: PartyID(AuditWorld.hospital),
            on: .report(found.id),
            at: night.adding(.hours(1))
        )
        facts.details = "当直の対応でした。"
        let review = Self.entry(1, facts)
        let other = Self.entry(2, .auditReviewed, by: "監査太郎", at: night)
        let after = try #require(Self.rules.found(in: [first, review, other]).first)
        #expect(after.id == found.id && after.review?.name == "監査太郎")
        #expect(after.review?.comment == "当直の対応でした。" && after.review?.at == facts.at)
        let more = Self.opened(3, "乙", at: night.adding(.hours(2)))
        let grown = try #require(Self.rules.found(in: [first, review, more]).first)
        #expect(grown.entries.count == 2 && grown.review == nil)
    }
}
