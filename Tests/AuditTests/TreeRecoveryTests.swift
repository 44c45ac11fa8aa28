import Audit
import Cryptography
import Primitives
import Testing

/// A tree that went on from an older copy of itself says so, and only what it says is believed.
struct TreeRecoveryTests {
    static let old = AuditWorld.access
    static let next = old.successor(at: AuditWorld.time)
    static let found = (0..<5).map { leaf("found \($0)") }
    static let lost = (5..<9).map { leaf("lost \($0)") }
    static let later = (9..<12).map { leaf("later \($0)") }

    static func leaf(_ words: String) -> [UInt8] {
        entry(.auditAlarm) { act in
            act.outcome = .seriousFailure
            act.reason = AuditReason("gap")
            act.statementSha256 = SHA256.hash(words.bytes)
        }
    }

    static func entry(_ event: AuditEvent, _ change: (inout AuditFacts) -> Void) -> [UInt8] {
        var act = AuditFacts(
            event,
            by: .system,
            for: PartyID(AuditWorld.hospital),
            on: .tree(old),
            at: AuditWorld.time
        )
        change(&act)
        return AuditEntry(act, in: .access, random: CountingRandom())
            .sealed(origin: old, by: AuditWorld.dataKey())
            .leaf(at: AuditWorld.time, source: AuditWorld.source).bytes
    }

    static func recovered(_ recovery: TreeRecovery) -> [UInt8] {
        entry(.treeRecovered) { act in
            act.outcome = .majorFailure
            act.reason = AuditReason("restored")
            act.recovery = recovery
        }
    }

    static func tree(_ leaves: [[UInt8]]) -> MerkleTree {
        leaves.reduce(into: MerkleTree()) { $0.append(leaf: $1) }
    }

    static func recovery(found leaves: [[UInt8]] = found) async throws -> TreeRecovery {
        let known = try await AuditWorld.signer().checkpoint(old, tree(found + lost).head)
        return TreeRecovery(of: old, found: tree(leaves).head, known: known)
    }

    /// The log as it went on, with a checkpoint over all of it.
    static func log(
        _ recovery: TreeRecovery,
        named origin: TreeOrigin = next
    ) async throws -> (leaves: [[UInt8]], checkpoint: Checkpoint, key: NotePublicKey) {
        let leaves = found + [recovered(recovery)] + later
        let signer = try await AuditWorld.signer()
        return (
            leaves, try await signer.checkpoint(origin, tree(leaves).head), signer.publicKey
        )
    }

    @Test func `the name of a tree tells when it went on`() throws {
        #expect(Self.next.text == Self.old.text + ".1795226584")
        #expect(TreeOrigin(Self.next.text) == Self.next)
        #expect(Self.next.isNewer(than: Self.old) && !Self.old.isNewer(than: Self.next))
        #expect(!Self.next.isNewer(than: Self.next) && Self.next.first == Self.old)
        let again = Self.next.successor(at: Timestamp(milliseconds: 0))
        #expect(again.isNewer(than: Self.next))
        let others = [
            AuditWorld.keys,
            TreeOrigin.access(AuditWorld.host, member: AuditWorld.office, fiscalYear: 2026),
            TreeOrigin.access(AuditWorld.host, member: AuditWorld.hospital, fiscalYear: 2025),
        ]
        for other in others {
            #expect(!Self.next.isNewer(than: other))
        }
        for wrong in [".", ".0", ".01", ".-1", ".1.2", ".123456789012", ". 1", ".x"] {
            #expect(TreeOrigin(Self.old.text + wrong) == nil, "\(wrong)")
        }
    }

    @Test func `the leaf is read back as it was written, and in no other form`() async throws {
        let recovery = try await Self.recovery()
        let bytes = Self.recovered(recovery)
        let read = try AuditLeaf(reading: bytes, in: .access)
        #expect(read.facts.recovery == recovery)
        #expect(recovery.missingLeaves == 4 && recovery.missing?.origin == Self.old)
        let plain = TreeRecovery(of: Self.old, found: recovery.found, known: nil)
        #expect(plain.missingLeaves == nil)
        #expect(
            try AuditLeaf(reading: Self.recovered(plain), in: .access).facts.recovery == plain
        )
        let text = String(decoding: bytes, as: UTF8.self)
        let wrong = [
            // Half of what is missing, a tree of somebody else, another kind, no recovery at all.
            text.replacing(",\"missingFrom\":\"\(Self.old)\"", with: ""),
            text.replacing("\"missingFrom\":\"\(Self.old)\"", with: "\"missingFrom\":\"x\""),
            text.replacing(
                "\"missingFrom\":\"\(Self.old)\"",
                with: "\"missingFrom\":\"\(AuditWorld.keys)\""
            ),
            text.replacing("\"size\":5", with: "\"size\":-5"),
            text.replacing("\"size\":5", with: "\"size\":1099511627776"),
            text.replacing("\"size\":5", with: "\"size\":0"),
            text.replacing("\"id\":\"\(Self.old)\"", with: "\"id\":\"\(AuditWorld.keys)\""),
            text.replacing("tree.recovered", with: "tree.opened"),
        ]
        for text in wrong {
            #expect(throws: DecodingRefusal.self, "\(text)") {
                try AuditLeaf(reading: text.bytes, in: .access)
            }
        }
        let bare = Self.leaf("x")
        let without = String(decoding: bare, as: UTF8.self)
            .replacing("audit.alarm", with: "tree.recovered")
        #expect(throws: DecodingRefusal.self) {
            try AuditLeaf(reading: without.bytes, in: .access)
        }
    }

    @Test func `the greatest leaf of a recovery stays within the limit`() async throws {
        let host = AuditWorld.demand(LogHost(String(repeating: "h", count: 64)))
        let old = TreeOrigin.access(host, member: AuditWorld.hospital, fiscalYear: 2026)
            .successor(at: Timestamp(milliseconds: 99_999_999_990_000))
        let head = TreeHead(size: 1 << 40 - 1, root: AuditWorld.statement)
        let later = old.successor(at: Timestamp(milliseconds: 99_999_999_998_000))
        let known = try await AuditWorld.signer().checkpoint(later, head)
        var act = AuditFacts(
            .treeRecovered,
            by: .system,
            for: PartyID(AuditWorld.hospital),
            on: .tree(old),
            at: AuditWorld.time
        )
        act.outcome = .majorFailure
        act.reason = AuditReason("rolledBack")
        act.recovery = TreeRecovery(of: old, found: head, known: known)
        let leaf = AuditEntry(act, in: .access, random: CountingRandom())
            .sealed(origin: old, by: AuditWorld.dataKey())
            .leaf(at: AuditWorld.time, source: AuditWorld.source)
        #expect(try AuditLeaf(reading: leaf.bytes, in: .access) == leaf)
    }

    @Test func `a log that went on is whole, and keeps what was promised before`() async throws {
        let (leaves, checkpoint, key) = try await Self.log(try await Self.recovery())
        let copy = LogCopy(origin: Self.next, leaves: leaves, checkpoints: [checkpoint])
        let audit = LogAudit(of: copy, key: key)
        #expect(audit.isWhole && audit.recoveries.map(\.missingLeaves) == [4])
        var stream = LogStream(under: checkpoint, key: key)
        stream.read(leaves)
        #expect(stream.verdict.isWhole && stream.verdict.recoveries == audit.recoveries)
        let kept = SHA256.hash("found 3".bytes)
        #expect(audit.promise(of: kept, logOrigin: Self.old) == .kept(index: 3))
        #expect(audit.promise(of: kept, logOrigin: Self.next) == .kept(index: 3))
        #expect(audit.promise(of: kept, logOrigin: AuditWorld.keys) == .otherLog)
        let gone = SHA256.hash("lost 6".bytes)
        #expect(audit.promise(of: gone, logOrigin: Self.old) == .missing)
    }

    @Test func `a recovery from other leaves than those before it is a fault`() async throws {
        let good = try await Self.recovery()
        let wrongRoot = TreeRecovery(
            of: Self.old,
            found: TreeHead(size: 5, root: AuditWorld.statement),
            known: nil
        )
        let wrongSize = try await Self.recovery(found: Self.found + [Self.lost[0]])
        for (recovery, origin) in [
            (wrongRoot, Self.next), (wrongSize, Self.next), (good, Self.old),
        ] {
            let (leaves, checkpoint, key) = try await Self.log(recovery, named: origin)
            let copy = LogCopy(origin: origin, leaves: leaves, checkpoints: [checkpoint])
            #expect(LogAudit(of: copy, key: key).faults == [.recoveryUnfounded(index: 5)])
            var stream = LogStream(under: checkpoint, key: key)
            stream.read(leaves)
            #expect(stream.verdict.faults == [.recoveryUnfounded(index: 5)])
        }
        let fault = LogFault.recoveryUnfounded(index: 5)
        #expect(fault.code == "recoveryUnfounded" && !fault.isTemporary)
        #expect(!fault.summary.isEmpty && !fault.advice.isEmpty)
    }

    @Test func `a proof stands for the tree that the leaf beside it names, and no other`()
        async throws
    {
        let (leaves, checkpoint, key) = try await Self.log(try await Self.recovery())
        let tree = Self.tree(leaves)
        func path(_ index: UInt64) -> [Digest] { tree.inclusion(index: index, size: tree.size) }
        let extra = RecoveryProof(leaf: leaves[5], hashes: path(5))
        let proof = TlogProof(index: 7, hashes: path(7), checkpoint: checkpoint, extra: extra)
        #expect(try TlogProof(reading: proof.bytes) == proof)
        try proof.verify(leaf: leaves[7], key: key)
        try proof.verify(standsFor: Self.old)
        try proof.verify(standsFor: Self.next)
        #expect(throws: AuditRefusal.wrongOrigin) { try proof.verify(standsFor: AuditWorld.keys) }
        let bare = TlogProof(index: 7, hashes: path(7), checkpoint: checkpoint)
        #expect(throws: AuditRefusal.wrongOrigin) { try bare.verify(standsFor: Self.old) }
        // Another leaf, another place, one that is not in the tree.
        let wrong: [(RecoveryProof, AuditRefusal)] = [
            (RecoveryProof(leaf: leaves[7], hashes: path(7)), .wrongOrigin),
            (RecoveryProof(leaf: leaves[5], hashes: path(6)), .notIncluded),
            (
                RecoveryProof(
                    leaf: Self.recovered(
                        TreeRecovery(of: Self.old, found: Self.tree(Self.found).head, known: nil)
                    ),
                    hashes: path(5)
                ),
                .notIncluded
            ),
        ]
        for (extra, refusal) in wrong {
            let proof = TlogProof(index: 7, hashes: path(7), checkpoint: checkpoint, extra: extra)
            #expect(throws: refusal) { try proof.verify(standsFor: Self.old) }
        }
        for place in proof.bytes.indices {
            var changed = proof.bytes
            changed[place] ^= 1
            #expect(throws: AuditRefusal.self, "byte \(place)") {
                let read = try TlogProof(reading: changed)
                try read.verify(standsFor: Self.old)
                try read.verify(leaf: leaves[7], key: key)
            }
        }
    }
}
