import Audit
import Delivery
import Directory
import Primitives
import Storage

extension ExchangeModel: ExchangeReader {
    func duplicate(
        _ key: MessageKey,
        sealed: Digest
    ) throws(StoreError) -> Duplicate {
        if plant == .forgetsDuplicates { return .unknown }
        if let known = duplicates[key.sha256] { return .known(sealed: known) }
        return contents.contains(sealed) ? .contentSeen : .unknown
    }

    func message(_ key: MessageKey) throws(StoreError) -> MessageRow? { held(key)?.row }

    func sealedBody(of key: MessageKey) throws(StoreError) -> [UInt8]? {
        held(key)?.body
    }

    func chunk(_ sha256: Digest, of key: MessageKey) throws(StoreError) -> [UInt8]? {
        guard let held = held(key), held.body != nil,
            held.row.chunks.contains(where: { $0.sealedSha256 == sha256 })
        else { return nil }
        return chunks.first { $0.member == key.from && $0.sha256 == sha256 }?.sealed
    }

    func uploaded(
        _ chunks: [Digest],
        by member: MemberID
    ) throws(StoreError) -> [Digest: Int] {
        var lengths: [Digest: Int] = [:]
        for chunk in self.chunks where chunk.member == member && chunks.contains(chunk.sha256) {
            lengths[chunk.sha256] = chunk.sealed.count
        }
        return lengths
    }

    func openChunkBytes(of member: MemberID) throws(StoreError) -> Int64 {
        chunks.filter { $0.member == member && !used($0) }
            .reduce(0) { $0 + Int64($1.sealed.count) }
    }

    func copies(of key: MessageKey) throws(StoreError) -> [CopyRow] {
        held(key)?.copies ?? []
    }

    func copy(_ key: MessageKey, to member: MemberID) throws(StoreError) -> CopyRow? {
        try copies(of: key).first { $0.to == member }
    }

    func mailboxRevision(of member: MemberID) throws(StoreError) -> Int64 {
        mailboxes[member]?.revision ?? 0
    }

    func inbox(
        of member: MemberID,
        after: Int,
        limit: Int
    ) throws(StoreError) -> [InboxItem] {
        let keys = mail[member]?.keys ?? []
        let items = keys.compactMap { messages[$0] }.flatMap { held in
            held.copies.filter { $0.to == member && Self.isWaiting($0) }
                .map { InboxItem(message: held.row, copy: $0) }
        }
        let sorted = items.sorted {
            ($0.message.urgency, $0.copy.position) < ($1.message.urgency, $1.copy.position)
        }
        return Array(sorted.dropFirst(after).prefix(limit))
    }

    func ended(
        of member: MemberID,
        movedSince: Timestamp,
        after: Int,
        limit: Int
    ) throws(StoreError) -> [InboxItem] {
        let items = messages.values.flatMap { held in
            held.copies.filter {
                $0.to == member && !Self.isWaiting($0) && $0.movedAt >= movedSince
            }
            .map { InboxItem(message: held.row, copy: $0) }
        }
        let sorted = items.sorted { $0.copy.position < $1.copy.position }
        return Array(sorted.dropFirst(after).prefix(limit))
    }

    func deliveries(
        of sender: MemberID,
        state: DeliveryState?,
        after: Int64,
        limit: Int
    ) throws(StoreError) -> [DeliveryRow] {
        let held = (sent[sender] ?? ModelList()).compactMap { messages[$0] }
        let found = held.filter { held in
            held.place > after
                && (state == nil || held.copies.contains { $0.state == state })
        }
        return found.prefix(limit).map(delivery)
    }

    func delivery(_ key: MessageKey) throws(StoreError) -> DeliveryRow? {
        held(key).map(delivery)
    }

    func haveDealt(_ one: MemberID, _ other: MemberID) throws(StoreError) -> Bool {
        pairs.contains(Pair(members: [one, other]))
    }

    func proofBytes(from: MemberID, to: MemberID) throws(StoreError) -> Int64 {
        let events = mailboxes[to]?.events ?? ModelList()
        return events.reduce(0) { sum, event in
            guard case .proofs(from, let sealed) = event.content else { return sum }
            return sum + Int64(max(sealed.count, 1024))
        }
    }

    func answered(
        from: MemberID,
        to: MemberID,
        accepted: Range<Timestamp>
    ) throws(StoreError) -> Set<MessageID> {
        var found: Set<MessageID> = []
        for key in sent[from] ?? ModelList() {
            guard let held = messages[key], accepted.contains(held.row.acceptedAt) else {
                continue
            }
            let types = statements.of(held.row.key).filter { $0.slot.recipient == to }.map(\.type)
            guard types.contains(.delivered) || types.contains(.refused) else { continue }
            found.insert(held.row.key.messageID)
        }
        return found
    }

    private func delivery(_ held: Held) -> DeliveryRow {
        let copies = held.copies.map { copy in
            let statements = statements.of(held.row.key).filter {
                $0.slot.recipient == nil || $0.slot.recipient == copy.to
            }
            return TrackedCopy(
                copy: copy,
                statements: statements.map {
                    TrackedStatement(type: $0.type, sha256: $0.sha256)
                }
            )
        }
        return DeliveryRow(place: held.place, message: held.row, copies: copies)
    }

    func usage(from: MemberID, to: MemberID) throws(StoreError) -> Usage {
        let keys = mail[to]?.keys.filter { $0.from == from } ?? []
        let waiting = keys.compactMap { messages[$0] }.filter { held in
            held.copies.contains { $0.to == to && Self.isWaiting($0) }
        }
        return Self.total(waiting)
    }

    func sent(by member: MemberID, since: Timestamp) throws(StoreError) -> Usage {
        let held = (sent[member] ?? ModelList()).compactMap { messages[$0] }
        return Self.total(held.filter { $0.row.acceptedAt >= since })
    }

    private static func total(_ messages: [Held]) -> Usage {
        let bytes = messages.reduce(0) { sum, held in
            held.row.chunks.reduce(sum + held.row.sealedLength) { $0 + $1.sealedLength }
        }
        return Usage(messages: messages.count, bytes: Int64(bytes))
    }

    func expiring(before: Timestamp, limit: Int) throws(StoreError) -> [CopyRow] {
        if plant == .losesExpiry { return [] }
        let due = waiting.filter { $0.row.expiresAt <= before }
            .sorted { ($0.row.expiresAt, $0.place) < ($1.row.expiresAt, $1.place) }
            .flatMap { $0.copies.filter { $0.state == .accepted } }
        return Array(due.prefix(limit))
    }

    func watched(until: Timestamp, limit: Int) throws(StoreError) -> [CopyRow] {
        let due = waiting.flatMap { held in
            held.copies.filter(Self.isWaiting).compactMap { copy in
                watches[WatchedCopy(key: copy.key, to: copy.to)].map {
                    (at: $0, place: held.place, copy: copy)
                }
            }
        }
        let sorted = due.filter { $0.at <= until }
            .sorted { ($0.at, $0.place, $0.copy.to) < ($1.at, $1.place, $1.copy.to) }
        return sorted.prefix(limit).map(\.copy)
    }

    func unacknowledged(expiredBy: Timestamp, limit: Int) throws(StoreError) -> [CopyRow] {
        let due = waiting.filter { $0.row.expiresAt <= expiredBy }
            .sorted { ($0.row.expiresAt, $0.place) < ($1.row.expiresAt, $1.place) }
            .flatMap { held in
                held.copies.filter { $0.state == .released }.sorted { $0.to < $1.to }
            }
        return Array(due.prefix(limit))
    }

    func bodiesEnded(
        before: Timestamp,
        limit: Int
    ) throws(StoreError) -> [MessageKey] {
        var due: [(at: Timestamp, place: Int64, key: MessageKey)] = []
        ended.forEach { key, at in
            guard at <= before, let held = messages[key] else { return }
            due.append((at, held.place, key))
        }
        return due.sorted { ($0.at, $0.place) < ($1.at, $1.place) }.prefix(limit).map(\.key)
    }

    func retainedYears() throws(StoreError) -> [RetainedYear] {
        let accepted = messages.values.map(\.row.fiscalYear)
        return Set(accepted).union(years.keys).sorted().map { year in
            RetainedYear(
                fiscalYear: year,
                deliveries: accepted.count { $0 == year },
                retention: years[year] ?? Retention()
            )
        }
    }

    func retention(of year: Int) throws(StoreError) -> Retention { years[year] ?? Retention() }

    func deliveries(ofYear year: Int, limit: Int) throws(StoreError) -> [MessageKey] {
        messages.filter { $0.row.fiscalYear == year }
            .sorted { $0.place < $1.place }.prefix(limit).map(\.row.key)
    }

    func positions(under keyReference: Int64, limit: Int) throws(StoreError) -> [LeafPosition] {
        log.positions(under: keyReference, limit: limit)
    }

    func statement(_ sha256: Digest) throws(StoreError) -> StatementRow? {
        statements[sha256]
    }

    func statement(in slot: StatementSlot) throws(StoreError) -> StatementRow? {
        statements[slot]
    }

    func statements(
        of key: MessageKey,
        to member: MemberID
    ) throws(StoreError) -> [StatementRow] {
        statements.of(key).filter { $0.slot.recipient == nil || $0.slot.recipient == member }
    }

    func events(
        of member: MemberID,
        after cursor: Int64,
        limit: Int
    ) throws(StoreError) -> [EventRow] {
        guard let events = mailboxes[member]?.events else { return [] }
        var start = events.count
        while start > 0, events[start - 1].cursor > cursor { start -= 1 }
        return Array(events[start...].prefix(limit))
    }

    func droppedEvents(of member: MemberID) throws(StoreError) -> Int64 {
        mailboxes[member]?.dropped ?? 0
    }

    func newestEvent(of member: MemberID) throws(StoreError) -> Int64 {
        mailboxes[member]?.cursor ?? 0
    }

    func member(_ member: MemberID) throws(StoreError) -> MemberRow? { admitted[member] }

    func members() throws(StoreError) -> [MemberRow] {
        admitted.values.sorted { $0.member < $1.member }
    }

    func certificate(_ sha256: Digest) throws(StoreError) -> CertificateRow? {
        certificates[sha256]
    }

    func certificates(of member: MemberID) throws(StoreError) -> [CertificateRow] {
        certificates.filter { $0.member == member }
            .sorted { ($0.notAfter, $0.sha256) < ($1.notAfter, $1.sha256) }
    }

    func joiningCode(of member: MemberID) throws(StoreError) -> JoiningCodeRow? {
        codes[member]
    }

    func directoryLeaves(
        of tree: TreeOrigin,
        from: UInt64,
        limit: Int
    ) throws(StoreError) -> [DirectoryLeaf] {
        guard let leaves = log.tree(tree)?.leaves else { return [] }
        return zip(from..., leaves.dropFirst(Int(from)).prefix(limit)).map { index, leaf in
            DirectoryLeaf(
                index: index,
                leaf: leaf.bytes,
                object: leaf.facts.object.sha256.flatMap { objects[$0] }
            )
        }
    }
}
