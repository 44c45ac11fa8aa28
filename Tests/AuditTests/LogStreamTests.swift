import Audit
import Cryptography
import Primitives
import Testing

/// A log that is read page by page against one checkpoint over all of it.
struct LogStreamTests {
    private typealias Whole = LogAuditTests

    private static func read(
        _ leaves: [[UInt8]],
        under size: UInt64 = 20,
        by page: Int = 7
    ) async throws -> LogVerdict {
        let signer = try await AuditWorld.signer()
        let head = TreeHead(size: size, root: Whole.tree.root(size: size))
        let checkpoint = try await signer.checkpoint(AuditWorld.transport, head)
        var stream = LogStream(under: checkpoint, key: signer.publicKey)
        for start in stride(from: 0, to: leaves.count, by: page) {
            stream.read(Array(leaves[start..<min(leaves.count, start + page)]))
        }
        return stream.verdict
    }

    @Test(arguments: [1, 2, 7, 20, 30])
    func `a true log is whole in pages of any size`(page: Int) async throws {
        let verdict = try await Self.read(Whole.leaves, by: page)
        #expect(verdict.isWhole && verdict.size == 20)
        #expect(verdict.origin == AuditWorld.transport)
    }

    @Test(arguments: 1...20)
    func `leaves beyond the checkpoint are not judged`(size: Int) async throws {
        let verdict = try await Self.read(Whole.leaves, under: UInt64(size))
        #expect(verdict.isWhole && verdict.size == UInt64(size))
    }

    @Test(arguments: [0, 7, 8, 16, 18])
    func `whatever was done to a leaf is seen`(index: Int) async throws {
        let differs = LogFault.rootDiffers(after: 0, upTo: 20)
        var leaves = Whole.leaves
        leaves[index] = AuditWorld.leaf(99)
        #expect(try await Self.read(leaves).faults.last == differs)
        leaves = Whole.leaves
        leaves.insert(AuditWorld.leaf(99), at: index)
        #expect(try await Self.read(leaves).faults.last == differs)
        leaves = Whole.leaves
        leaves.swapAt(index, index + 1)
        #expect(try await Self.read(leaves).faults.last == differs)
        leaves = Whole.leaves
        leaves.remove(at: index)
        #expect(
            try await Self.read(leaves).faults.last == .treeCut(size: 19, signedSize: 20)
        )
    }

    @Test func `a leaf in another form and a foreign signature are named`() async throws {
        var leaves = Whole.leaves
        leaves[3] = "{}".bytes
        #expect(try await Self.read(leaves).faults.first == .leafMalformed(index: 3))
        let signer = try await AuditWorld.signer()
        let head = TreeHead(size: 20, root: Whole.tree.root(size: 20))
        let checkpoint = try await signer.checkpoint(AuditWorld.transport, head)
        let other = try NotePublicKey(Array(repeating: 7, count: 32))
        var stream = LogStream(under: checkpoint, key: other)
        stream.read(Whole.leaves)
        #expect(stream.verdict.faults == [.checkpointUnsigned(size: 20)])
    }
}
