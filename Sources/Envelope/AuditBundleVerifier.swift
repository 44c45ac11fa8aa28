package import Audit
package import Cryptography
import Delivery
import Directory
package import Primitives

/// What a bundle proves of a log.
package struct AuditBundleFacts: Sendable {
    package let origin: TreeOrigin
    /// Whose log it is.
    package let by: PartyID
    /// Of a member, as the registrar states it.
    package let name: String?
    package let period: AuditPeriod
    package let shown: ClosedRange<UInt64>
    package let size: UInt64
    /// How many leaves the period has.
    package let entries: Int
    /// Of the last leaf before the period; nil: the log begins within it.
    package let before: Timestamp?
    /// Of the first leaf after the period; nil: the checkpoint covers none, so that nobody can say
    /// from this file what was written later.
    package let after: Timestamp?
    /// Whether the file shows that nothing more of the period was written, by a leaf after it or by
    /// a witness who has seen the log after its end; and every value, where values were asked for.
    package var isComplete: Bool { isEndShown && openings.map { $0 == committed } ?? true }
    package let isEndShown: Bool
    /// Who has seen this log as it is shown, and when.
    package let witnesses: [Witnessing]
    /// How many values were given and are those that the leaves commit to; nil: none was asked
    /// for.
    package let openings: Int?
    /// To how many values the leaves of the period commit.
    package let committed: Int

    package struct Witnessing: Sendable {
        package let name: String
        package let at: Timestamp
    }

    /// With the names that `Deploy/verify/audit.py` gives them.
    package var json: JSON {
        [
            "holds": true, "complete": .bool(isComplete), "origin": .string(origin.text),
            "by": .string(by.text),
            "name": name.map { .string($0) },
            "from": .day(period.from), "to": .day(period.to),
            "first": .integer(Int64(shown.lowerBound)), "last": .integer(Int64(shown.upperBound)),
            "size": .integer(Int64(size)), "entries": .count(entries),
            "before": before.map { .time($0) }, "after": after.map { .time($0) },
            "witnesses": .array(
                witnesses.map { ["name": .string($0.name), "at": .time($0.at)] }
            ),
            "openings": openings.map { .count($0) },
            "committed": openings.map { _ in .count(committed) },
        ]
    }
}

/// Proves a period of a log from a bundle and a root certificate alone.
package struct AuditBundleVerifier {
    private static let clockSkew = Duration.minutes(5)

    private let bundle: AuditBundle
    private let trust: EvidenceTrust

    /// - Throws: `EvidenceFault` naming file and fault.
    package static func verify(
        _ bundle: AuditBundle,
        root: Certificate
    ) throws(EvidenceFault) -> AuditBundleFacts {
        let trust = try EvidenceTrust(bundle.archive, root: root)
        return try AuditBundleVerifier(bundle: bundle, trust: trust).facts()
    }

    private func facts() throws(EvidenceFault) -> AuditBundleFacts {
        let by = bundle.origin.member.map { PartyID($0) } ?? trust.policy.issuer
        let own = by.member.map(EvidenceName.membership) ?? ""
        for file in bundle.archive.files
        where file.name.hasPrefix("membership-") && !file.name.hasSameBytes(as: own) {
            throw EvidenceFault(file.name, .wrongSigner)
        }
        let checkpoint = try checkpoint(key: try trust.logKey(of: bundle.origin, party: by))
        let leaves = try leaves(under: checkpoint)
        let period = bundle.period
        let seen = checkpoint.cosignatures.map(\.at)
        let before = leaves.prefix { $0.at < period.start }
        let after = leaves.drop { $0.at < period.end }
        let isWhole =
            before.count <= 1 && after.count <= 1
            && (before.count == 1 || bundle.shown.lowerBound == 0)
            && (after.count == 1 || bundle.shown.upperBound == bundle.size - 1)
        guard isWhole else { throw EvidenceFault(AuditBundleName.leaves, .periodDiffers) }
        let openings = try openings(of: leaves)
        let committed = leaves.filter { period.contains($0.at) }.reduce(0) { count, leaf in
            count + CommitmentField.allCases.count { leaf.facts.commitment($0) != nil }
        }
        return AuditBundleFacts(
            origin: bundle.origin,
            by: by,
            name: by.member.flatMap { trust.view.member($0)?.membership.profile.displayName },
            period: period,
            shown: bundle.shown,
            size: bundle.size,
            entries: leaves.count - before.count - after.count,
            before: before.last?.at,
            after: after.first?.at,
            isEndShown: !after.isEmpty || seen.contains { $0 >= period.end },
            witnesses: checkpoint.cosignatures.map { .init(name: $0.witness.text, at: $0.at) },
            openings: openings,
            committed: committed
        )
    }

    /// Signed by the log, and by nobody else but witnesses.
    private func checkpoint(key: NotePublicKey) throws(EvidenceFault) -> Checkpoint {
        let name = AuditBundleName.checkpoint
        let note = try bytes(name)
        let checkpoint = try wrap({ _ in EvidenceFault(name, .malformed) }) {
            () throws(AuditRefusal) in try Checkpoint(reading: note)
        }
        guard checkpoint.origin == bundle.origin, checkpoint.head.size == bundle.size else {
            throw EvidenceFault(name, .contentDiffers)
        }
        let witnesses = AuditBundle.witnesses(of: bundle.origin, in: trust.policy)
        let vouched = try wrap({ refusal in
            EvidenceFault(name, refusal == .unknownKey ? .wrongSigner : .badSignature)
        }) { () throws(AuditRefusal) in
            try checkpoint.vouched(key: key, witnesses: witnesses)
        }
        guard vouched == checkpoint else { throw EvidenceFault(name, .badSignature) }
        // Whoever holds the log's key could sign any other log as well.
        let isWitnessed =
            bundle.origin.kind == .access
            ? !checkpoint.cosignatures.isEmpty : trust.policy.hasQuorum(below: checkpoint)
        guard isWitnessed else { throw EvidenceFault(name, .notWitnessed) }
        return checkpoint
    }

    /// All that stand at the shown indices, in the order of their times.
    private func leaves(under checkpoint: Checkpoint) throws(EvidenceFault) -> [AuditLeaf] {
        let name = AuditBundleName.leaves
        guard let lines = LogRange.lines(try bytes(name), atMost: LogRange.most) else {
            throw EvidenceFault(name, .malformed)
        }
        var leaves: [AuditLeaf] = []
        for line in lines {
            leaves.append(
                try wrap({ _ in EvidenceFault(name, .malformed) }) { () throws(DecodingRefusal) in
                    try AuditLeaf(reading: line, in: bundle.origin.kind)
                }
            )
        }
        guard UInt64(leaves.count) == bundle.shown.upperBound - bundle.shown.lowerBound + 1 else {
            throw EvidenceFault(name, .contentDiffers)
        }
        guard let flanks = LogRange.flanks(try bytes(AuditBundleName.flanks)) else {
            throw EvidenceFault(AuditBundleName.flanks, .malformed)
        }
        let range = LogRange(
            below: checkpoint,
            from: bundle.shown.lowerBound,
            leaves: lines,
            flanks: flanks
        )
        guard range.isIncluded else { throw EvidenceFault(AuditBundleName.flanks, .proofFails) }
        // A log that signs what goes back in time could hide anything behind the period's ends.
        // Nobody has seen a leaf before it was written.
        let seen = checkpoint.cosignatures.map { $0.at.adding(Self.clockSkew) }
        guard zip(leaves, leaves.dropFirst()).allSatisfy({ $0.at <= $1.at }),
            seen.allSatisfy({ seen in leaves.last.map { $0.at <= seen } ?? true })
        else { throw EvidenceFault(name, .wrongChain) }
        // What says that the log went on from an older copy stands right behind that copy.
        let recoveries = zip(bundle.shown.lowerBound..., leaves).compactMap { index, leaf in
            leaf.facts.recovery.map { (index: index, recovery: $0) }
        }
        guard recoveries.allSatisfy({ $0.recovery.isPlaced(at: $0.index, in: bundle.origin) })
        else { throw EvidenceFault(name, .wrongChain) }
        return leaves
    }

    private func openings(of leaves: [AuditLeaf]) throws(EvidenceFault) -> Int? {
        let name = AuditBundleName.openings
        guard let bytes = bundle.archive[name] else { return nil }
        guard let lines = LogRange.lines(bytes, atMost: LogRange.mostOpenings) else {
            throw EvidenceFault(name, .malformed)
        }
        var last: IndexedOpening?
        for line in lines {
            let opening = try wrap({ _ in EvidenceFault(name, .malformed) }) {
                () throws(DecodingRefusal) in try IndexedOpening(reading: line)
            }
            guard last?.precedes(opening) ?? true else { throw EvidenceFault(name, .malformed) }
            last = opening
            guard bundle.shown.contains(opening.index) else {
                throw EvidenceFault(name, .commitmentDiffers)
            }
            // Of the leaves on both sides nobody has asked for a value.
            let leaf = leaves[Int(opening.index - bundle.shown.lowerBound)]
            guard bundle.period.contains(leaf.at), leaf.facts.holds(opening.opening) else {
                throw EvidenceFault(name, .commitmentDiffers)
            }
        }
        return lines.count
    }

    private func bytes(_ name: String) throws(EvidenceFault) -> [UInt8] {
        guard let bytes = bundle.archive[name] else { throw EvidenceFault(name, .missing) }
        return bytes
    }
}
