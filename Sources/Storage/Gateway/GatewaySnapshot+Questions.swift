import Audit
import Primitives

// What an auditor counts: places of leaves alone, of which a year may have a million. Nothing is
// opened here.
extension GatewaySnapshot {
    func leaves(
        of event: AuditEvent,
        in tree: TreeOrigin,
        _ range: Range<UInt64>
    ) throws(StoreError) -> [UInt64] {
        try places(
            """
            SELECT position FROM auditLeaf INDEXED BY auditLeafByEvent
            WHERE \(AuditSchema.said("type")) = ?3 AND position >= ?1 AND position < ?2
            ORDER BY position
            """,
            of: tree,
            range,
            [event.rawValue]
        )
    }

    func failures(
        of event: AuditEvent,
        in tree: TreeOrigin,
        _ range: Range<UInt64>
    ) throws(StoreError) -> [UInt64] {
        try places(
            """
            SELECT position FROM auditLeaf INDEXED BY auditLeafFailed
            WHERE \(AuditSchema.said("type")) = ?3 AND \(AuditSchema.isFailure)
                AND position >= ?1 AND position < ?2
            ORDER BY position
            """,
            of: tree,
            range,
            [event.rawValue]
        )
    }

    func tags(of kind: IndexKind) throws(StoreError) -> [IndexTag] {
        // From each to the next: the many leaves of one are not read.
        var tags: [IndexTag] = []
        var last: [UInt8] = []
        while true {
            let next: [UInt8]? = try connection.row(
                "SELECT tag FROM auditIndex WHERE kind = ?1 AND tag > ?2 ORDER BY tag LIMIT 1",
                kind,
                last
            ) { row throws(StoreError) in try row[0] }
            guard let next else { return tags }
            tags.append(IndexTag(kind: kind, tag: next))
            last = next
        }
    }

    func leaves(
        tagged tag: IndexTag,
        in tree: TreeOrigin,
        _ range: Range<UInt64>,
        limit: Int
    ) throws(StoreError) -> [UInt64] {
        try places(
            """
            SELECT position FROM auditIndex
            WHERE kind = ?3 AND tag = ?4 AND position >= ?1 AND position < ?2
            ORDER BY position LIMIT ?5
            """,
            of: tree,
            range,
            [tag.kind, tag.tag, limit]
        )
    }

    func firstLeaves(
        notBefore times: [Timestamp],
        in tree: TreeOrigin,
        _ range: Range<UInt64>
    ) throws(StoreError) -> [UInt64] {
        guard let stored = try connection.tree(tree) else { return times.map { _ in 0 } }
        let end = min(range.upperBound, stored.size)
        var found: [UInt64] = []
        for time in times {
            var (low, high) = (found.last ?? min(range.lowerBound, end), end)
            while low < high {
                let middle = low + (high - low) / 2
                if try connection.time(ofLeaf: middle, in: stored.number) < time {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            found.append(low)
        }
        return found
    }

    private func places(
        _ text: String,
        of tree: TreeOrigin,
        _ range: Range<UInt64>,
        _ values: [any ColumnValue]
    ) throws(StoreError) -> [UInt64] {
        guard let stored = try connection.tree(tree), range.lowerBound < stored.size else {
            return []
        }
        let bounds: [any ColumnValue] = [
            LeafNumber.position(stored.number, range.lowerBound),
            LeafNumber.position(stored.number, min(range.upperBound, stored.size)),
        ]
        return try connection.integers(text, bounds + values).map(LeafNumber.index)
    }
}

extension Connection {
    fileprivate func time(ofLeaf index: UInt64, in tree: Int64) throws(StoreError) -> Timestamp {
        let time: Timestamp? = try row(
            "SELECT \(AuditSchema.said("at")) FROM auditLeaf WHERE position = ?1",
            LeafNumber.position(tree, index)
        ) { row throws(StoreError) in try row[0] }
        guard let time else { throw .damaged }
        return time
    }
}
