import Audit
import Delivery
import Primitives
import Storage

extension GatewayModel {
    mutating func erase(_ erasure: Erasure) throws(StoreError) {
        let held = Dictionary(
            uniqueKeysWithValues: try holdings().map { ($0.name, $0.keys) }
        )
        var keys: Set<Int64> = []
        for name in erasure.holdings {
            if case .record(let kind, let id) = name {
                guard held[name] != nil else { throw .conflict(nil) }
                records[RecordName(kind: kind, id: id)] = nil
                if let id = name.messageID {
                    erase(MessageKey(from: erasure.member, messageID: id), isSent: true)
                }
            }
            keys.formUnion(held[name] ?? [])
            guard let key = name.message(of: erasure.member) else { continue }
            erase(key, isSent: key.from == erasure.member)
        }
        for position in erasure.leaves {
            let openings = try self.openings(at: position).filter(\.field.isOfPatient)
            keys.formUnion(openings.map(\.keyReference))
            log.nameless.insert(position)
        }
        keys.subtract(erasure.sparing)
        keys.subtract(usedKeys())
        spent.formUnion(keys)
    }

    private mutating func erase(_ key: MessageKey, isSent: Bool) {
        let gone = Set(receipts.removeAll(of: key) { $0.statement.slot })
        unproved.removeAll { gone.contains($0) }
        unsentProofs.removeAll { gone.contains($0) }
        outgoing.removeAll { gone.contains($0) }
        claimed[key] = nil
        warned.removeAll { $0.key == key }
        for name in expected.keys where name.message == key { expected[name] = nil }
        for (id, row) in emergencyRows where row.message == key { emergencies[id] = nil }
        if isSent {
            if let row = sent[key.messageID] {
                threads[row.thread]?.sent.removeAll { $0 == key.messageID }
            }
            sent[key.messageID] = nil
            leaving.remove(key.messageID)
            drafts[key.messageID] = nil
            sentBytes[key.messageID] = nil
        } else {
            if let sheet = received[key]?.sheet {
                threads[sheet.thread]?.received.removeAll { $0 == key }
                contents[sheet.contentSha256] = nil
            }
            received[key] = nil
            held.remove(key)
            sheets[key] = nil
            receivedBytes[key] = nil
        }
        erased.insert(key)
    }

    private var emergencyRows: [(EmergencyID, EmergencyRow)] {
        emergencies.keys.compactMap { id in emergencies[id].map { (id, $0) } }
    }

    private func usedKeys() -> Set<Int64> {
        var used = Set(drafts.values.map(\.keyReference))
        used.formUnion(sentBytes.values.map(\.content.keyReference))
        used.formUnion(sheets.values.map(\.keyReference))
        used.formUnion(receivedBytes.values.compactMap { $0.content?.keyReference })
        used.formUnion(records.values.map(\.sealed.keyReference))
        used.formUnion(emergencyRows.map(\.1.sealed.keyReference))
        for tree in log.trees {
            for (index, openings) in tree.openings.enumerated() {
                let position = LeafPosition(tree: tree.origin, index: UInt64(index))
                let isNameless = log.nameless.contains(position)
                for opening in openings where !(isNameless && opening.field.isOfPatient) {
                    used.insert(opening.keyReference)
                }
            }
        }
        return used
    }

    func holdings() throws(StoreError) -> [Holding] {
        let emergencyKeys = Dictionary(grouping: emergencyRows.map(\.1), by: \.message.messageID)
        func keys(_ id: MessageID, _ columns: [SealedColumn?]) -> Set<Int64> {
            Set(
                columns.compactMap { $0?.keyReference }
                    + (emergencyKeys[id] ?? []).map(\.sealed.keyReference)
            )
        }
        let own = sent.values.map { row in
            Holding(
                .sent(row.message),
                thread: row.thread,
                movedAt: ([row.createdAt] + row.copies.map(\.movedAt)).max() ?? row.createdAt,
                isMoving: row.copies.contains {
                    [.queued, .accepted, .released].contains($0.state)
                },
                keys: keys(row.message, [drafts[row.message], sentBytes[row.message]?.content])
            )
        }
        let others = received.values.map { row in
            let waiting = receipts.of(row.key).contains {
                outgoing.contains($0.statement.sha256)
            }
            return Holding(
                .received(row.key),
                thread: row.sheet?.thread,
                movedAt: max(row.receivedAt, row.movedAt),
                isMoving: row.state == nil || waiting,
                keys: keys(row.key.messageID, [sheets[row.key]])
            )
        }
        return own + others
            + records.values.map { row in
                Holding(
                    .record(row.kind, row.id),
                    movedAt: row.storedAt,
                    keys: Set([row.sealed.keyReference]).union(
                        Holding.Name.record(row.kind, row.id).messageID.map { keys($0, []) } ?? []
                    )
                )
            }
    }

    func isErased(_ key: MessageKey) throws(StoreError) -> Bool { erased.contains(key) }

    func spentKeys() throws(StoreError) -> [Int64] { spent.sorted() }
}

extension GatewayWrite {
    /// The data keys that what is written is under.
    fileprivate var sealedColumns: [SealedColumn?] {
        switch self {
        case .queue(let row): [row.draft]
        case .seal(_, let bytes): [bytes.content]
        case .receive(let row, let bytes): [row.sheet?.sealed, bytes?.content]
        case .receipt(_, let disclosure): [disclosure]
        case .record(_, _, let column, _): [column]
        case .emergency(let row): [row.sealed]
        case .reviewed(_, _, let column): [column]
        default: []
        }
    }

    var keys: Set<Int64> { Set(sealedColumns.compactMap { $0?.keyReference }) }
}
