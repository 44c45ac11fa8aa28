package import Primitives

/// An act as the decision knows it, in the clear. Personal values are in it; it is never printed.
package struct AuditFacts: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package let event: AuditEvent
    package let agent: Agent
    /// In whose name.
    package let organisation: PartyID
    package let object: AuditObject
    package let at: Timestamp
    package var outcome = AuditOutcome.success
    package var reason: AuditReason?
    package var peer: PartyID?
    /// SHA-256 of the statement that the act makes or stores.
    package var statementSha256: Digest?
    /// Where nil, the first purpose that the catalogue allows.
    package var purpose: AuditPurpose?
    package var patient: AuditPatient?
    /// The consent statement that decided.
    package var consent: String?
    /// Address and device.
    package var network: String?
    /// Free text that a person typed.
    package var details: String?
    /// Of `tree.recovered`: what was found and what is missing.
    package var recovery: TreeRecovery?

    package init(
        _ event: AuditEvent,
        by agent: Agent,
        for organisation: PartyID,
        on object: AuditObject,
        at: Timestamp
    ) {
        self.event = event
        self.agent = agent
        self.organisation = organisation
        self.object = object
        self.at = at
    }

    package var description: String { "AuditFacts(\(event.rawValue))" }
    package var debugDescription: String { description }
}

/// An act with its personal values as commitments, and the openings beside it, not yet sealed.
package struct AuditEntry: Sendable {
    package let tree: TreeKind
    package let at: Timestamp
    package let facts: LeafFacts
    package let openings: [Opening]
    package let patient: AuditPatient?
    private let terms: [(kind: IndexKind, value: String)]

    /// Commits to the personal values of `act` with fresh salts; in `transport` also to the names
    /// of peer and object.
    ///
    /// The event catalogue must allow the result: anything else is a fault of the caller and stops.
    package init(_ act: AuditFacts, in tree: TreeKind, random: some RandomSource) {
        var openings: [Opening] = []
        func commit(_ field: CommitmentField, _ value: String?) -> Commitment? {
            guard let value else { return nil }
            let opening = Opening(field, value, random: random)
            openings.append(opening)
            return opening.commitment
        }
        let object = AuditEntry.object(act.object, in: tree) { commit(.object, $0) }
        let rule = AuditCatalogue.rule(act.event, in: tree)
        facts = LeafFacts(
            event: act.event,
            outcome: act.outcome,
            reason: act.reason,
            organisation: act.organisation,
            peer: tree == .transport
                ? commit(.peer, act.peer?.text).map(LeafPeer.committed)
                : act.peer.map(LeafPeer.named),
            object: object,
            statementSha256: act.statementSha256,
            purpose: act.purpose ?? rule?.purposes.first,
            actor: LeafActor(
                kind: act.agent.kind,
                commitment: commit(.actorName, act.agent.name),
                role: act.agent.role,
                assurance: act.agent.assurance
            ),
            network: commit(.network, act.network),
            patient: commit(.patient, act.patient?.name),
            consent: commit(.consent, act.consent),
            details: commit(.details, act.details),
            recovery: act.recovery
        )
        let fault = facts.misplacedMember(in: tree)
        precondition(fault == nil, "\(act.event.rawValue) in \(tree): \(fault ?? "")")
        self.tree = tree
        at = act.at
        self.openings = openings
        patient = act.patient
        terms = AuditEntry.terms(act)
    }

    /// Seals the openings and makes the index tags, so that the result may wait for its commit.
    package func sealed(origin: TreeOrigin, by keys: EntryKeys) -> SealedAuditEntry {
        precondition(origin.kind == tree, "an entry goes into a tree of its kind")
        return SealedAuditEntry(
            tree: tree,
            at: at,
            facts: facts,
            openings: openings.map {
                SealedOpening($0, origin: origin, by: keys.key(of: $0.field, about: patient))
            },
            tags: terms.map { keys.year.tag($0.kind, $0.value.bytes) }
        )
    }

    /// The same where nothing of it is under a key of its own.
    package func sealed(origin: TreeOrigin, by key: DataKey) -> SealedAuditEntry {
        sealed(origin: origin, by: EntryKeys(year: key))
    }

    private static func object(
        _ object: AuditObject,
        in tree: TreeKind,
        commit: (String) -> Commitment?
    ) -> LeafObject {
        let commitment =
            LeafObject.isCommitted(object.kind, in: tree)
            ? commit(object.name.text) : nil
        return LeafObject(
            kind: object.kind,
            name: commitment.map(LeafObject.Name.committed) ?? .clear(object.name),
            sha256: commitment == nil ? object.sha256 : nil,
            stage: object.stage
        )
    }

    private static func terms(_ act: AuditFacts) -> [(kind: IndexKind, value: String)] {
        let terms: [(IndexKind, String?)] = [
            (.actor, act.agent.name),
            (.patient, act.patient?.term),
            (.message, act.object.message?.text),
            (.desk, act.agent.desk?.text),
        ]
        return terms.compactMap { kind, value in value.map { (kind, $0) } }
    }
}

/// What a commit stores of an act: the leaf without its place, sealed openings, index tags.
package struct SealedAuditEntry: Hashable, Sendable {
    package let tree: TreeKind
    package let at: Timestamp
    package let facts: LeafFacts
    package let openings: [SealedOpening]
    package let tags: [IndexTag]

    package var statementSha256: Digest? { facts.statementSha256 }

    /// The leaf, written by `source` at `at`: the greater of `self.at` and the time of the leaf
    /// before it.
    package func leaf(at: Timestamp, source: AuditSource) -> AuditLeaf {
        AuditLeaf(facts, in: tree, at: at, source: source)
    }
}
