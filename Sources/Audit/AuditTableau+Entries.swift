package import Primitives

// Tables that are made of entries alone.
extension AuditTableau {
    /// One row for each entry.
    package init(
        of entries: [AuditedEntry],
        _ columns: [AuditAnswer.Column],
        total: Int? = nil
    ) {
        self.init(
            columns,
            entries.map { entry in columns.map(entry.cell) },
            entries: entries,
            of: total
        )
        // Of those that are shown nobody can tell how many people all of them were.
        guard self.total == entries.count else { return }
        figures = [(.people, entries.people), (.patients, entries.patients)]
    }

    /// One row for each person and day, in the order in which a person first came.
    package init(byPersonAndDay entries: [AuditedEntry]) {
        var places: [PersonDay: Int] = [:]
        var groups: [(key: PersonDay, entries: [AuditedEntry])] = []
        for entry in entries {
            let key = PersonDay(
                person: entry.cell(.person),
                day: entry.leaf.at.dayInJapan
            )
            if let place = places[key] {
                groups[place].entries.append(entry)
            } else {
                places[key] = groups.count
                groups.append((key, [entry]))
            }
        }
        let rows = groups.map { group -> [AuditAnswer.Cell] in
            let times = group.entries.map(\.leaf.at)
            return [
                .day(group.key.day), group.key.person, .number(times.count),
                .time(times[0]), .time(times[times.count - 1]),
            ]
        }
        self.init([.day, .person, .count, .first, .last], rows, entries: entries)
        figures = [(.people, entries.people)]
    }

    private struct PersonDay: Hashable {
        let person: AuditAnswer.Cell
        let day: Day
    }

    /// What was done in an emergency with what a second person said of it; what nobody has
    /// reviewed comes first. Of two uses for one sheet the first is taken to be reviewed first.
    ///
    /// - Parameters:
    ///   - used: in order, as are the reviews.
    ///   - reviews: also those after the period.
    ///   - dueOn: the last day on which something of a day is reviewed in time.
    package init(
        used: [AuditedEntry],
        reviews: [AuditedEntry],
        dueOn: (Day) -> Day?
    ) {
        var left = Dictionary(grouping: reviews, by: \.subject)
        var waiting: [[AuditAnswer.Cell]] = []
        var done: [[AuditAnswer.Cell]] = []
        var late = 0
        for entry in used {
            let place = left[entry.subject]?.firstIndex { $0.leaf.at >= entry.leaf.at }
            let review = place.flatMap { left[entry.subject]?.remove(at: $0) }
            let day = entry.leaf.at.dayInJapan
            let head = [.time, .person, .patient, .reason, .remark].map(entry.cell)
            guard let review else {
                waiting.append(head + [.nothing, .nothing, .nothing, .nothing])
                continue
            }
            let reviewed = review.leaf.at.dayInJapan
            if let due = dueOn(day), due < reviewed { late += 1 }
            done.append(
                head + [
                    .time(review.leaf.at), review.cell(.person), review.cell(.outcome),
                    .number(reviewed.daysSince1970 - day.daysSince1970),
                ]
            )
        }
        self.init(
            [
                .time, .person, .patient, .reason, .remark, .reviewedAt, .reviewer, .verdict,
                .days,
            ],
            waiting + done,
            entries: used
        )
        figures = [(.notReviewed, waiting.count), (.reviewedLate, late)]
    }
}

/// How often a person looked on each day.
package struct DailyLooks: Sendable {
    let person: AuditAnswer.Cell
    let days: [(day: Day, count: Int)]

    /// `days` are in order; those without a look may be missing.
    package init(of person: AuditAnswer.Cell, _ days: [(day: Day, count: Int)]) {
        self.person = person
        self.days = days.filter { $0.count > 0 }
    }

    /// How far back is looked for what is usual.
    package static let spanDays = 60
    /// Below so many days with looks nothing is usual yet.
    package static let leastDays = 10
    /// How many times what is usual is too much.
    package static let factor = 3

    /// The days of a period with far more looks than the median of the days before it.
    func unusual(in period: AuditPeriod) -> [[AuditAnswer.Cell]] {
        days.filter { period.from <= $0.day && $0.day <= period.to }.compactMap { day, count in
            let earlier = days.filter {
                $0.day < day && day.adding(days: -Self.spanDays) <= $0.day
            }.map(\.count).sorted()
            guard earlier.count >= Self.leastDays else { return nil }
            // Of an even number the median lies between two: all is doubled.
            let twice = earlier[(earlier.count - 1) / 2] + earlier[earlier.count / 2]
            guard 2 * count > Self.factor * twice else { return nil }
            return [.day(day), person, .number(count), .number((twice + 1) / 2)]
        }
    }
}

extension AuditTableau {
    /// Days with unusual amounts, in order.
    package init(unusual people: [DailyLooks], in period: AuditPeriod) {
        let rows = people.flatMap { $0.unusual(in: period) }
        self.init(
            [.day, .person, .count, .usual],
            rows.sorted { left, right in
                guard case .day(let day) = left[0], case .day(let other) = right[0] else {
                    return false
                }
                return day < other
            }
        )
        figures = [(.people, Set(rows.map { $0[1] }).count)]
    }
}

extension AuditedEntry {
    package func cell(_ column: AuditAnswer.Column) -> AuditAnswer.Cell {
        let facts = leaf.facts
        switch column {
        case .time: return .time(leaf.at)
        case .day: return .day(leaf.at.dayInJapan)
        case .person, .reviewer:
            return .person(
                name: actorName.map { ByteText($0) },
                facts.actor.role,
                facts.actor.kind
            )
        case .patient: return whose
        case .act: return .act(facts.event)
        case .purpose: return facts.purpose.map { .purpose($0) } ?? .nothing
        case .outcome, .verdict: return .outcome(facts.outcome)
        case .reason: return facts.reason.map { .reason($0) } ?? .nothing
        case .remark: return self[.details].map { .text(ByteText($0)) } ?? .nothing
        case .message: return message.map { .message($0) } ?? .nothing
        case .organisation: return peer.map { .organisation($0) } ?? .nothing
        case .sheetType, .state, .desk, .count, .usual, .first, .last, .reviewedAt, .days:
            return .nothing
        }
    }

    private var whose: AuditAnswer.Cell {
        if let patient = self[.patient] { return .patient(ByteText(patient)) }
        guard leaf.facts.object.kind == .account,
            let account = self[.object].flatMap({ AccountID($0) })
        else { return .nothing }
        return .account(account)
    }

    private var peer: MemberID? {
        if case .named(let party) = leaf.facts.peer { party.member } else { nil }
    }

    /// The message that it is about, as far as its leaf names one.
    package var message: MessageID? {
        guard case .clear(let name) = leaf.facts.object.name else { return nil }
        return name.text.split(separator: "/").first.flatMap { MessageID(String($0)) }
    }

    /// What a use and its review have in common.
    fileprivate var subject: ByteText {
        switch leaf.facts.object.name {
        case .clear(let name): ByteText(name.text)
        case .committed: ByteText(self[.object] ?? "")
        }
    }
}

extension [AuditedEntry] {
    fileprivate var people: Int {
        Set(compactMap { entry in entry.actorName.map { ByteText($0) } }).count
    }

    fileprivate var patients: Int {
        Set(compactMap { entry in entry[.patient].map { ByteText($0) } }).count
    }
}
