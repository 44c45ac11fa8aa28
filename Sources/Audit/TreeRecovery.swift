import Primitives

/// That a tree goes on under a new name from an older copy of itself, and what that lost.
///
/// It stands in the leaf `tree.recovered`, the first that is new: its index is the size that was
/// found. Leaves before it are the same under both names; what stood behind them in the old tree is
/// missing for ever, and this leaf says so to everybody.
package struct TreeRecovery: Hashable, Sendable {
    /// The tree of which a copy was found, and the copy's head.
    package let origin: TreeOrigin
    package let found: TreeHead
    /// The newest head that is known to have been signed, where the copy does not contain it: of
    /// that tree, or of one that had gone on from it.
    package let missing: Missing?

    package struct Missing: Hashable, Sendable {
        package let origin: TreeOrigin
        package let head: TreeHead

        package init(origin: TreeOrigin, head: TreeHead) {
            self.origin = origin
            self.head = head
        }
    }

    /// `known` is the newest head that was ever signed, as far as anybody could be asked.
    package init(of origin: TreeOrigin, found: TreeHead, known: Checkpoint?) {
        self.origin = origin
        self.found = found
        missing = known.map { Missing(origin: $0.origin, head: $0.head) }
    }

    /// Whether what was promised to stand in `tree` may stand in the one that has this leaf.
    package func succeeds(_ tree: TreeOrigin) -> Bool {
        tree == origin || tree == missing?.origin
    }

    /// Whether the leaf stands right behind the copy that it names, in a tree that may go on from
    /// it. That the leaves before it are that copy, the root tells.
    package func isPlaced(at index: UInt64, in tree: TreeOrigin) -> Bool {
        found.size == index && tree.isNewer(than: missing?.origin ?? origin)
    }

    /// How many leaves are missing, as far as that is known.
    package var missingLeaves: UInt64? {
        guard let missing, missing.origin == origin, missing.head.size > found.size else {
            return nil
        }
        return missing.head.size - found.size
    }
}

extension TreeRecovery {
    var json: JSON {
        var members: JSONObject = ["found": found.json]
        if let missing {
            members["missing"] = missing.head.json
            members["missingFrom"] = .string(missing.origin.text)
        }
        return .object(members)
    }

    /// `object` names the tree that was found.
    init(reading reader: consuming ObjectReader, of object: LeafObject) throws(DecodingRefusal) {
        var reader = reader
        guard case .clear(let name) = object.name, let origin = TreeOrigin(name.text) else {
            throw reader.refusal(.badForm, "found")
        }
        self.origin = origin
        found = try TreeHead(reading: try reader.object("found"))
        let tree = try reader.optionalValue("missingFrom") { TreeOrigin($0) }
        missing = try reader.optional("missing").map { json throws(DecodingRefusal) in
            guard let tree, tree == origin || tree.isNewer(than: origin) else {
                throw DecodingRefusal(.badForm, at: "missingFrom")
            }
            return Missing(origin: tree, head: try TreeHead(reading: try ObjectReader(json)))
        }
        guard (tree == nil) == (missing == nil) else { throw reader.refusal(.badForm, "missing") }
        try reader.finish()
    }
}

extension TreeHead {
    fileprivate var json: JSON {
        ["root": .string(root.hex), "size": .integer(Int64(size))]
    }

    fileprivate init(reading reader: consuming ObjectReader) throws(DecodingRefusal) {
        var reader = reader
        let root = try reader.value("root") { Digest(hex: $0) }
        let size = try reader.integer("size")
        guard (0..<1 << 40).contains(size), size > 0 || root == Merkle.emptyRoot else {
            throw reader.refusal(.badForm, "size")
        }
        try reader.finish()
        self.init(size: UInt64(size), root: root)
    }
}
