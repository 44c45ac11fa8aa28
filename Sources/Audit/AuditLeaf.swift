package import Primitives

/// A leaf: canonical JSON of at most `Limits.leafBytes`, written once and never again.
package struct AuditLeaf: Hashable, Sendable {
    package let at: Timestamp
    package let facts: LeafFacts
    package let source: AuditSource
    /// What is hashed into the tree.
    package let bytes: [UInt8]

    package var hash: Digest { Merkle.leafHash(bytes) }

    /// Writes the leaf. The catalogue of `tree` gives the action.
    init(_ facts: LeafFacts, in tree: TreeKind, at: Timestamp, source: AuditSource) {
        guard let rule = AuditCatalogue.rule(facts.event, in: tree) else {
            preconditionFailure("entries are made by the catalogue")
        }
        self.at = at
        self.facts = facts
        self.source = source
        bytes = AuditLeaf.json(facts, rule.action, at: at, source: source).canonicalBytes
        precondition(
            bytes.count <= Limits.leafBytes,
            "every object that can be named leaves room for all other members"
        )
    }

    /// Reads a leaf of a tree of kind `tree` strictly: canonical bytes, no unknown member, and only
    /// what the event catalogue allows.
    package init(reading bytes: [UInt8], in tree: TreeKind) throws(DecodingRefusal) {
        let json = try JSON(canonical: bytes, .strict.within(Limits.leafBytes))
        var reader = try ObjectReader(json)
        try reader.version()
        at = try reader.value("at") { Timestamp($0) }
        let action = try reader.value("action", AuditAction.init(rawValue:))
        source = try AuditSource(reading: try reader.object("source"))
        facts = try LeafFacts(reading: &reader, in: tree)
        try reader.finish()
        self.bytes = bytes
        if let member = facts.misplacedMember(in: tree) {
            throw reader.refusal(.badForm, member)
        }
        guard AuditCatalogue.rule(facts.event, in: tree)?.action == action else {
            throw reader.refusal(.badForm, "action")
        }
    }

    private static func json(
        _ facts: LeafFacts,
        _ action: AuditAction,
        at: Timestamp,
        source: AuditSource
    ) -> JSON {
        // In the order in which they are written.
        [
            "action": .string(action.rawValue),
            "actor": facts.actor.json,
            "at": .string(at.description),
            "consent": facts.consent?.json,
            "details": facts.details?.json,
            "network": facts.network?.json,
            "object": facts.object.json,
            "organisation": .string(facts.organisation.text),
            "outcome": .integer(Int64(facts.outcome.rawValue)),
            "patient": facts.patient?.json,
            "peer": facts.peer?.json,
            "purpose": facts.purpose.map { .string($0.rawValue) },
            "reason": facts.reason.map { .string($0.text) },
            "recovery": facts.recovery?.json,
            "source": [
                "node": .string(source.node.text),
                "productVersion": .string(source.productVersion.text),
            ],
            "statementSha256": facts.statementSha256.map { .string($0.hex) },
            "type": .string(facts.event.rawValue),
            "version": 1,
        ]
    }
}
