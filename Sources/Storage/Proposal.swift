package import Audit
package import Directory
import Primitives

/// What a pure decision wants: nothing of it is signed, sealed or stored yet.
///
/// It holds no key, clock or socket, so a test replays a decision by calling it again.
package struct Proposal<Write: Sendable>: Sendable {
    /// A draft sees the statements signed before it, so that it may name their hashes.
    package typealias Draft = @Sendable ([SignedStatement]) -> any StatementBody
    /// Gets the signed forms of all drafts, in order.
    package typealias Completion =
        @Sendable ([SignedStatement]) -> (writes: [Write], audit: [AuditEntry])

    package let expects: [Precondition]
    package let drafts: [Draft]
    package let complete: Completion

    package init(
        expects: [Precondition],
        drafts: [Draft] = [],
        complete: @escaping Completion
    ) {
        self.expects = expects
        self.drafts = drafts
        self.complete = complete
    }

    /// Everything that is to be stored once the drafts are signed, in order and outside any
    /// transaction; its openings are not yet sealed.
    package func completed(_ signed: [SignedStatement]) -> CompletedProposal<Write> {
        precondition(signed.count == drafts.count, "every draft is signed, in order")
        let (writes, entries) = complete(signed)
        precondition(!entries.isEmpty, "an act without a leaf cannot exist")
        let recorded = Set(entries.compactMap(\.facts.statementSha256))
        precondition(
            signed.allSatisfy { recorded.contains($0.sha256) },
            "a receipt promises its leaf"
        )
        return CompletedProposal(
            expects: expects,
            writes: writes,
            receipts: signed,
            entries: entries
        )
    }

    /// What a place finishes that seals all its openings under one key.
    package func finished(
        _ signed: [SignedStatement],
        in trees: [TreeOrigin],
        by key: DataKey
    ) -> Change<Write> {
        completed(signed).sealed(in: trees, by: EntryKeys(year: key))
    }
}

/// A proposal whose statements are signed.
package struct CompletedProposal<Write: Sendable>: Sendable {
    fileprivate let expects: [Precondition]
    fileprivate let writes: [Write]
    fileprivate let receipts: [SignedStatement]
    fileprivate let entries: [AuditEntry]

    /// Whose keys the openings are to be sealed under.
    package var patients: Set<AuditPatient> { Set(entries.compactMap(\.patient)) }

    /// The only maker of a `Change`: what a store commits whole or not at all. `trees` are the open
    /// ones of each kind that the entries go into.
    package func sealed(in trees: [TreeOrigin], by keys: EntryKeys) -> Change<Write> {
        let audit = entries.map { entry in
            guard let tree = trees.first(where: { $0.kind == entry.tree }) else {
                preconditionFailure("a place writes into its own kinds of tree")
            }
            return LeafDraft(tree: tree, entry: entry.sealed(origin: tree, by: keys))
        }
        return Change(expects: expects, writes: writes, receipts: receipts, audit: audit)
    }
}

/// A sealed entry and the tree its openings are sealed for.
package struct LeafDraft: Hashable, Sendable {
    package let tree: TreeOrigin
    package let entry: SealedAuditEntry
}

/// Everything one decision commits, finished: stored whole with its leaves, or not at all.
package struct Change<Write: Sendable>: Sendable {
    package let expects: [Precondition]
    package let writes: [Write]
    /// Signed before any writer sees them; told to nobody before the commit.
    package let receipts: [SignedStatement]
    /// Never empty.
    package let audit: [LeafDraft]

    fileprivate init(
        expects: [Precondition],
        writes: [Write],
        receipts: [SignedStatement],
        audit: [LeafDraft]
    ) {
        self.expects = expects
        self.writes = writes
        self.receipts = receipts
        self.audit = audit
    }
}

/// What COMMIT has made durable.
package struct Committed: Hashable, Sendable {
    /// Of the change's entries, in order.
    package let positions: [LeafPosition]
    /// What may now be spoken.
    package let receipts: [SignedStatement]

    package init(positions: [LeafPosition], receipts: [SignedStatement]) {
        self.positions = positions
        self.receipts = receipts
    }
}

/// A place in the log: a tree and the index of a leaf in it.
package struct LeafPosition: Hashable, Sendable {
    package let tree: TreeOrigin
    package let index: UInt64

    package init(tree: TreeOrigin, index: UInt64) {
        self.tree = tree
        self.index = index
    }
}
