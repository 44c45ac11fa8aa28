import Cryptography
import Directory
import Primitives
import Storage

/// The newest mirrors of the directory that organisations of this process have made. Who has the
/// same leaves with the same objects under the same root has the same tree and the same view, and
/// need not verify every signature in it once more. Each still checks its checkpoints by itself.
package final class SharedDirectory: Sendable {
    /// Organisations are at most a few leaves apart.
    private static let mirrors = 8
    private let known = Lock<[DirectoryMirror]>([])

    package init() {}

    func mirror(after trail: Digest) -> DirectoryMirror? {
        known.withLock { $0.last { $0.trail == trail } }
    }

    func keep(_ mirror: DirectoryMirror) {
        known.withLock { known in
            guard !known.contains(where: { $0.trail == mirror.trail }) else { return }
            known.append(mirror)
            if known.count > Self.mirrors { known.removeFirst() }
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
