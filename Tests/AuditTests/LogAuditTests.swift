import Audit
import Cryptography
import Primitives
import Testing

/// A log of 20 leaves with checkpoints at 8, 13 and 17, copied and then changed.
struct LogAuditTests {
    static let leaves = (0..<20).map(AuditWorld.leaf)
    static let tree = leaves.reduce(into: MerkleTree()) { $0.append(leaf: $1) }
    static let sizes: [UInt64] = [8, 13, 17]

    enum Copied: CaseIterable { case leavesAlone, leavesAndHashes }

    static func audit(
        _ leaves: [[UInt8]],
        with copied: Copied = .leavesAndHashes,
        adding checkpoints: [Checkpoint] = []
    ) async throws -> LogAudit {
        let signer = try await AuditWorld.signer()
        var signed = checkpoints
        for size in sizes {
            let head = TreeHead(size: size, root: tree.root(size: size))
            signed.append(try await signer.checkpoint(AuditWorld.transport, head))
        }
        var copy = LogCopy(origin: AuditWorld.transport, leaves: leaves, checkpoints: signed)
        if copied == .leavesAndHashes { copy.leafHashes = tree.leafHashes }
        return LogAudit(of: copy, key: signer.publicKey)
    }

    @Test(arguments: Copied.allCases)
    func `a true copy is whole`(copied: Copied) async throws {
        let audit = try await LogAuditTests.audit(LogAuditTests.leaves, with: copied)
        #expect(audit.isWhole)
        #expect(audit.size == 20)
        #expect(audit.coveredSize == 17)
    }

    @Test(arguments: [0, 7, 8, 16])
    func `a dropped, changed, added or moved leaf is named`(index: Int) async throws {
        let place = UInt64(index)
        let good = LogAuditTests.leaves
        var leaves = good
        leaves.remove(at: index)
        #expect(try await LogAuditTests.audit(leaves).faults.last == .leafDropped(index: place))
        leaves = good
        leaves[index] = AuditWorld.leaf(99)
        #expect(try await LogAuditTests.audit(leaves).faults.last == .leafChanged(index: place))
        leaves = good
        leaves.insert(AuditWorld.leaf(99), at: index)
        #expect(try await LogAuditTests.audit(leaves).faults.last == .leafAdded(index: place))
        leaves = good
        leaves.swapAt(index, index + 1)
        #expect(try await LogAuditTests.audit(leaves).faults.last == .leavesReordered(index: place))
    }

    @Test func `without hashes a fault lies between two checkpoints`() async throws {
        for (index, after, upTo) in [(0, 0, 8), (8, 8, 13), (16, 13, 17)] as [(Int, UInt64, UInt64)]
        {
            var leaves = LogAuditTests.leaves
            leaves[index] = AuditWorld.leaf(index + 100)
            let audit = try await LogAuditTests.audit(leaves, with: .leavesAlone)
            #expect(audit.faults.contains(.rootDiffers(after: after, upTo: upTo)))
            #expect(audit.coveredSize == after)
        }
    }

    @Test(arguments: Copied.allCases)
    func `a cut tree is seen as far as a checkpoint covers it`(copied: Copied) async throws {
        let cut = try await LogAuditTests.audit(Array(LogAuditTests.leaves[..<15]), with: copied)
        #expect(cut.faults == [.treeCut(size: 15, signedSize: 17)])
        #expect(cut.coveredSize == 13)
        let tail = try await LogAuditTests.audit(Array(LogAuditTests.leaves[..<17]), with: copied)
        #expect(tail.isWhole)
    }

    @Test func `hashes that no root covers name nothing`() async throws {
        let signer = try await AuditWorld.signer()
        var leaves = LogAuditTests.leaves
        leaves[3] = AuditWorld.leaf(3 + 256)
        let head = TreeHead(size: 8, root: LogAuditTests.tree.root(size: 8))
        var copy = LogCopy(
            origin: AuditWorld.transport,
            leaves: leaves,
            checkpoints: [try await signer.checkpoint(AuditWorld.transport, head)]
        )
        copy.leafHashes = leaves.map(Merkle.leafHash)
        let audit = LogAudit(of: copy, key: signer.publicKey)
        #expect(audit.faults.last == .rootDiffers(after: 0, upTo: 8))
    }

    @Test func `two roots of one size are a fork`() async throws {
        let signer = try await AuditWorld.signer()
        let forged = TreeHead(size: 13, root: AuditWorld.digest(-1))
        let fork = try await signer.checkpoint(AuditWorld.transport, forged)
        let audit = try await LogAuditTests.audit(LogAuditTests.leaves, adding: [fork])
        #expect(audit.faults == [.twoRoots(size: 13)])
        let again = try await signer.checkpoint(
            AuditWorld.transport,
            TreeHead(size: 13, root: LogAuditTests.tree.root(size: 13))
        )
        #expect(try await LogAuditTests.audit(LogAuditTests.leaves, adding: [again]).isWhole)
    }

    @Test func `a checkpoint of another log or key is not taken`() async throws {
        let signer = try await AuditWorld.signer()
        let head = LogAuditTests.tree.head
        let other = try await signer.checkpoint(AuditWorld.keys, head)
        let unsigned = try await AuditWorld.signer("other")
            .checkpoint(AuditWorld.transport, head)
        let audit = try await LogAuditTests.audit(
            LogAuditTests.leaves,
            adding: [other, unsigned]
        )
        #expect(
            audit.faults == [
                .checkpointOfOtherLog(size: 20), .checkpointUnsigned(size: 20),
            ]
        )
        #expect(audit.coveredSize == 17)
    }

    @Test func `a leaf in another form or out of time is named`() async throws {
        let signer = try await AuditWorld.signer()
        let leaves = [AuditWorld.leaf(5), AuditWorld.leaf(4), "{}".bytes, AuditWorld.leaf(6)]
        let tree = leaves.reduce(into: MerkleTree()) { $0.append(leaf: $1) }
        let copy = LogCopy(
            origin: AuditWorld.transport,
            leaves: leaves,
            checkpoints: [try await signer.checkpoint(AuditWorld.transport, tree.head)]
        )
        let audit = LogAudit(of: copy, key: signer.publicKey)
        #expect(audit.faults == [.timeWentBack(index: 1), .leafMalformed(index: 2)])
    }

    @Test func `a promise is kept, waits or is broken`() async throws {
        let audit = try await LogAuditTests.audit(LogAuditTests.leaves)
        func promise(_ number: Int) -> LogAudit.Promise {
            audit.promise(of: AuditWorld.digest(number), logOrigin: AuditWorld.transport)
        }
        #expect(promise(16) == .kept(index: 16))
        #expect(promise(17) == .uncovered(index: 17))
        #expect(promise(20) == .missing)
        let other = audit.promise(of: AuditWorld.digest(1), logOrigin: AuditWorld.keys)
        #expect(other == .otherLog)
    }

    @Test func `a leaf dropped by its issuer breaks the promise`() async throws {
        let signer = try await AuditWorld.signer()
        var leaves = LogAuditTests.leaves
        leaves.remove(at: 5)
        let tree = leaves.reduce(into: MerkleTree()) { $0.append(leaf: $1) }
        let copy = LogCopy(
            origin: AuditWorld.transport,
            leaves: leaves,
            checkpoints: [try await signer.checkpoint(AuditWorld.transport, tree.head)]
        )
        let audit = LogAudit(of: copy, key: signer.publicKey)
        #expect(audit.isWhole)
        let promise = audit.promise(of: AuditWorld.digest(5), logOrigin: AuditWorld.transport)
        #expect(promise == .missing)
    }

    @Test func `every fault and refusal tells what to do`() {
        let faults: [any Explained] = [
            LogFault.checkpointOfOtherLog(size: 1), LogFault.checkpointUnsigned(size: 1),
            LogFault.twoRoots(size: 1), LogFault.leafMalformed(index: 1),
            LogFault.timeWentBack(index: 1), LogFault.leafChanged(index: 1),
            LogFault.leafDropped(index: 1), LogFault.leafAdded(index: 1),
            LogFault.leavesReordered(index: 1), LogFault.treeCut(size: 1, signedSize: 2),
            LogFault.rootDiffers(after: 1, upTo: 2),
            AuditRefusal.malformed(DecodingRefusal(.badForm)),
            AuditRefusal.wrongOrigin, AuditRefusal.unknownKey, AuditRefusal.badSignature,
            AuditRefusal.notIncluded, AuditRefusal.otherStatement, AuditRefusal.wrongOpening,
        ]
        #expect(Set(faults.map(\.code)).count == faults.count)
        for fault in faults {
            #expect(!fault.summary.isEmpty && !fault.advice.isEmpty && !fault.isTemporary)
        }
    }
}
