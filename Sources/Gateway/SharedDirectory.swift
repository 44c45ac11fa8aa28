import Cryptography
import Directory
import Primitives
import Storage

/// The newest views of the directory that organisations of this process have made from their
/// mirrors. Who has the same leaves with the same objects under the same root has the same view,
/// and need not verify every signature in it once more. Each still mirrors the tree and checks its
/// checkpoints by itself.
package final class SharedDirectory: Sendable {
    private struct Known: Sendable {
        let trail: Digest
        let view: DirectoryView
    }

    /// Organisations are at most a few leaves apart.
    private static let views = 8
    private let known = Lock<[Known]>([])

    package init() {}

    func view(after trail: Digest) -> DirectoryView? {
        known.withLock { $0.last { $0.trail == trail }?.view }
    }

    func keep(_ view: DirectoryView, after trail: Digest) {
        known.withLock { known in
            guard !known.contains(where: { $0.trail == trail }) else { return }
            known.append(Known(trail: trail, view: view))
            if known.count > Self.views { known.removeFirst() }
        }
    }
}

extension DirectoryLeaf {
    /// The hash of all leaves and objects up to this one, by that of those before it. Equal hashes
    /// mean equal bytes: what hangs on a leaf is told from a leaf with nothing by its length.
    func trail(after trail: Digest) -> Digest {
        SHA256.hash(
            trail.bytes,
            SHA256.hash(leaf).bytes,
            object.map { SHA256.hash($0).bytes } ?? []
        )
    }
}
