import Audit
import Primitives
import Storage

// What an auditor counts, by reading every leaf.
extension GatewayModel {
    func leaves(
        of event: AuditEvent,
        in tree: TreeOrigin,
        _ range: Range<UInt64>
    ) throws(StoreError) -> [UInt64] {
        try leaves(in: tree, range) { $0.facts.event == event }
    }

    func failures(
        of event: AuditEvent,
        in tree: TreeOrigin,
        _ range: Range<UInt64>
    ) throws(StoreError) -> [UInt64] {
        try leaves(in: tree, range) { $0.facts.event == event && $0.facts.outcome != .success }
    }

    func tags(of kind: IndexKind) throws(StoreError) -> [IndexTag] {
        var tags: [IndexTag] = []
        for tag in log.tags.keys where tag.kind == kind {
            if try !positions(tagged: tag).isEmpty { tags.append(tag) }
        }
        return tags.sorted { $0.tag.lexicographicallyPrecedes($1.tag) }
    }

    func leaves(
        tagged tag: IndexTag,
        in tree: TreeOrigin,
        _ range: Range<UInt64>,
        limit: Int
    ) throws(StoreError) -> [UInt64] {
        let indices = try positions(tagged: tag).filter { $0.tree == tree }.map(\.index)
        return Array(indices.filter(range.contains).prefix(limit))
    }

    func firstLeaves(
        notBefore times: [Timestamp],
        in tree: TreeOrigin,
        _ range: Range<UInt64>
    ) throws(StoreError) -> [UInt64] {
        var found: [UInt64] = []
        for time in times {
            let end = try trees().first { $0.origin == tree }.map { min($0.size, range.upperBound) }
            let first = try leaves(in: tree, range) { $0.at >= time }.first
            found.append(first ?? end ?? 0)
        }
        return found
    }

    private func leaves(
        in tree: TreeOrigin,
        _ range: Range<UInt64>,
        _ isMeant: (AuditLeaf) -> Bool
    ) throws(StoreError) -> [UInt64] {
        var found: [UInt64] = []
        let all = try leaves(of: tree, from: range.lowerBound, limit: .max)
        for (index, bytes) in zip(range.lowerBound..., all) where range.contains(index) {
            let leaf = try wrap({ (_: DecodingRefusal) in StoreError.damaged }) {
                () throws(DecodingRefusal) in try AuditLeaf(reading: bytes, in: tree.kind)
            }
            if isMeant(leaf) { found.append(index) }
        }
        return found
    }
}
