import Delivery
import Gateway
import Japanese
import Primitives
import Storage

/// Whom the sheets here are about. In memory alone, and filled as far as the stores have grown when
/// somebody asks: what is sealed at rest cannot be searched there.
final class PeopleIndex: Sendable {
    /// A person as the sheets name them; two sheets are of one person where all of it is the same.
    struct Person: Hashable, Sendable {
        let name: ByteText
        let kana: ByteText
        let birthDate: ByteText

        init?(_ head: OrganisationGateway.SheetHead) {
            guard let name = head.patientName else { return nil }
            self.name = ByteText(name)
            kana = ByteText(head.patientKana ?? "")
            birthDate = ByteText(head.patientBirthDate ?? "")
        }
    }

    /// One sheet of a person.
    struct Entry: Sendable {
        let key: MessageKey
        let person: Person
        let type: SheetType
        let at: Timestamp
        /// Of a received sheet: the desk that it is for.
        let desk: DeskID?
        /// An own sheet that goes by fax or post.
        let isPaper: Bool
        /// The name and its reading, as they are searched.
        let folded: String
    }

    /// nil: what has no person, or was set apart when it was looked at.
    private let known = Lock<[MemberID: [MessageKey: Entry?]]>([:])
    /// How often something was erased at each, when it was last filled.
    private let erasures = Lock<[MemberID: Int]>([:])
    private static let slice = 200
    /// Of these each is opened to be counted.
    private static let papers = 20

    /// All sheets of persons that this one may see, newest first.
    func entries(_ visit: Visit) async throws(PageRefusal) -> [Entry] {
        let own = visit.gateway.member
        letGo(of: visit.gateway)
        try await readInbox(visit)
        try await readOutbox(visit)
        try await readPapers(visit)
        try await readAgain(visit)
        let entries = known.withLock { $0[own] ?? [:] }.values.compactMap(\.self)
            .filter { visit.reader.reaches($0.key, for: $0.desk) }
        return entries.sorted { ($0.at, $0.key.messageID) > ($1.at, $1.key.messageID) }
    }

    /// The newest sheet of each person whose name or reading holds what was typed.
    func search(_ typed: String, _ visit: Visit) async throws(PageRefusal) -> [Entry] {
        let wanted = SearchText.withoutBlanks(typed)
        var seen: Set<Person> = []
        return try await entries(visit).filter { entry in
            guard wanted.isEmpty || entry.folded.contains(wanted) else { return false }
            return seen.insert(entry.person).inserted
        }
    }

    /// All sheets of the person of a sheet, newest first; none where the sheet is not here.
    func folder(of message: MessageID, _ visit: Visit) async throws(PageRefusal) -> [Entry] {
        let entries = try await entries(visit)
        guard let entry = entries.first(where: { $0.key.messageID == message }) else { return [] }
        return entries.filter { $0.person == entry.person }
    }

    // MARK: Filling

    /// After something was erased all is read anew.
    private func letGo(of gateway: OrganisationGateway) {
        let count = gateway.erasures
        let isNew = erasures.withLock { known in
            known.updateValue(count, forKey: gateway.member) ?? 0 != count
        }
        if isNew { known.withLock { $0[gateway.member] = nil } }
    }

    /// Reads on until it meets what it knows: sheets do not change, and new ones stand first.
    private func readInbox(_ visit: Visit) async throws(PageRefusal) {
        var skip = 0
        while true {
            let slice = ListSlice(skip: skip, limit: Self.slice)
            let found = try await visit.ask { gateway throws(GatewayError) in
                try await gateway.inbox(.all, slice)
            }
            let fresh = found.rows.map(\.row).filter { !isKnown($0.key, visit) }
            for row in fresh {
                let head = try await visit.ask { gateway throws(GatewayError) in
                    try await visit.parts.heads.head(indexing: row.key, at: gateway)
                }
                remember(row, head, visit)
            }
            skip += Self.slice
            if fresh.isEmpty || skip >= found.total { return }
        }
    }

    private func readOutbox(_ visit: Visit) async throws(PageRefusal) {
        var skip = 0
        while true {
            let slice = ListSlice(skip: skip, limit: Self.slice)
            let found = try await visit.ask { gateway throws(GatewayError) in
                try await gateway.outbox(.all, slice)
            }
            let own = visit.gateway.member
            let fresh = found.rows.filter {
                !isKnown(MessageKey(from: own, messageID: $0.message), visit)
            }
            for row in fresh {
                let head = try await visit.ask { gateway throws(GatewayError) in
                    try await visit.parts.heads.head(ofSent: row, at: gateway)
                }
                let key = MessageKey(from: own, messageID: row.message)
                remember(key, head, (row.createdAt, nil, false), visit)
            }
            skip += Self.slice
            if fresh.isEmpty || skip >= found.total { return }
        }
    }

    private func readPapers(_ visit: Visit) async throws(PageRefusal) {
        let own = visit.gateway.member
        var skip = 0
        while true {
            let slice = ListSlice(skip: skip, limit: Self.papers)
            let found = try await visit.ask { gateway throws(GatewayError) in
                try await gateway.papers(slice)
            }
            let fresh = found.rows.filter {
                !isKnown(MessageKey(from: own, messageID: $0.id), visit)
            }
            for route in fresh {
                let key = MessageKey(from: own, messageID: route.id)
                let head = visit.gateway.head(of: route)
                remember(key, head, (route.begun.at, nil, true), visit)
            }
            skip += Self.papers
            if fresh.isEmpty || skip >= found.total { return }
        }
    }

    /// What was set apart may have been taken in since.
    private func readAgain(_ visit: Visit) async throws(PageRefusal) {
        let own = visit.gateway.member
        let apart = known.withLock { $0[own] ?? [:] }.filter { $0.value == nil }.map(\.key)
        guard !apart.isEmpty else { return }
        let rows = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.rows(of: apart)
        }
        for row in rows.received.values where row.sheet != nil {
            let head = try await visit.ask { gateway throws(GatewayError) in
                try await visit.parts.heads.head(indexing: row.key, at: gateway)
            }
            remember(row, head, visit)
        }
    }

    private func isKnown(_ key: MessageKey, _ visit: Visit) -> Bool {
        known.withLock { $0[visit.gateway.member]?.keys.contains(key) ?? false }
    }

    private func remember(
        _ row: InboxRow,
        _ head: OrganisationGateway.SheetHead?,
        _ visit: Visit
    ) {
        remember(row.key, head, (row.receivedAt, row.sheet?.desk, false), visit)
    }

    private func remember(
        _ key: MessageKey,
        _ head: OrganisationGateway.SheetHead?,
        _ place: (at: Timestamp, desk: DeskID?, isPaper: Bool),
        _ visit: Visit
    ) {
        let entry = head.flatMap { head in
            Person(head).map { person in
                Entry(
                    key: key,
                    person: person,
                    type: head.type,
                    at: place.at,
                    desk: place.desk,
                    isPaper: place.isPaper,
                    folded: SearchText.withoutBlanks(person.name.text) + "\n"
                        + SearchText.withoutBlanks(person.kana.text)
                )
            }
        }
        known.withLock {
            _ = $0[visit.gateway.member, default: [:]].updateValue(entry, forKey: key)
        }
    }
}
