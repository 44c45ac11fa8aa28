import Audit
import Primitives
import Storage

/// The log of a model store: whole trees in memory.
struct ModelLog: Sendable {
    struct Tree {
        let origin: TreeOrigin
        let openedAt: Timestamp
        var closedAt: Timestamp?
        var leaves = ModelList<AuditLeaf>()
        var nodes = ModelTree()
        var checkpoints = ModelTable<UInt64, SavedCheckpoint>()
        var newest: SavedCheckpoint?
    }

    let source: AuditSource
    var trees: [Tree] = []
    var openings = ModelTable<LeafPosition, [SealedOpening]>()
    var tags = ModelTable<IndexTag, ModelList<LeafPosition>>()
    var statements = ModelTable<Digest, ModelList<LeafPosition>>()
    var cosignatures: [TreeOrigin: [(size: UInt64, line: Cosignature)]] = [:]
    var witnessed: [TreeOrigin: WitnessedHead] = [:]

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
            if entry.facts.event == .treeClosed { trees[place].closedAt = leaf.at }
            openings[position] = entry.openings
            for tag in Set(entry.tags) { tags[tag, default: ModelList()].append(position) }
            if let statement = leaf.facts.statementSha256 {
                statements[statement, default: ModelList()].append(position)
            }
            positions.append(position)
        }
        return positions
    }

    mutating func save(_ checkpoint: Checkpoint, signedAt: Timestamp) throws(StoreError) {
        guard let place = trees.firstIndex(where: { $0.origin == checkpoint.origin }),
            trees[place].nodes.contains(checkpoint.head)
        else { throw .damaged }
        let size = checkpoint.head.size
        guard trees[place].checkpoints[size] == nil else { return }
        let saved = SavedCheckpoint(checkpoint: checkpoint, signedAt: signedAt)
        trees[place].checkpoints[size] = saved
        if size > trees[place].newest?.checkpoint.head.size ?? 0 { trees[place].newest = saved }
    }
}

extension ModelLog {
    mutating func store(_ fact: WitnessFact) throws(StoreError) {
        switch fact {
        case .cosigned(let origin, let size, let line):
            guard tree(origin) != nil else { throw .damaged }
            let isKnown = cosignatures[origin, default: []].contains {
                $0.size == size && $0.line.witness == line.witness
            }
            if !isKnown { cosignatures[origin, default: []].append((size, line)) }
        case .saw(let seen, let after):
            if witnessed[seen.origin]?.head.size ?? 0 == after { witnessed[seen.origin] = seen }
        }
    }
}

extension ModelLogReader {
    func checkpoints(of tree: TreeOrigin, limit: Int) throws(StoreError) -> [Checkpoint] {
        let saved = log.tree(tree)?.checkpoints.values.map(\.checkpoint) ?? []
        return saved.sorted { $0.head.size > $1.head.size }.prefix(limit).map { checkpoint in
            let lines = (log.cosignatures[tree] ?? []).filter { $0.size == checkpoint.head.size }
            return checkpoint.cosigned(
                by: lines.map(\.line).sorted { $0.witness.text < $1.witness.text }
            )
        }
    }

    func lastCosigned(_ tree: TreeOrigin, by witness: ByteText) throws(StoreError) -> Cosigned? {
        (log.cosignatures[tree] ?? []).filter { $0.line.witness == witness }
            .max { $0.size < $1.size }
            .map { Cosigned(size: $0.size, at: $0.line.at) }
    }

    func witnessedHead(of origin: TreeOrigin) throws(StoreError) -> WitnessedHead? {
        log.witnessed[origin]
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

    func positions(
        ofStatement sha256: Digest
    ) throws(StoreError) -> [LeafPosition] {
        ordered(log.statements[sha256])
    }

    func positions(tagged tag: IndexTag) throws(StoreError) -> [LeafPosition] {
        ordered(log.tags[tag])
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
        (log.openings[position] ?? []).sorted { $0.field.rawValue < $1.field.rawValue }
    }

    func checkpoint(of tree: TreeOrigin) throws(StoreError) -> SavedCheckpoint? {
        log.tree(tree)?.newest
    }
}

/// The hashes of a tree, as a value that is cheap to copy.
struct ModelTree: Sendable {
    private var levels = [ModelList<Digest>()]

    var size: UInt64 { UInt64(levels[0].count) }

    mutating func append(leaf: [UInt8]) {
        for added in Merkle.appended(leafHash: Merkle.leafHash(leaf), at: size, node: node) {
            if added.position.level == levels.count { levels.append(ModelList()) }
            levels[added.position.level].append(added.hash)
        }
    }

    func root(size: UInt64) -> Digest { Merkle.root(size: size, node: node) }

    func inclusion(index: UInt64, size: UInt64) -> [Digest] {
        Merkle.inclusion(index: index, size: size, node: node)
    }

    func consistency(from: UInt64, to: UInt64) -> [Digest] {
        Merkle.consistency(from: from, to: to, node: node)
    }

    /// Whether this tree holds or continues the tree `head`.
    func contains(_ head: TreeHead) -> Bool {
        head.size <= size && root(size: head.size) == head.root
    }

    private func node(_ position: Merkle.NodePosition) -> Digest {
        levels[position.level][Int(position.index)]
    }
}
