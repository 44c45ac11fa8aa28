import Audit
import Japanese
import Primitives
import Storage

// Who looked without having to do with the patient.
extension OrganisationGateway {
    /// Looks by people of whom the log of the same year has nothing else about the patient. Places
    /// of leaves alone decide, but for who was made responsible.
    func withoutRelation(
        _ inquiry: Inquiry,
        _ survey: LogSurvey
    ) async throws(GatewayError) -> AuditTableau {
        let until = LogSurvey(
            gateway: self,
            checkpoint: survey.checkpoint,
            range: 0..<survey.range.upperBound
        )
        let opened = try await succeeded(inquiry.question.events, survey)
        let care = try await until.places(of: AuditQuestion.care)
        var people = ActsByPlace(looks: opened, below: until.range.upperBound)
        for (name, places) in try await acts(among: (opened + care).sorted(), until) {
            people.add(name, at: places)
        }
        let (known, all) = (people, until.range)
        let tree = survey.checkpoint.origin
        // Of all patients at once: there may be thousands.
        let looks = try await read { stored throws(StoreError) in
            var looks: [(about: [UInt64], strange: [UInt64])] = []
            for tag in try stored.tags(of: .patient) {
                let about = try stored.leaves(tagged: tag, in: tree, all, limit: .max)
                let strange = known.withoutRelation(among: about)
                if !strange.isEmpty { looks.append((about, strange)) }
            }
            return looks
        }
        let assigned = Set(try await until.places(of: [.sheetAssigned]))
        var found: [UInt64] = []
        for (about, strange) in looks {
            var strange = strange
            let named = assigned.isEmpty ? [] : about.filter(assigned.contains)
            for entry in named.isEmpty ? [] : try await entries(at: named) {
                guard let name = entry[.details] else { continue }
                strange.removeAll { people.isAct(of: name, at: $0) }
            }
            found += strange
        }
        found.sort()
        return try await desks(
            of: try await list(
                [.time, .person, .patient, .purpose, .desk, .message],
                inquiry,
                found
            )
        )
    }

    private func succeeded(
        _ events: Set<AuditEvent>,
        _ survey: LogSurvey
    ) async throws(GatewayError) -> [UInt64] {
        let (tree, range) = (survey.checkpoint.origin, survey.range)
        let failed = try await read { stored throws(StoreError) in
            var places: [UInt64] = []
            for event in events { places += try stored.failures(of: event, in: tree, range) }
            return LeafSet(places.sorted())
        }
        return try await survey.places(of: events).filter { !failed.contains($0) }
    }

    /// With the desk that each sheet is for.
    private func desks(of table: AuditTableau) async throws(GatewayError) -> AuditTableau {
        guard let place = table.columns.firstIndex(of: .desk) else { return table }
        let messages = table.entries.map(\.message)
        let desks = try await read { stored throws(StoreError) in
            try messages.map { message throws(StoreError) in
                try message.flatMap { message throws(StoreError) in
                    try stored.inbox(message: message).first
                }.flatMap { key throws(StoreError) in try stored.inbox(key)?.sheet?.desk }
            }
        }
        var rows = table.rows
        for (row, desk) in desks.enumerated() {
            if let desk { rows[row][place] = .desk(desk) }
        }
        var shown = AuditTableau(table.columns, rows, entries: table.entries, of: table.total)
        shown.figures = table.figures
        return shown
    }
}

/// Who did what at which place of the log, for places of looks and of care.
private struct ActsByPlace: Sendable {
    private let looks: LeafSet
    private var names: [ByteText] = []
    /// For each place whose name it is, counted from 1; 0 where nobody's act is of interest.
    private var people: [UInt32]

    init(looks: [UInt64], below end: UInt64) {
        self.looks = LeafSet(looks)
        people = Array(repeating: 0, count: Int(end))
    }

    mutating func add(_ name: String, at places: [UInt64]) {
        let name = ByteText(SearchText.name(name))
        let index = names.firstIndex(of: name) ?? names.count
        if index == names.count { names.append(name) }
        for place in places { people[Int(place)] = UInt32(index + 1) }
    }

    /// Of the leaves about one patient: the looks of those who did nothing else.
    func withoutRelation(among places: [UInt64]) -> [UInt64] {
        var strange: [UInt64] = []
        var carers: Set<UInt32> = []
        for place in places {
            let person = people[Int(place)]
            guard person > 0 else { continue }
            if looks.contains(place) { strange.append(place) } else { carers.insert(person) }
        }
        return strange.filter { !carers.contains(people[Int($0)]) }
    }

    func isAct(of name: String, at place: UInt64) -> Bool {
        let person = Int(people[Int(place)])
        return person > 0 && names[person - 1] == ByteText(SearchText.name(name))
    }
}
