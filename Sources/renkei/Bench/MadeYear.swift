import Audit
import Cryptography
import Delivery
import Directory
import Japanese
import Primitives

/// A made-up year of a hospital's access log: the mix of events, people, patients and hours of a
/// busy one. The same number gives the same year, but for the ids.
struct MadeYear {
    let count: Int
    private let member: MemberID
    private let start: Timestamp
    private let sheets: [MessageID]
    private let peers: [MemberID]
    private let accounts: [AccountID]

    static let weeks = 52
    private static let people = 60
    private static let patients = 5000

    /// From the first Monday after `now`.
    init(_ count: Int, of member: MemberID, after now: Timestamp) {
        self.count = count
        self.member = member
        let today = now.dayInJapan
        start = Timestamp(startOfDayInJapan: today.adding(days: (7 - today.weekday) % 7 + 1))
        let random = SystemRandom()
        sheets = (0..<20_000).map { _ in MessageID.make(at: now, random) }
        peers = (0..<40).map { _ in MemberID.make(random) }
        accounts = (0..<Self.people).map { _ in AccountID.make(random) }
    }

    /// A person and a patient who have much in the log.
    static var person: String { name(of: 7, among: families) }
    static var patient: String { name(of: 7, among: otherFamilies) }

    var period: AuditPeriod {
        let first = start.dayInJapan
        guard let period = AuditPeriod(from: first, to: first.adding(days: Self.weeks * 7)) else {
            preconditionFailure("a year ends after it began")
        }
        return period
    }

    /// What the receipt of such an act hashes to.
    static func statement(_ place: Int) -> Digest { SHA256.hash("statement \(place)".bytes) }

    func act(_ place: Int) -> AuditFacts {
        // A fixed walk over all numbers: looks like chance, and is the same every time.
        let roll = Int((UInt64(place) &* 0x9E37_79B9_7F4A_7C15) >> 33)
        let sheet = roll / 1000 % sheets.count
        switch roll % 1000 {
        case ..<430: return seen(.sheetOpened, place, roll, sheet)
        case ..<480: return seen(.sheetPrinted, place, roll, sheet)
        case ..<500: return seen(.attachmentSaved, place, roll, sheet)
        case ..<560: return stated(.messageDelivered, by: .member, place, sheet)
        case ..<620: return granted(place, sheet)
        case ..<680: return stated(.receiptSent, by: .system, place, sheet)
        case ..<750: return stated(.receiptReceived, by: .member, place, sheet)
        case ..<800: return written(.messageConfirmed, by: agent(roll), place, sheet)
        case ..<830: return written(.messageQueued, by: agent(roll), place, sheet)
        case ..<860: return written(.messageSent, by: .system, place, sheet)
        case ..<900: return stated(.messageAccepted, by: .exchange, place, sheet)
        case ..<997: return ofStaff(place, roll)
        case ..<998: return refused(place, roll, sheet)
        default: return emergency(place, roll, sheet)
        }
    }

    // MARK: When, who, whose

    /// Office hours of the week for the most part; never before the act before.
    private func at(_ place: Int) -> Timestamp {
        let weeks = Double(place) / Double(count) * Double(Self.weeks)
        let week = weeks.rounded(.down)
        let part = weeks - week
        let days = part < 0.97 ? part / 0.97 * 5 : 5 + (part - 0.97) / 0.03 * 2
        let day = days.rounded(.down)
        let rest = days - day
        let hour =
            rest < 0.03
            ? rest / 0.03 * 9
            : rest < 0.96 ? 9 + (rest - 0.03) / 0.93 * 8 : 17 + (rest - 0.96) / 0.04 * 7
        let hours = (week * 7 + day) * 24 + hour
        return start.adding(.milliseconds(Int64(hours * 3_600_000)))
    }

    private func agent(_ roll: Int) -> Agent {
        let roles = ["nurse", "msw", "doctor", "clerk"].compactMap { RoleCode($0) }
        let person = roll / 7 % Self.people
        return Agent(
            .person,
            name: Self.name(of: person, among: Self.families),
            role: roles[person % roles.count],
            assurance: .twoFactor
        )
    }

    private func patient(_ sheet: Int) -> AuditPatient {
        let name = Self.name(of: sheet % Self.patients, among: Self.otherFamilies)
        return AuditPatient(name, term: SearchText.withoutBlanks(name))
    }

    private static let families = ["辻本", "渡邉", "潮見", "相田", "架空橋", "幻町", "仮野", "例山"]
    private static let otherFamilies = ["髙﨑", "見本", "書式", "試田", "空想", "想定", "練習", "雛形"]
    private static let given = ["春香", "仁", "薫", "結", "太郎", "花子", "𠮷之助", "実", "望", "光"]

    private static func name(of number: Int, among families: [String]) -> String {
        let family = families[number % families.count]
        let name = given[number / families.count % given.count]
        let rest = number / families.count / given.count
        return rest == 0 ? "\(family) \(name)" : "\(family) \(name)\(rest)"
    }

    // MARK: What

    private func facts(
        _ event: AuditEvent,
        by agent: Agent,
        on object: AuditObject,
        _ place: Int
    ) -> AuditFacts {
        AuditFacts(event, by: agent, for: PartyID(member), on: object, at: at(place))
    }

    private func seen(
        _ event: AuditEvent,
        _ place: Int,
        _ roll: Int,
        _ sheet: Int
    ) -> AuditFacts {
        var act = facts(event, by: agent(roll), on: part(of: sheet), place)
        act.patient = patient(sheet)
        act.peer = PartyID(peers[sheet % peers.count])
        act.purpose = .care
        return act
    }

    private func part(of sheet: Int) -> AuditObject {
        guard let name = ObjectName("sheet.json") else { preconditionFailure("a name of a part") }
        return .part(name, of: sheets[sheet])
    }

    private func written(
        _ event: AuditEvent,
        by agent: Agent,
        _ place: Int,
        _ sheet: Int
    ) -> AuditFacts {
        var act = facts(event, by: agent, on: .message(sheets[sheet]), place)
        act.patient = patient(sheet)
        return act
    }

    private func stated(
        _ event: AuditEvent,
        by agent: Agent,
        _ place: Int,
        _ sheet: Int
    ) -> AuditFacts {
        let statement = Self.statement(place)
        let object: AuditObject =
            event == .messageDelivered
            ? .message(sheets[sheet]) : .statement(statement, of: sheets[sheet])
        var act = facts(event, by: agent, on: object, place)
        act.statementSha256 = statement
        act.peer = PartyID(peers[sheet % peers.count])
        if event == .messageDelivered { act.patient = patient(sheet) }
        return act
    }

    private func granted(_ place: Int, _ sheet: Int) -> AuditFacts {
        let consent = AuditObject.consent(.make(SystemRandom()))
        var act = facts(.consentGranted, by: .system, on: consent, place)
        act.patient = patient(sheet)
        act.consent = "0123456789abcdef"
        return act
    }

    private func ofStaff(_ place: Int, _ roll: Int) -> AuditFacts {
        let agent = agent(roll)
        let account = AuditObject.account(accounts[roll / 7 % Self.people])
        switch roll % 20 {
        case ..<8: return facts(.sessionLogin, by: agent, on: account, place)
        case ..<14: return facts(.sessionSecondFactor, by: agent, on: account, place)
        case ..<19: return facts(.sessionEnded, by: agent, on: account, place)
        default:
            var act = facts(.sessionLogin, by: agent, on: account, place)
            act.outcome = .minorFailure
            act.reason = AuditReason("wrong")
            return act
        }
    }

    private func refused(_ place: Int, _ roll: Int, _ sheet: Int) -> AuditFacts {
        let consent = AuditObject.consent(.make(SystemRandom()))
        var act = facts(.consentDenied, by: agent(roll), on: consent, place)
        act.outcome = .seriousFailure
        act.reason = AuditReason("none")
        act.patient = patient(sheet)
        act.peer = PartyID(peers[sheet % peers.count])
        return act
    }

    private func emergency(_ place: Int, _ roll: Int, _ sheet: Int) -> AuditFacts {
        let event = roll / 3 % 4 == 0 ? AuditEvent.breakGlassReviewed : .breakGlassUsed
        var act = facts(event, by: agent(roll), on: part(of: sheet), place)
        if event == .breakGlassUsed { act.reason = AuditReason("deskAbsent") }
        act.patient = patient(sheet)
        act.details = "窓口が不在のため"
        return act
    }
}
