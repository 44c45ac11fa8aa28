import Cryptography
import Delivery
import Primitives

/// Checks the chunks of a message one after the other, in the order of its manifest, and keeps
/// nothing of them: the part of step 16 that may be as long as a message can be.
package struct ChunkCheck: ~Copyable {
    private let manifest: Manifest
    private var taken = 0
    /// Of the part under way.
    private var hasher = SHA256Hasher()

    init(_ manifest: Manifest) { self.manifest = manifest }

    /// Takes the next sealed chunk.
    ///
    /// - Throws: `damagedPart`.
    package mutating func take(_ sealed: [UInt8]) throws(OpenRefusal) {
        guard taken < manifest.chunks.count, let key = manifest.chunkKey else {
            throw .no(.damagedPart, 16, "chunk")
        }
        let chunk = manifest.chunks[taken]
        hasher.update(try chunk.open(sealed, with: key))
        taken += 1
        let isLast = taken == manifest.chunks.count || manifest.chunks[taken].part != chunk.part
        guard isLast else { return }
        var ended = SHA256Hasher()
        swap(&ended, &hasher)
        let digest = ended.finish()
        guard manifest.parts.contains(where: { $0.name == chunk.part && $0.sha256 == digest })
        else { throw .no(.damagedPart, 16, "part hash") }
    }

    /// - Throws: `damagedPart` where one has not come.
    package consuming func finish() throws(OpenRefusal) -> CheckedChunks {
        guard taken == manifest.chunks.count else { throw .no(.damagedPart, 16, "chunk") }
        return CheckedChunks()
    }
}

/// That all chunks of a message are those its sender sealed.
package struct CheckedChunks: Sendable {
    fileprivate init() {}
}
