import Audit
import Primitives
import Storage

/// The log of a model store: whole trees in memory.
struct ModelLog: Sendable {
    struct Tree {
        fileprivate(set) var origin: TreeOrigin
        let openedAt: Timestamp
        var closedAt: Timestamp?
        fileprivate(set) var recoveries: [UInt64] = []
        var leaves = ModelList<AuditLeaf>()
        /// Of each leaf.
        var openings = ModelList<[SealedOpening]>()
        var nodes = ModelTree()
        /// By their sizes.
        var checkpoints = ModelList<SavedCheckpoint>()
        var cosignatures = ModelTable<UInt64, [Cosignature]>()
        /// The largest of each witness.
        var cosigned = ModelTable<ByteText, Cosigned>()
    }

    let source: AuditSource
    var trees: [Tree] = []
    var tags = ModelTable<IndexTag, ModelList<LeafPosition>>()
    var statements = ModelTable<Digest, ModelList<LeafPosition>>()
    var witnessed = ModelTable<TreeOrigin, WitnessedHead>()
    /// Leaves whose openings and tags are gone.
    var forgotten = ModelSet<LeafPosition>()
    /// Leaves that tell nothing of a patient any more.
    var nameless = ModelSet<LeafPosition>()

    func tree(_ origin: TreeOrigin) -> Tree? { trees.first { $0.origin == origin } }

    func openTree(_ origin: TreeOrigin) -> Tree? {
        tree(origin).flatMap { $0.closedAt == nil ? $0 : nil }
    }

    mutating func append(_ drafts: [LeafDraft]) throws(StoreError) -> [LeafPosition] {
        var positions: [LeafPosition] = []
        for draft in drafts {
            let entry = draft.entry
            if entry.facts.event == .treeOpened {
                guard tree(draft.tree) == nil else { throw .conflict(nil) }
                trees.append(Tree(origin: draft.tree, openedAt: entry.at))
            }
            if let recovery = entry.facts.recovery { try goOn(from: recovery, as: draft.tree) }
            guard
                let place = trees.firstIndex(where: {
                    $0.origin == draft.tree && $0.closedAt == nil
                })
            else { throw .conflict(.treeOpen(draft.tree)) }
            let last = trees[place].leaves.last?.at ?? trees[place].openedAt
            let leaf = entry.leaf(at: max(entry.at, last), source: source)
            let position = LeafPosition(tree: draft.tree, index: trees[place].nodes.size)
            trees[place].leaves.append(leaf)
            trees[place].nodes.append(leaf: leaf.bytes)
            trees[place].openings.append(entry.openings)
            if entry.facts.event == .treeClosed { trees[place].closedAt = leaf.at }
            for tag in Set(entry.tags) { tags[tag, default: ModelList()].append(position) }
            if let statement = leaf.facts.statementSha256 {
                statements[statement, default: ModelList()].append(position)
            }
            positions.append(position)
        }
        return positions
    }

    /// Every place of the tree has its new name from now on.
    private mutating func goOn(
        from recovery: TreeRecovery,
        as origin: TreeOrigin
    ) throws(StoreError) {
        let old = recovery.origin
        guard let place = trees.firstIndex(where: { $0.origin == old && $0.closedAt == nil }),
            trees[place].nodes.size == recovery.found.size,
            trees[place].nodes.contains(recovery.found), tree(origin) == nil
        else { throw .conflict(.treeSize(old, recovery.found.size)) }
        trees[place].origin = origin
        trees[place].recoveries.append(recovery.found.size)
        trees[place].forgetSigned()
        func renamed(_ position: LeafPosition) -> LeafPosition {
            guard position.tree == old else { return position }
            return LeafPosition(tree: origin, index: position.index)
        }
        tags = tags.mapped { ModelList($0.map(renamed)) }
        statements = statements.mapped { ModelList($0.map(renamed)) }
        for index in 0..<recovery.found.size {
            let position = LeafPosition(tree: old, index: index)
            if forgotten.contains(position) { forgotten.insert(renamed(position)) }
            if nameless.contains(position) { nameless.insert(renamed(position)) }
        }
    }

    mutating func forget(_ positions: [LeafPosition]) {
        for position in positions { forgotten.insert(position) }
    }

    func positions(under keyReference: Int64, limit: Int) -> [LeafPosition] {
        var found: [LeafPosition] = []
        for tree in trees {
            for (index, openings) in tree.openings.enumerated() {
                let position = LeafPosition(tree: tree.origin, index: UInt64(index))
                guard found.count < limit, !forgotten.contains(position),
                    openings.contains(where: { $0.keyReference == keyReference })
                else { continue }
                found.append(position)
            }
        }
        return found
    }

    mutating func save(_ checkpoint: Checkpoint, signedAt: Timestamp) throws(StoreError) {
        guard let place = trees.firstIndex(where: { $0.origin == checkpoint.origin }),
            trees[place].nodes.contains(checkpoint.head)
        else { throw .damaged }
        trees[place].keep(SavedCheckpoint(checkpoint: checkpoint, signedAt: signedAt))
    }
}

extension ModelLog.Tree {
    fileprivate mutating func keep(_ saved: SavedCheckpoint) {
        let newest = checkpoints.last?.size ?? 0
        guard saved.size <= newest else { return checkpoints.append(saved) }
        guard !checkpoints.contains(where: { $0.size == saved.size }) else { return }
        checkpoints = ModelList((checkpoints + [saved]).sorted { $0.size < $1.size })
    }

    /// What was signed under a name is not shown under another.
    fileprivate mutating func forgetSigned() {
        checkpoints = ModelList()
        cosignatures = ModelTable()
        cosigned = ModelTable()
    }

    fileprivate mutating func keep(_ line: Cosignature, of size: UInt64) {
        guard !cosignatures[size, default: []].contains(where: { $0.witness == line.witness })
        else { return }
        cosignatures[size, default: []].append(line)
        if cosigned[line.witness].map({ $0.size < size }) ?? true {
            cosigned[line.witness] = Cosigned(size: size, at: line.at)
        }
    }
}

extension SavedCheckpoint {
    fileprivate var size: UInt64 { checkpoint.head.size }
}

extension ModelLog {
    mutating func store(_ fact: WitnessFact) throws(StoreError) {
        switch fact {
        case .cosigned(let origin, let size, let line):
            guard let place = trees.firstIndex(where: { $0.origin == origin }) else {
                throw .damaged
            }
            trees[place].keep(line, of: size)
        case .saw(let seen, let after):
            if witnessed[seen.origin]?.head.size ?? 0 == after { witnessed[seen.origin] = seen }
        }
    }
}

extension ModelLogReader {
    func checkpoints(of tree: TreeOrigin, limit: Int) throws(StoreError) -> [Checkpoint] {
        guard let tree = log.tree(tree) else { return [] }
        return tree.checkpoints.suffix(limit).reversed().map { saved in
            let lines = tree.cosignatures[saved.size] ?? []
            return saved.checkpoint.cosigned(
                by: lines.sorted { $0.witness.text < $1.witness.text }
            )
        }
    }

    func lastCosigned(_ tree: TreeOrigin, by witness: ByteText) throws(StoreError) -> Cosigned? {
        log.tree(tree)?.cosigned[witness]
    }

    func witnessedHead(of origin: TreeOrigin) throws(StoreError) -> WitnessedHead? {
        log.witnessed.filter { $0.origin.first == origin.first }
            .max { $1.origin.isNewer(than: $0.origin) }
    }
}

/// Answers about the log from its whole trees.
protocol ModelLogReader: AuditReader {
    var log: ModelLog { get }
}

extension ModelLogReader {
    func trees() throws(StoreError) -> [TreeRow] {
        log.trees.map {
            TreeRow(
                origin: $0.origin,
                openedAt: $0.openedAt,
                closedAt: $0.closedAt,
                size: $0.nodes.size
            )
        }
    }

    func head(
        of tree: TreeOrigin,
        size: UInt64
    ) throws(StoreError) -> TreeHead? {
        guard let tree = log.tree(tree), size <= tree.nodes.size else { return nil }
        return TreeHead(size: size, root: tree.nodes.root(size: size))
    }

    func leaf(at position: LeafPosition) throws(StoreError) -> [UInt8]? {
        try leaves(of: position.tree, from: position.index, limit: 1).first
    }

    func leaves(
        of tree: TreeOrigin,
        from: UInt64,
        limit: Int
    ) throws(StoreError) -> [[UInt8]] {
        log.tree(tree)?.leaves.dropFirst(Int(from)).prefix(limit).map(\.bytes) ?? []
    }

    func inclusion(
        of position: LeafPosition,
        size: UInt64
    ) throws(StoreError) -> [Digest]? {
        guard let tree = log.tree(position.tree), size <= tree.nodes.size,
            position.index < size
        else { return nil }
        return tree.nodes.inclusion(index: position.index, size: size)
    }

    func consistency(
        of tree: TreeOrigin,
        from: UInt64,
        to: UInt64
    ) throws(StoreError) -> [Digest]? {
        guard let tree = log.tree(tree), from <= to, to <= tree.nodes.size else { return nil }
        return tree.nodes.consistency(from: from, to: to)
    }

    func flanks(
        of range: Range<UInt64>,
        in tree: TreeOrigin,
        size: UInt64
    ) throws(StoreError) -> [Digest]? {
        guard let tree = log.tree(tree), size <= tree.nodes.size, !range.isEmpty,
            range.upperBound <= size
        else { return nil }
        return tree.nodes.flanks(of: range, size: size)
    }

    func positions(
        ofStatement sha256: Digest
    ) throws(StoreError) -> [LeafPosition] {
        ordered(log.statements[sha256])
    }

    func positions(tagged tag: IndexTag) throws(StoreError) -> [LeafPosition] {
        ordered(log.tags[tag]).filter {
            !log.forgotten.contains($0) && !(tag.kind.isOfPatient && log.nameless.contains($0))
        }
    }

    func isTagged(_ position: LeafPosition, _ tag: IndexTag) throws(StoreError) -> Bool {
        try positions(tagged: tag).contains(position)
    }

    /// As the store orders them: by tree, then by index.
    private func ordered(_ positions: ModelList<LeafPosition>?) -> [LeafPosition] {
        guard let positions else { return [] }
        return log.trees.flatMap { tree in
            positions.filter { $0.tree == tree.origin }.sorted { $0.index < $1.index }
        }
    }

    func openings(
        at position: LeafPosition
    ) throws(StoreError) -> [SealedOpening] {
        guard !log.forgotten.contains(position), let tree = log.tree(position.tree),
            position.index < tree.nodes.size
        else {
            return []
        }
        let isNameless = log.nameless.contains(position)
        return tree.openings[Int(position.index)]
            .filter { !(isNameless && $0.field.isOfPatient) }
            .sorted { $0.field.rawValue < $1.field.rawValue }
    }

    func recoveryPlaces(of tree: TreeOrigin) throws(StoreError) -> [UInt64] {
        log.tree(tree)?.recoveries ?? []
    }

    func checkpoint(of tree: TreeOrigin) throws(StoreError) -> SavedCheckpoint? {
        log.tree(tree)?.checkpoints.last
    }
}

/// The hashes of a tree in the order in which leaves complete them, as a value that is cheap to
/// copy.
struct ModelTree: Sendable {
    private var nodes = ModelList<Digest>()
    private(set) var size: UInt64 = 0

    mutating func append(leaf: [UInt8]) {
        for added in Merkle.appended(leafHash: Merkle.leafHash(leaf), at: size, node: node) {
            nodes.append(added.hash)
        }
        size += 1
    }

    func root(size: UInt64) -> Digest { Merkle.root(size: size, node: node) }

    func inclusion(index: UInt64, size: UInt64) -> [Digest] {
        Merkle.inclusion(index: index, size: size, node: node)
    }

    func consistency(from: UInt64, to: UInt64) -> [Digest] {
        Merkle.consistency(from: from, to: to, node: node)
    }

    func flanks(of range: Range<UInt64>, size: UInt64) -> [Digest] {
        Merkle.flanks(of: range, size: size, node: node)
    }

    /// Whether this tree holds or continues the tree `head`.
    func contains(_ head: TreeHead) -> Bool {
        head.size <= size && root(size: head.size) == head.root
    }

    /// Before leaf n there are 2n nodes, less one for each bit that is set in n.
    private func node(_ position: Merkle.NodePosition) -> Digest {
        let leaf = (Int(position.index) + 1) << position.level - 1
        return nodes[2 * leaf - leaf.nonzeroBitCount + position.level]
    }
}
