import Cryptography
package import Primitives

/// 気になる動き: entries of an access log that an auditor should look at together, and why. Whether
/// they were right is for people to say; what they said is an entry of the same log.
package struct UnusualAccess: Sendable, CustomStringConvertible {
    package enum Kind: String, CaseIterable, Sendable {
        /// Sheets were shown or taken along while the office was closed; one for a person and day.
        case outsideHours
        /// Sheets of many patients within an hour.
        case manyPatients
        /// 緊急閲覧: a sheet of a desk that the person has no part in.
        case breakGlass
        /// The patient has the family name of whoever looked; one for both and a day.
        case ownFamilyName
        /// Refused again and again within an hour.
        case repeatedRefusals
    }

    /// What a person found who looked at it.
    package struct Review: Sendable, CustomStringConvertible {
        package let at: Timestamp
        package let name: String?
        package let comment: String?

        package var description: String { "Review" }
    }

    package let kind: Kind
    package let actor: String
    package let role: RoleCode
    /// In order; never empty.
    package let entries: [AuditedEntry]
    package fileprivate(set) var review: Review?

    package var description: String { "UnusualAccess(\(kind.rawValue))" }
    package var from: Timestamp { entries[0].leaf.at }
    package var to: Timestamp { entries[entries.count - 1].leaf.at }
    package var patients: Int { entries.patients }

    /// Of its kind and entries: what is added later is looked at anew.
    package var id: Digest {
        let indices = entries.map { "\($0.index)" }.joined(separator: " ")
        return SHA256.hash("\(kind.rawValue) \(indices)".bytes)
    }

    package var json: JSON {
        let last = entries[entries.count - 1]
        return [
            "finding": .string(id.hex),
            "kind": .string(kind.rawValue),
            "from": .string(from.description),
            "to": .string(to.description),
            "actorName": .string(actor),
            "role": .string(role.text),
            "patients": .integer(Int64(patients)),
            "entries": .array(entries.map { .integer(Int64($0.index)) }),
            "reason": last.leaf.facts.reason.map { .string($0.text) },
            "details": last[.details].map { .string($0) },
            "reviewedAt": review.map { .string($0.at.description) },
            "reviewedBy": review?.name.map { .string($0) },
            "comment": review?.comment.map { .string($0) },
        ]
    }
}

/// Which entries of an access log are unusual.
package struct UnusualAccessRules: Sendable {
    /// When the office is open.
    let isOpen: @Sendable (Timestamp) -> Bool
    /// Whether two people have one family name.
    let haveOneFamilyName: @Sendable (String, String) -> Bool

    package init(
        isOpen: @escaping @Sendable (Timestamp) -> Bool,
        haveOneFamilyName: @escaping @Sendable (String, String) -> Bool
    ) {
        self.isOpen = isOpen
        self.haveOneFamilyName = haveOneFamilyName
    }

    /// What the rules look at; all other events may be left out.
    package static let events: Set<AuditEvent> = looking.union([
        .breakGlassUsed, .consentDenied, .rightRefused, .auditReviewed,
    ])

    /// Shown to a person, or taken along.
    private static let looking: Set<AuditEvent> = [
        .sheetOpened, .sheetPrinted, .sheetExported, .attachmentSaved, .auditQueried,
        .auditExported,
    ]

    /// A question about the log is a look where it is about one patient, as the record of provision
    /// and receipt is; an auditor's are not.
    private static let asking: Set<AuditEvent> = [.auditQueried, .auditExported]

    private static func isLook(_ entry: AuditedEntry) -> Bool {
        let event = entry.leaf.facts.event
        return entry.isDone && looking.contains(event)
            && (!asking.contains(event) || entry[.patient] != nil)
    }

    /// What is unusual in `entries`, which are in order; the newest first.
    package func found(in entries: [AuditedEntry]) -> [UnusualAccess] {
        let reviews = entries.filter { $0.leaf.facts.event == .auditReviewed }
        var people: [ByteText: [AuditedEntry]] = [:]
        for entry in entries where entry.leaf.facts.actor.kind == .person {
            guard let name = entry.actorName else { continue }
            people[ByteText(name), default: []].append(entry)
        }
        let found = people.flatMap { person, acts in
            UnusualAccess.Kind.allCases.flatMap { kind in
                groups(kind, of: acts, by: person.text).map { group in
                    UnusualAccess(
                        kind: kind,
                        actor: person.text,
                        role: group[0].leaf.facts.actor.role,
                        entries: group
                    )
                }
            }
        }
        return found.map { $0.reviewed(in: reviews) }.sorted {
            ($0.to, $0.entries[0].index, $0.kind.rawValue)
                > ($1.to, $1.entries[0].index, $1.kind.rawValue)
        }
    }

    private func groups(
        _ kind: UnusualAccess.Kind,
        of acts: [AuditedEntry],
        by person: String
    ) -> [[AuditedEntry]] {
        let looks = acts.filter(Self.isLook)
        switch kind {
        case .outsideHours: return looks.filter { !isOpen($0.leaf.at) }.byDay { _ in "" }
        case .manyPatients:
            return looks.within(.hours(1)) { $0.patients >= Limits.unusualPatientsPerHour }
        case .breakGlass:
            return acts.filter { $0.leaf.facts.event == .breakGlassUsed }.map { [$0] }
        case .ownFamilyName:
            return looks.filter { entry in
                entry[.patient].map { haveOneFamilyName(person, $0) } ?? false
            }.byDay { $0[.patient] ?? "" }
        case .repeatedRefusals:
            let refused = acts.filter { !$0.isDone && Self.events.contains($0.leaf.facts.event) }
            return refused.within(.hours(1)) { $0.count >= Limits.unusualRefusalsPerHour }
        }
    }
}

extension UnusualAccess {
    /// With the last that was said of it.
    fileprivate func reviewed(in reviews: [AuditedEntry]) -> UnusualAccess {
        let name = id.hex
        let said = reviews.last { entry in
            guard case .clear(let object) = entry.leaf.facts.object.name else { return false }
            return object.text.hasSameBytes(as: name)
        }
        var result = self
        result.review = said.map {
            Review(at: $0.leaf.at, name: $0.actorName, comment: $0[.details])
        }
        return result
    }
}

extension AuditedEntry {
    fileprivate var isDone: Bool { leaf.facts.outcome == .success }
}

extension [AuditedEntry] {
    /// How many patients they are about.
    fileprivate var patients: Int {
        let names = compactMap { entry -> ByteText? in entry[.patient].map { ByteText($0) } }
        return Set(names).count
    }

    /// Those of one day and key together, in order.
    fileprivate func byDay(_ key: (AuditedEntry) -> String) -> [[AuditedEntry]] {
        let days = Dictionary(grouping: self) { entry in
            ByteText("\(entry.leaf.at.dayInJapan) \(key(entry))")
        }
        return Array<[AuditedEntry]>(days.values)
    }

    /// The longest runs within `span` that are `enough`; no entry is in two.
    fileprivate func within(
        _ span: Duration,
        _ isEnough: ([AuditedEntry]) -> Bool
    ) -> [[AuditedEntry]] {
        var found: [[AuditedEntry]] = []
        var start = 0
        while start < count {
            let end = self[start].leaf.at.adding(span)
            let run = Array(self[start...].prefix { $0.leaf.at <= end })
            if isEnough(run) {
                found.append(run)
                start += run.count
            } else {
                start += 1
            }
        }
        return found
    }
}
