package import Audit
package import Cryptography
package import Delivery
package import Primitives
import Storage

// The access log as an auditor of the organisation asks about it.
extension OrganisationGateway {
    /// A leaf with the personal values behind its commitments.
    package struct AuditedEntry: Sendable {
        package let index: UInt64
        package let leaf: AuditLeaf
        package let openings: [Opening]

        package var json: JSON {
            var opened = JSONObject()
            for opening in openings { opened[opening.field.rawValue] = .string(opening.value) }
            return [
                "index": .integer(Int64(index)),
                "at": .string(leaf.at.description),
                "type": .string(leaf.facts.event.rawValue),
                "outcome": .integer(Int64(leaf.facts.outcome.rawValue)),
                "reason": leaf.facts.reason.map { .string($0.text) },
                "role": .string(leaf.facts.actor.role.text),
                "opened": .object(opened),
            ]
        }
    }

    /// The log copied out, for offline verification.
    package struct AuditCopy: Sendable {
        package let origin: TreeOrigin
        package let leaves: [[UInt8]]
        package let checkpoint: [UInt8]
        package let key: NotePublicKey

        package var json: JSON {
            [
                "origin": .string(origin.text),
                "size": .integer(Int64(leaves.count)),
                "publicKey": .string(Base64.encode(key.bytes)),
            ]
        }

        /// One leaf a line: leaves are canonical JSON and hold no line end.
        package var leavesFile: [UInt8] { Array(leaves.joined(separator: [0x0A])) + [0x0A] }
    }

    /// Everything that was done about one patient or one message; asking is an event too.
    package func auditEntries(
        of patient: String?,
        message: MessageID?,
        by agent: Agent
    ) async throws(GatewayError) -> [AuditedEntry] {
        let key = try await vault.current()
        var tags: [IndexTag] = []
        if let patient { tags.append(key.tag(.patient, patient.bytes)) }
        if let message { tags.append(key.tag(.message, message.text.bytes)) }
        let origin = accessOrigin
        let wanted = tags
        let rows = try await read { stored throws(StoreError) in
            try positions(wanted, origin, stored).map { position throws(StoreError) in
                (
                    index: position.index,
                    leaf: try stored.leaf(at: position) ?? [],
                    sealed: try stored.openings(at: position)
                )
            }
        }
        var entries: [AuditedEntry] = []
        for row in rows {
            entries.append(try await audited(row.index, row.leaf, row.sealed))
        }
        try await recordQuestion(entries, by: agent)
        return entries
    }

    private func audited(
        _ index: UInt64,
        _ bytes: [UInt8],
        _ sealed: [SealedOpening]
    ) async throws(GatewayError) -> AuditedEntry {
        let leaf = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try AuditLeaf(reading: bytes, in: .access)
        }
        var openings: [Opening] = []
        for opening in sealed {
            guard let commitment = leaf.facts.commitment(opening.field) else { continue }
            let key = try await vault.key(opening.keyReference)
            do throws(AuditRefusal) {
                openings.append(try opening.open(commitment, origin: accessOrigin, by: key))
            } catch { throw .dataKey(.unusable) }
        }
        return AuditedEntry(index: index, leaf: leaf, openings: openings)
    }

    private func recordQuestion(
        _ entries: [AuditedEntry],
        by agent: Agent
    ) async throws(GatewayError) {
        let report = JSON.array(entries.map(\.json)).canonicalBytes
        var act = facts(.auditQueried, by: agent, on: .report(SHA256.hash(report)))
        act.purpose = .review
        try await record([act])
    }

    /// The newest signed head of the own log, made now.
    package func auditCheckpoint() async throws(GatewayError) -> [UInt8] {
        try await checkpoint()
        let origin = accessOrigin
        let checkpoint = try await read { stored throws(StoreError) in
            try stored.checkpoint(of: origin)
        }
        guard let checkpoint else { throw .notFound }
        return checkpoint.checkpoint.note
    }

    /// All leaves with a checkpoint over them.
    package func auditCopy() async throws(GatewayError) -> AuditCopy {
        let note = try await auditCheckpoint()
        let origin = accessOrigin
        let leaves = try await read { stored throws(StoreError) in
            try stored.leaves(of: origin, from: 0, limit: .max)
        }
        return AuditCopy(
            origin: origin,
            leaves: leaves,
            checkpoint: note,
            key: log.publicKey
        )
    }

    /// The leaf and proof of a receipt that was made or received here.
    package func proof(ofReceipt sha256: Digest) async throws(GatewayError) -> ReceiptProof? {
        if let own = try await ownProof(of: sha256) { return own }
        let row = try await read { stored throws(StoreError) in try stored.receipt(sha256) }
        return row?.proof.map { ReceiptProof(leaf: $0.leaf, tlogProof: $0.tlogProof) }
    }
}

/// Positions that carry all of the tags, in order; without a tag all of the tree.
private func positions(
    _ tags: [IndexTag],
    _ origin: TreeOrigin,
    _ stored: any GatewayReader
) throws(StoreError) -> [LeafPosition] {
    guard let first = tags.first else {
        let size = try stored.trees().first { $0.origin == origin }?.size ?? 0
        return (0..<size).map { LeafPosition(tree: origin, index: $0) }
    }
    var found = Set(try stored.positions(tagged: first))
    for tag in tags.dropFirst() { found.formIntersection(try stored.positions(tagged: tag)) }
    return found.sorted { $0.index < $1.index }
}
