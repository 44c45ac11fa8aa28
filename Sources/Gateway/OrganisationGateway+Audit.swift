package import Audit
import Consent
import Cryptography
package import Delivery
import Directory
package import Envelope
import Japanese
package import Primitives
import Storage

// The access log as an auditor of the organisation asks about it.
extension OrganisationGateway {
    /// Everything that was done about one patient or one message; asking is an event too. The name
    /// is found in any spelling: kana, old characters, spaces.
    ///
    /// - Throws: `notFound` where no such message was ever here.
    package func auditEntries(
        of patient: String?,
        message: MessageID?,
        by agent: Agent
    ) async throws(GatewayError) -> [AuditedEntry] {
        try await auditEntries(newest: .max, of: patient, message: message, by: agent).rows
    }

    /// The newest of them, in order; none of the others is opened.
    ///
    /// - Throws: as above.
    package func auditEntries(
        newest most: Int,
        of patient: String?,
        message: MessageID?,
        by agent: Agent
    ) async throws(GatewayError) -> Listed<AuditedEntry> {
        var terms: [(IndexKind, String)] = []
        if let patient { terms.append((.patient, SearchText.name(patient))) }
        if let message { terms.append((.message, message.text)) }
        let found = try await entries(of: terms, newest: most)
        try await recordQuestion(found.rows.map(\.json), by: agent)
        if let message, found.rows.isEmpty, try await !isKnown(message) { throw .notFound }
        return found
    }

    /// Who took a message over, and when; nil before somebody has.
    func confirmation(of message: MessageID) async throws(GatewayError) -> AuditedEntry? {
        try await entries(of: [(.message, message.text)]).rows.first {
            $0.leaf.facts.event == .messageConfirmed
        }
    }

    /// Who opened a sheet first, in which role, and when; nil before somebody has.
    func firstReader(
        of message: MessageID
    ) async throws(GatewayError) -> (name: String?, role: String, at: Timestamp)? {
        // Whoever was refused has seen nothing.
        let opened = try await entries(of: [(.message, message.text)]).rows.first {
            $0.leaf.facts.event == .sheetOpened && $0.leaf.facts.outcome == .success
        }
        return opened.map { ($0.actorName, $0.leaf.facts.actor.role.text, $0.leaf.at) }
    }

    /// Who made an own statement, as its leaf says; nil where no person did.
    func actorName(ofOwn statement: Digest) async throws(GatewayError) -> String? {
        let row = try await read { stored throws(StoreError) in
            try stored.positions(ofStatement: statement).first.map(stored.row(at:))
        }
        guard let row else { return nil }
        return try await audited(row).actorName
    }

    private func isKnown(_ message: MessageID) async throws(GatewayError) -> Bool {
        try await read { stored throws(StoreError) in
            guard try stored.outbox(message) == nil else { return true }
            return try !stored.inbox(message: message).isEmpty
        }
    }

    /// The newest entries that carry all of the terms, in order; without a term of all the tree.
    private func entries(
        of terms: [(kind: IndexKind, value: String)],
        newest most: Int = .max
    ) async throws(GatewayError) -> Listed<AuditedEntry> {
        // A term has another tag under the key of each year.
        let keys = try await yearKeys()
        let tags = terms.map { term in keys.map { $0.tag(term.kind, term.value.bytes) } }
        let origin = accessOrigin
        let found = try await read { stored throws(StoreError) in
            let found = try positions(tags, origin, newest: most, stored)
            return (rows: try found.newest.map(stored.row(at:)), total: found.total)
        }
        var entries: [AuditedEntry] = []
        for row in found.rows { entries.append(try await audited(row)) }
        return Listed(rows: entries, total: found.total)
    }

    /// The entries of some events since a moment, in order; no other is opened.
    func entries(
        of events: Set<AuditEvent>,
        since: Timestamp
    ) async throws(GatewayError) -> [AuditedEntry] {
        let origin = accessOrigin
        var end = try await read { stored throws(StoreError) in
            try stored.trees().first { $0.origin == origin }?.size ?? 0
        }
        var found: [UInt64] = []
        var isOver = false
        while end > 0, !isOver {
            let start = end - min(end, UInt64(LogPage.most))
            let count = Int(end - start)
            let leaves = try await read { stored throws(StoreError) in
                try stored.leaves(of: origin, from: start, limit: count)
            }
            for (offset, bytes) in leaves.enumerated().reversed() {
                let leaf = try Self.leaf(bytes)
                isOver = leaf.at < since
                if isOver { break }
                guard events.contains(leaf.facts.event) else { continue }
                found.append(start + UInt64(offset))
            }
            end = start
        }
        return try await entries(at: found.reversed())
    }

    /// The entries at some places of the own log, in their order.
    func entries(at places: [UInt64]) async throws(GatewayError) -> [AuditedEntry] {
        let origin = accessOrigin
        let rows = try await read { stored throws(StoreError) in
            try places.map { place throws(StoreError) in
                try stored.row(at: LeafPosition(tree: origin, index: place))
            }
        }
        var entries: [AuditedEntry] = []
        for row in rows { entries.append(try await audited(row)) }
        return entries
    }

    private static func leaf(_ bytes: [UInt8]) throws(GatewayError) -> AuditLeaf {
        try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try AuditLeaf(reading: bytes, in: .access)
        }
    }

    private func audited(_ row: LeafRow) async throws(GatewayError) -> AuditedEntry {
        let leaf = try Self.leaf(row.leaf)
        let origin = logNames.name(at: row.index)
        var openings: [Opening] = []
        for opening in row.sealed {
            guard let commitment = leaf.facts.commitment(opening.field) else { continue }
            let key = try await vault.key(opening.keyReference)
            do throws(AuditRefusal) {
                openings.append(try opening.open(commitment, origin: origin, by: key))
            } catch { throw .dataKey(.unusable) }
        }
        return AuditedEntry(index: row.index, leaf: leaf, openings: openings)
    }

    /// That an answer was given is on record by its hash.
    func recordQuestion(_ answer: [JSON], by agent: Agent) async throws(GatewayError) {
        let report = JSON.array(answer).canonicalBytes
        var act = facts(.auditQueried, by: agent, on: .report(SHA256.hash(report)))
        act.purpose = .review
        try await record([act])
    }

    /// The newest signed head of the own log, made now.
    package func auditCheckpoint() async throws(GatewayError) -> Checkpoint {
        try await checkpoint()
        let origin = accessOrigin
        let checkpoint = try await read { stored throws(StoreError) in
            try stored.checkpoint(of: origin)
        }
        guard let checkpoint else { throw .notFound }
        return checkpoint.checkpoint
    }

    /// The leaves from an index on, with a checkpoint over all of them.
    package func auditPage(from index: UInt64) async throws(GatewayError) -> LogPage {
        let checkpoint = try await auditCheckpoint()
        let leaves = try await read { stored throws(StoreError) in
            try stored.leaves(of: checkpoint.origin, from: index, limit: LogPage.most)
        }
        return LogPage(leaves: leaves, checkpoint: checkpoint, key: log.publicKey)
    }

    /// A period of the own log as a file that proves itself offline, with the values behind its
    /// commitments only where they are asked for. That it was made is on record by its hash.
    ///
    /// - Returns: nil where the period is too long for one file.
    package func auditBundle(
        of period: AuditPeriod,
        withOpenings: Bool,
        by agent: Agent
    ) async throws(GatewayError) -> AuditBundle? {
        let origin = try await auditCheckpoint().origin
        guard let policy = view.policy, let trust = EvidenceFile.Trust(view, of: [member]) else {
            throw .notEnrolled
        }
        let key = log.publicKey
        let witnesses = AuditBundle.witnesses(of: origin, in: policy)
        let found = try await read { stored throws(StoreError) in
            try stored.range(of: period, in: origin, key: key, witnesses: witnesses)
        }
        guard let found else { return nil }
        let bundle = AuditBundle(
            found,
            of: period,
            openings: withOpenings ? try await openings(of: found, in: period) : nil,
            trust: trust
        )
        let bytes = bundle.bytes
        guard bytes.count <= Limits.evidenceBytes else { return nil }
        var act = facts(.auditExported, by: agent, on: .report(SHA256.hash(bytes)))
        if withOpenings { act.reason = AuditReason("withOpenings") }
        try await record([act])
        return bundle
    }

    private func openings(
        of range: LogRange,
        in period: AuditPeriod
    ) async throws(GatewayError) -> [[Opening]] {
        let tree = range.checkpoint.origin
        let rows = try await read { stored throws(StoreError) in
            try range.leaves.indices.map { place throws(StoreError) in
                try stored.row(
                    at: LeafPosition(tree: tree, index: range.first + UInt64(place))
                )
            }
        }
        var openings: [[Opening]] = []
        for row in rows {
            let isAsked = period.contains(try Self.leaf(row.leaf).at)
            openings.append(isAsked ? try await audited(row).openings : [])
        }
        return openings
    }

    /// Recomputes the own log from its first leaf to a checkpoint made now.
    package func auditLog() async throws(GatewayError) -> LogVerdict {
        var page = try await auditPage(from: 0)
        var stream = LogStream(under: page.checkpoint, key: page.key)
        while !page.leaves.isEmpty, !stream.isComplete {
            stream.read(page.leaves)
            page = try await auditPage(from: stream.size)
        }
        return stream.verdict
    }

    /// The leaf and proof of a receipt that was made or received here.
    package func proof(ofReceipt sha256: Digest) async throws(GatewayError) -> ReceiptProof? {
        if let own = try await ownProof(of: sha256) { return own }
        let row = try await read { stored throws(StoreError) in try stored.receipt(sha256) }
        return row?.proof.map { ReceiptProof(leaf: $0.leaf, tlogProof: $0.tlogProof) }
    }
}

extension AuditPatient {
    /// Found by any spelling of the name.
    init(named name: String, birthDate: String?) {
        self.init(name, term: SearchText.name(name), birthDate: birthDate)
    }

    init?(_ reference: PatientReference) {
        guard let name = reference.fullName ?? reference.fullNameKana else { return nil }
        self.init(named: name, birthDate: reference.birthDate?.description)
    }
}

extension SearchText {
    /// A person's name without the spaces that some write in it.
    static func name(_ text: String) -> String {
        String(String.UnicodeScalarView(folded(text).unicodeScalars.filter { $0 != " " }))
    }

    /// Its letters alone, large or small: what is left of it however somebody types it.
    static func letters(_ text: String) -> String {
        folded(text).lowercased().filter { $0.isLetter || $0.isNumber }
    }
}

/// A leaf as it is stored.
private struct LeafRow: Sendable {
    let index: UInt64
    let leaf: [UInt8]
    let sealed: [SealedOpening]
}

extension GatewayReader {
    fileprivate func row(at position: LeafPosition) throws(StoreError) -> LeafRow {
        LeafRow(
            index: position.index,
            leaf: try leaf(at: position) ?? [],
            sealed: try openings(at: position)
        )
    }
}

/// The newest positions that carry one tag of each list, in order, and how many do in all; without
/// a list those of the tree.
private func positions(
    _ tags: [[IndexTag]],
    _ origin: TreeOrigin,
    newest most: Int,
    _ stored: any GatewayReader
) throws(StoreError) -> (newest: [LeafPosition], total: Int) {
    guard let first = tags.first else {
        let size = try stored.trees().first { $0.origin == origin }?.size ?? 0
        let newest = (size - min(size, UInt64(most)))..<size
        return (newest.map { LeafPosition(tree: origin, index: $0) }, Int(size))
    }
    var found = try carrying(first, stored)
    for list in tags.dropFirst() { found.formIntersection(try carrying(list, stored)) }
    return (found.sorted { $0.index < $1.index }.suffix(most), found.count)
}

private func carrying(
    _ tags: [IndexTag],
    _ stored: any GatewayReader
) throws(StoreError) -> Set<LeafPosition> {
    var found: Set<LeafPosition> = []
    for tag in tags { found.formUnion(try stored.positions(tagged: tag)) }
    return found
}
