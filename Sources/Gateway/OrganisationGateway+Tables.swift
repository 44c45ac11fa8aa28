import Audit
import Directory
import Japanese
import Primitives
import Sheets
import Storage

// Questions whose answers the log alone gives.
extension OrganisationGateway {
    /// Looks at times at which the office is closed. The leaves of closed hours are found by their
    /// ends: no other leaf is read.
    func outsideHours(
        _ inquiry: Inquiry,
        _ survey: LogSurvey
    ) async throws(GatewayError) -> AuditTableau {
        let span = inquiry.period.start..<inquiry.period.end
        let closed = officeCalendar.closed(in: span)
        let ends = try await survey.places(
            notBefore: closed.flatMap { [$0.lowerBound, $0.upperBound] }
        )
        let looks = try await survey.places(of: inquiry.question.events)
        var places: [UInt64] = []
        var next = 0
        for end in stride(from: 0, to: ends.count, by: 2) {
            while next < looks.count, looks[next] < ends[end] { next += 1 }
            while next < looks.count, looks[next] < ends[end + 1] {
                places.append(looks[next])
                next += 1
            }
        }
        return try await list(
            [.time, .person, .patient, .act, .outcome, .message],
            inquiry,
            places
        )
    }

    /// What was done in an emergency, and what was said of it since, also after the period.
    func reviewed(
        _ inquiry: Inquiry,
        _ survey: LogSurvey
    ) async throws(GatewayError) -> AuditTableau {
        let isReading = inquiry.question == .emergencyReadings
        let used: AuditEvent = isReading ? .breakGlassUsed : .consentEmergencyUsed
        let review: AuditEvent = isReading ? .breakGlassReviewed : .consentEmergencyReviewed
        let later = LogSurvey(
            gateway: self,
            checkpoint: survey.checkpoint,
            range: survey.range.lowerBound..<survey.checkpoint.head.size
        )
        let calendar = officeCalendar
        return AuditTableau(
            used: try await entries(at: try await survey.places(of: [used])),
            reviews: try await entries(at: try await later.places(of: [review]))
        ) { calendar.workingDay(Self.reviewDays, after: $0) }
    }

    /// Days on which somebody opened far more than usual. Nothing is opened but one entry of each
    /// person, for the name.
    func unusualAmounts(
        _ inquiry: Inquiry,
        _ survey: LogSurvey
    ) async throws(GatewayError) -> AuditTableau {
        let first = inquiry.period.from.adding(days: -DailyLooks.spanDays)
        let days = (0...inquiry.period.to.daysSince1970 - first.daysSince1970 + 1).map {
            first.adding(days: $0)
        }
        let starts = try await survey.places(
            notBefore: days.map { Timestamp(startOfDayInJapan: $0) }
        )
        let whole = LogSurvey(
            gateway: self,
            checkpoint: survey.checkpoint,
            range: starts[0]..<starts[starts.count - 1]
        )
        let opened = try await whole.places(of: inquiry.question.events)
        var people: [ByteText: [Int]] = [:]
        for (actor, places) in try await acts(among: opened, whole) {
            var counts = people[ByteText(actor)] ?? Array(repeating: 0, count: days.count - 1)
            var day = 0
            for place in places {
                while place >= starts[day + 1] { day += 1 }
                counts[day] += 1
            }
            people[ByteText(actor)] = counts
        }
        let looks = people.sorted { $0.key < $1.key }.map { name, counts in
            DailyLooks(
                of: .text(name),
                zip(days, counts).map { (day: $0, count: $1) }
            )
        }
        return AuditTableau(unusual: looks, in: inquiry.period)
    }

    /// Of some leaves those of each person who acts here, in order.
    func acts(
        among places: [UInt64],
        _ survey: LogSurvey
    ) async throws(GatewayError) -> [(name: String, places: [UInt64])] {
        let (tree, range, wanted) = (survey.checkpoint.origin, survey.range, LeafSet(places))
        var acts: [(name: String, places: [UInt64])] = []
        for (tag, name) in try await actors() {
            let own = try await read { stored throws(StoreError) in
                try stored.leaves(tagged: tag, in: tree, range, limit: .max)
            }
            let found = own.filter(wanted.contains)
            if !found.isEmpty { acts.append((name, found)) }
        }
        return acts
    }

    /// Sign-ins that failed, and below them people who have not signed in for `Limits.unusedDays`
    /// at the end of the period and were not stopped since.
    func signIns(
        _ inquiry: Inquiry,
        _ survey: LogSurvey
    ) async throws(GatewayError) -> AuditTableau {
        let (tree, range) = (survey.checkpoint.origin, survey.range)
        let failed = try await read { stored throws(StoreError) in
            var places: [UInt64] = []
            for event in inquiry.question.events {
                places += try stored.failures(of: event, in: tree, range)
            }
            return places.sorted()
        }
        let entries = try await entries(at: failed.suffix(inquiry.most))
        let columns: [AuditAnswer.Column] = [.time, .person, .act, .outcome, .reason, .state]
        let unused = try await unused(at: inquiry.period.end, survey)
        let rows = entries.map { entry in columns.map(entry.cell) }
        let rest = unused.map { entry in columns.dropLast().map(entry.cell) + [.code("unused")] }
        var table = AuditTableau(
            columns,
            rows + rest,
            entries: entries + unused,
            of: failed.count + unused.count
        )
        table.figures = [(.notUsed, unused.count)]
        return table
    }

    /// The last sign-in of each person who has not come for so long.
    private func unused(
        at end: Timestamp,
        _ survey: LogSurvey
    ) async throws(GatewayError) -> [AuditedEntry] {
        let until = LogSurvey(
            gateway: self,
            checkpoint: survey.checkpoint,
            range: 0..<survey.range.upperBound
        )
        let logins = try await until.places(of: [.sessionLogin])
        var lasts: [ByteText: UInt64] = [:]
        for (name, places) in try await acts(among: logins, until) {
            let last = places[places.count - 1]
            lasts[ByteText(name)] = max(last, lasts[ByteText(name)] ?? 0)
        }
        let stopped = try await entries(at: try await until.places(of: [.accountDisabled]))
        return try await entries(at: lasts.values.sorted()).filter { entry in
            entry.leaf.at.adding(Limits.accountUnused) < end
                && !stopped.contains { stop in
                    stop.index > entry.index
                        && stop.cell(.patient) == entry.cell(.patient)
                }
        }
    }

    /// What happened to the log itself. Whether its leaves are those that were signed is another,
    /// longer question: `auditLog`.
    func wholeness(
        _ inquiry: Inquiry,
        _ survey: LogSurvey
    ) async throws(GatewayError) -> AuditTableau {
        let places = try await survey.places(of: inquiry.question.events)
        var table = try await list([.time, .person, .act, .outcome, .reason], inquiry, places)
        let tree = survey.checkpoint.origin
        let own = PartyID(member)
        let delay = Duration.seconds(view.policy?.mergeDelaySeconds ?? 0)
        let late = time.now.adding(.zero - delay)
        let (witnesses, unproved) = try await read { stored throws(StoreError) in
            (
                try stored.checkpoints(of: tree, limit: 1).first?.cosignatures.count ?? 0,
                try stored.unprovedReceipts(except: own, storedBefore: late, limit: .max).count
            )
        }
        table.figures = [
            (.leaves, Int(survey.checkpoint.head.size)), (.cosignatures, witnesses),
            (.receiptsWithoutProof, unproved),
        ]
        return table
    }
}
