package import Primitives

/// Another organisation in a leaf: named, or in `transport` committed to.
package enum LeafPeer: Hashable, Sendable {
    case named(PartyID)
    case committed(Commitment)
}

/// What a leaf is about.
package struct LeafObject: Hashable, Sendable {
    package enum Name: Hashable, Sendable {
        case clear(ObjectName)
        case committed(Commitment)
    }

    package let kind: ObjectKind
    package let name: Name
    package let sha256: Digest?
    package let stage: AuditReason?

    /// Whether objects of `kind` are named by a commitment in trees of kind `tree`.
    package static func isCommitted(_ kind: ObjectKind, in tree: TreeKind) -> Bool {
        switch kind {
        case .consent, .account: true
        case .message, .statement, .certificate: tree == .transport
        case .part, .setting, .tree, .report, .backup: false
        }
    }
}

/// All of a leaf but what only its writer knows: the time after that of the leaf before, the node.
package struct LeafFacts: Hashable, Sendable {
    package let event: AuditEvent
    package let outcome: AuditOutcome
    package let reason: AuditReason?
    package let organisation: PartyID
    package let peer: LeafPeer?
    package let object: LeafObject
    package let statementSha256: Digest?
    package let purpose: AuditPurpose?
    package let actor: LeafActor
    package let network: Commitment?
    package let patient: Commitment?
    package let consent: Commitment?
    package let details: Commitment?
    /// In `tree.recovered` alone.
    package let recovery: TreeRecovery?

    /// The commitment of a field, where the leaf has one.
    package func commitment(_ field: CommitmentField) -> Commitment? {
        switch field {
        case .actorName: actor.commitment
        case .peer: if case .committed(let commitment) = peer { commitment } else { nil }
        case .object: if case .committed(let commitment) = object.name { commitment } else { nil }
        case .patient: patient
        case .consent: consent
        case .network: network
        case .details: details
        case .actorRole, .desk: nil
        }
    }

    /// Whether `opening` is the value that this leaf committed to.
    package func holds(_ opening: Opening) -> Bool {
        commitment(opening.field) == opening.commitment
    }

    /// The member that the event catalogue or the tree's kind does not allow, nil if all is well.
    func misplacedMember(in tree: TreeKind) -> String? {
        guard let rule = AuditCatalogue.rule(event, in: tree) else { return "type" }
        guard rule.outcomes.contains(outcome) else { return "outcome" }
        guard reasonFits(rule) else { return "reason" }
        guard rule.agents.contains(actor.kind) else { return "actor" }
        guard purpose.map(rule.purposes.contains) ?? true else { return "purpose" }
        guard statementSha256 != nil || !rule.recordsStatement else { return "statementSha256" }
        guard rule.objects.contains(object.kind), objectFits(tree) else { return "object" }
        guard recoveryFits(tree) else { return "recovery" }
        guard peerFits(tree) else { return "peer" }
        return nil
    }

    private func reasonFits(_ rule: AuditRule) -> Bool {
        guard let reason else { return outcome == .success }
        return rule.reasons.isEmpty
            || rule.reasons.contains { $0.hasSameBytes(as: reason.text) }
    }

    private func objectFits(_ tree: TreeKind) -> Bool {
        switch object.name {
        case .clear: !LeafObject.isCommitted(object.kind, in: tree)
        case .committed: LeafObject.isCommitted(object.kind, in: tree) && object.sha256 == nil
        }
    }

    /// The object of a recovery is the tree that was found.
    private func recoveryFits(_ tree: TreeKind) -> Bool {
        guard let recovery else { return event != .treeRecovered }
        guard event == .treeRecovered, case .clear(let name) = object.name,
            let found = TreeOrigin(name.text)
        else { return false }
        return recovery.origin == found && found.kind == tree
    }

    private func peerFits(_ tree: TreeKind) -> Bool {
        switch peer {
        case .none: true
        case .named: tree != .transport
        case .committed: tree == .transport
        }
    }
}
