import Cryptography
import Delivery
import Directory
import Exchange
import Gateway
import Primitives
import Storage
import TestKit

/// A month of a district: its working days with their sheets and answers, keys that are renewed and
/// revoked, members that leave, and an exchange that is away for some hours.
final class Month: Sendable {
    /// How much of it.
    struct Size: Sendable {
        let organisations: Int
        let sheets: Int
        let revocations: Int
        let leaving: Int

        /// A part of it, with as much trouble as is its share.
        init(organisations: Int = 500, sheets: Int = 20_000) {
            self.organisations = organisations
            self.sheets = sheets
            revocations = max(2, organisations / 50)
            leaving = max(1, organisations / 100)
        }

        var revokedInOutage: Int { max(1, revocations / 5) }
        var wards: Int { max(1, organisations * 24 / 500) }
    }

    static let days = 30
    private static let workingDays = (0..<days).filter { $0 % 7 < 5 }
    /// When people in the offices look, write and answer. A sheet's course does not hang on how
    /// often; the outage begins and ends at two of them.
    private static let hours = [9, 10, 12, 14, 16, 17]
    /// Of the ninth working day, from ten o'clock on.
    static let outageHours = 6
    private static let outageDay = workingDays[8]

    let size: Size
    let district: District
    let people: People
    private let outage = Lock(Outage())

    /// The exchange's hours of absence.
    struct Outage: Sendable {
        /// Those who lose their keys meanwhile.
        var victims: [Int] = []
        var begunAt: Timestamp?
        var hours: ClosedRange<Timestamp>?
    }

    private init(_ size: Size, _ district: District) {
        self.size = size
        self.district = district
        people = People(district)
    }

    /// Runs it; on one thread a seed repeats it.
    ///
    /// - Returns: the district too: whoever lets go of it waits for all its stores to be freed.
    static func run(
        _ size: Size,
        seed: UInt64,
        threads: Int
    ) throws -> (MonthReport, District) {
        let ground = try Ground.empty(at: founding, seed: seed)
        let district = District(ground, seed: seed, threads: threads)
        let month = Month(size, district)
        let report = try district.scene.executor.run { () -> Result<MonthReport, any Error> in
            do { return .success(try await month.live()) } catch { return .failure(error) }
        }.get()
        return (report, district)
    }

    private func live() async throws -> MonthReport {
        let clock = MachineTime()
        let begin = clock.uptime
        try await found()
        let founded = clock.uptime
        let start = district.time.now
        for day in 0..<Self.days { try await live(day) }
        try await rest()
        let lived = clock.uptime
        let silenced = people.revoked.merging(people.left) { $1 }
        let remains = try Remains(
            district.exchange,
            district.houses.map(\.side),
            district.scene.witness,
            silenced: Set(silenced.keys)
        )
        var report = MonthReport()
        try await report.count(remains, people, since: start)
        if let hours = outage.withLock({ $0.hours }) {
            try await report.measure(remains, people.sent, in: hours)
        }
        report.troubles = district.troubles
        report.findings = try await judged(remains)
        report.seconds = MonthReport.Seconds(
            founding: (founded - begin).inSeconds,
            month: (lived - founded).inSeconds,
            judging: (clock.uptime - lived).inSeconds
        )
        return report
    }

    private func judged(_ remains: Remains) async throws -> [Finding] {
        let judgement = Judgement(remains, district.lanes)
        _ = try await judgement.judge()
        let speaking = district.houses.filter { !remains.isSilenced($0.member) }
        try await district.lanes.each(speaking) { house in
            try await judgement.judgeSilence(of: house.member)
        }
        for (member, time) in people.revoked {
            try await judgement.judgeRevoked(member, since: time)
        }
        return remains.witness.findings
    }

    // MARK: Before the month

    /// 2026-04-04, midnight in Japan: most kinds of key are due once or more until the month is
    /// over.
    private static let founding = Timestamp(milliseconds: 1_775_228_400_000)
    private static let daysBefore = 275

    /// When an organisation joins: a few with the exchange itself, half of them two months before,
    /// the others within the last three weeks.
    private static func joiningDay(_ number: Int) -> Int {
        if number % 50 == 7 { return 0 }
        return daysBefore - (number % 2 == 0 ? 45 + number % 25 : 8 + number % 11)
    }

    private func found() async throws {
        try await district.exchange.start()
        let newcomers = (0..<size.organisations).map { number in
            let rank = number / size.wards
            let kind: World.Place =
                rank == 0 ? .hospital : (1...6).contains(rank) ? .clinic : .careOffice
            return (day: Self.joiningDay(number), kind: kind, ward: number % size.wards)
        }
        for day in 0...Self.daysBefore {
            let joining = newcomers.filter { $0.day == day }
            if !joining.isEmpty || day % 14 == 0 {
                await district.tidy()
                for one in joining { try await district.join(one.kind, ward: one.ward) }
                if day % 14 == 0 { try await district.rounds() }
            }
            district.time.advance(by: .days(1))
        }
        people.settle()
    }

    // MARK: The month

    private func live(_ day: Int) async throws {
        let end = district.time.now.adding(.days(1))
        district.time.advance(by: .hours(8))
        await district.tidy()
        try await district.rounds()
        try await district.carry()
        if let place = Self.workingDays.firstIndex(of: day) {
            for (turn, hour) in Self.hours.enumerated() {
                advance(to: end.adding(.hours(hour - 24)))
                try await operate(day, hour, place)
                try await work(place * Self.hours.count + turn)
            }
        }
        advance(to: end)
    }

    private func work(_ step: Int) async throws {
        try await people.act(until: size.sheets * (step + 1) / Self.steps)
        district.time.advance(by: .minutes(2))
        await district.tidy()
        people.meet(try await district.carry())
    }

    private func advance(to time: Timestamp) {
        district.time.advance(by: time.since(district.time.now))
    }

    private static let steps = workingDays.count * hours.count

    // MARK: The exchange's office

    private func operate(_ day: Int, _ hour: Int, _ place: Int) async throws {
        if day == Self.outageDay {
            if hour == 10 { await goAway() }
            if hour == 10 + Self.outageHours { try await comeBack() }
        }
        guard district.exchange.node != nil else { return }
        let reserved = day < Self.outageDay ? size.revokedInOutage : 0
        if hour == 12, place % 2 == 1, people.revoked.count < size.revocations - reserved {
            for number in people.choose(1, of: [.careOffice, .clinic]) { try await revoke(number) }
        }
        if hour == 14, place % 3 == 2, people.left.count < size.leaving {
            for number in people.choose(1, of: [.careOffice, .clinic]) { try await leave(number) }
        }
    }

    private func goAway() async {
        district.exchange.stop()
        let victims = people.choose(size.revokedInOutage, of: [.careOffice])
        let now = district.time.now
        outage.withLock { ($0.victims, $0.begunAt) = (victims, now) }
        // What they seal before the revocation is offered after it.
        for number in victims { await people.send(from: number) }
    }

    private func comeBack() async throws {
        try await district.exchange.start()
        let now = district.time.now
        let victims = outage.withLock { outage in
            outage.hours = outage.begunAt.map { $0...now }
            return outage.victims
        }
        for number in victims { try await revoke(number) }
    }

    /// The registrar has heard that an office's keys are in other hands.
    private func revoke(_ number: Int) async throws {
        let member = district.houses[number].member
        let node = try district.node()
        for role in [CertificateRole.memberSigning, .memberEncryption] {
            for certificate in node.view.certificates(of: PartyID(member), role: role) {
                try await node.revoke(
                    certificate.sha256,
                    of: member,
                    since: district.time.now,
                    reason: .keyCompromise
                )
            }
        }
        people.revoke(number)
    }

    private func leave(_ number: Int) async throws {
        let house = district.houses[number]
        try await district.node().setStatus(.left, of: house.member)
        house.side.stop()
        people.leave(number)
    }

    // MARK: The end

    /// Nobody does anything more, and time passes until every message has ended.
    private func rest() async throws {
        for pause in [Duration.hours(12), .hours(12), .days(1), .days(3), .days(3), .days(8)] {
            district.time.advance(by: pause)
            await district.tidy()
            try await district.rounds()
            try await district.carry()
        }
        let node = try district.node()
        for copy in try await node.unacknowledged() {
            try await node.close(copy.key, to: copy.to, because: .noReceipt)
        }
        for _ in 0..<2 {
            district.time.advance(by: .minutes(2))
            await district.tidy()
            try await district.rounds()
            try await district.carry()
        }
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
