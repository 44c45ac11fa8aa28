package import Audit
package import Primitives

/// Reads the log of one consistent snapshot.
package protocol AuditReader {
    /// All trees, in the order they were opened.
    func trees() throws(StoreError) -> [TreeRow]
    /// - Returns: nil for a tree that is not here, or a size it has not reached.
    func head(of tree: TreeOrigin, size: UInt64) throws(StoreError) -> TreeHead?
    func leaf(at position: LeafPosition) throws(StoreError) -> [UInt8]?
    func leaves(of tree: TreeOrigin, from: UInt64, limit: Int) throws(StoreError) -> [[UInt8]]
    /// RFC 6962 §2.1.1; nil where the tree has not reached `size`.
    func inclusion(of position: LeafPosition, size: UInt64) throws(StoreError) -> [Digest]?
    /// RFC 6962 §2.1.2; nil where the tree has not reached `to`.
    func consistency(
        of tree: TreeOrigin,
        from: UInt64,
        to: UInt64
    ) throws(StoreError) -> [Digest]?
    /// The hashes beside neighbouring leaves; nil where the tree has not reached `size`.
    func flanks(
        of range: Range<UInt64>,
        in tree: TreeOrigin,
        size: UInt64
    ) throws(StoreError) -> [Digest]?
    /// The leaves that record a statement.
    func positions(ofStatement sha256: Digest) throws(StoreError) -> [LeafPosition]
    func positions(tagged tag: IndexTag) throws(StoreError) -> [LeafPosition]
    func isTagged(_ position: LeafPosition, _ tag: IndexTag) throws(StoreError) -> Bool
    func openings(at position: LeafPosition) throws(StoreError) -> [SealedOpening]
    /// The newest, or nil before the first.
    func checkpoint(of tree: TreeOrigin) throws(StoreError) -> SavedCheckpoint?

    /// Where the leaves of a tree stand by which it went on from an older copy, in order.
    func recoveryPlaces(of tree: TreeOrigin) throws(StoreError) -> [UInt64]

    // Witnesses.
    /// The newest checkpoints of an own tree with their cosignatures, newest first.
    func checkpoints(of tree: TreeOrigin, limit: Int) throws(StoreError) -> [Checkpoint]
    /// How far a witness has cosigned an own tree.
    func lastCosigned(_ tree: TreeOrigin, by witness: ByteText) throws(StoreError) -> Cosigned?
    /// What this place, as a witness, has last cosigned of another log: of this tree, or of the
    /// newest that goes by its name since a recovery.
    func witnessedHead(of origin: TreeOrigin) throws(StoreError) -> WitnessedHead?
}

/// How far a witness has followed a tree, and when.
package struct Cosigned: Hashable, Sendable {
    package let size: UInt64
    package let at: Timestamp

    package init(size: UInt64, at: Timestamp) {
        self.size = size
        self.at = at
    }
}

/// A tree of the log.
package struct TreeRow: Hashable, Sendable {
    package let origin: TreeOrigin
    package let openedAt: Timestamp
    package let closedAt: Timestamp?
    package let size: UInt64

    package init(origin: TreeOrigin, openedAt: Timestamp, closedAt: Timestamp?, size: UInt64) {
        self.origin = origin
        self.openedAt = openedAt
        self.closedAt = closedAt
        self.size = size
    }
}

/// A checkpoint of an own tree and when it was signed.
package struct SavedCheckpoint: Hashable, Sendable {
    package let checkpoint: Checkpoint
    package let signedAt: Timestamp

    package init(checkpoint: Checkpoint, signedAt: Timestamp) {
        self.checkpoint = checkpoint
        self.signedAt = signedAt
    }
}

extension AuditReader {
    /// The tree of a kind that takes leaves now.
    package func openTree(_ kind: TreeKind) throws(StoreError) -> TreeRow? {
        try trees().last { $0.origin.kind == kind && $0.closedAt == nil }
    }

    /// Each time the tree went on from an older copy of itself, in order.
    package func recoveries(of tree: TreeOrigin) throws(StoreError) -> [TreeRecovery] {
        try recoveryPlaces(of: tree).map { index throws(StoreError) in
            let bytes = try leaf(at: LeafPosition(tree: tree, index: index)) ?? []
            let leaf = try wrap({ _ in StoreError.damaged }) { () throws(DecodingRefusal) in
                try AuditLeaf(reading: bytes, in: tree.kind)
            }
            guard let recovery = leaf.facts.recovery else { throw .damaged }
            return recovery
        }
    }
}

/// The log of a place and the wrapped data keys beside it.
package protocol AuditStore: Sendable {
    /// Runs `query` on one consistent snapshot, on a thread of the store.
    func audit<Answer: Sendable>(
        _ query: @escaping @Sendable (any AuditReader) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer

    /// Keeps a checkpoint that was signed over committed leaves.
    ///
    /// - Throws: `damaged` when the tree here has another root at that size.
    func save(_ checkpoint: Checkpoint, signedAt: Timestamp) async throws(StoreError)

    /// Those of years, without the keys of persons.
    func dataKeys() async throws(StoreError) -> [DataKeyRow]
    func dataKey(_ reference: Int64) async throws(StoreError) -> DataKeyRow?
    func dataKey(of subject: [UInt8], in fiscalYear: Int) async throws(StoreError) -> DataKeyRow?

    /// Commits a wrapped key to `secrets.db`, before anything is sealed under it.
    ///
    /// - Returns: the row that stands: the one stored first for this use, year and subject.
    func keepDataKey(_ key: WrappedDataKey) async throws(StoreError) -> DataKeyRow

    /// That this place is an older copy of itself; nil where nothing is known of that.
    func restoreMark() async throws(StoreError) -> RestoreMark?
    /// Marks the place as an older copy: from now on it throws `restored` for whatever would be
    /// written. nil: it was recovered, and the next that opens it finds nothing of the mark.
    func keep(_ mark: RestoreMark?) async throws(StoreError)

    /// Ends after the changes that wait; later calls throw `closed`.
    func close()
}
