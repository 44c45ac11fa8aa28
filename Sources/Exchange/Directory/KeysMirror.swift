import Audit
import Cryptography
import Delivery
import Directory
import Primitives
import Storage

/// The directory as the first `size` leaves of the `keys` tree tell it. A decision that rests on it
/// holds only while the tree has this size.
struct KeysMirror: Sendable {
    let origin: TreeOrigin
    private(set) var view: DirectoryView
    private(set) var size: UInt64 = 0
    /// The time of the last leaf; the next gets none before it, whatever the clock says.
    private(set) var lastAt: Timestamp?

    init(_ origin: TreeOrigin, root: Certificate) {
        self.origin = origin
        view = DirectoryView(root: root)
        view.believeRegistrar()
    }

    /// Follows the tree to its present end.
    ///
    /// - Throws: `directory` at a leaf that does not apply: the store is not what was written.
    mutating func follow(_ store: any ExchangeStore) async throws(ExchangeFault) {
        while true {
            let origin = origin
            let size = size
            let leaves = try await wrap(ExchangeFault.store) { () async throws(StoreError) in
                try await store.read { stored throws(StoreError) in
                    try stored.directoryLeaves(of: origin, from: size, limit: Self.pageLeaves)
                }
            }
            for leaf in leaves { try apply(leaf) }
            guard leaves.count == Self.pageLeaves else { return }
        }
    }

    private static let pageLeaves = 1000

    private mutating func apply(_ stored: DirectoryLeaf) throws(ExchangeFault) {
        lastAt = try wrap({ _ in ExchangeFault.directory(index: stored.index) }) {
            () throws(LeafRefusal) in
            try view.apply(leaf: stored.leaf, object: stored.object)
        }
        size += 1
    }
}
