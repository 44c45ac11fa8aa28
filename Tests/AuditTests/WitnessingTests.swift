import Cryptography
import Primitives
import Testing

@testable import Audit

/// Cosignatures, and what a witness cosigns (C2SP tlog-cosignature, tlog-witness).
struct WitnessingTests {
    static let name = WitnessName(AuditWorld.host, member: AuditWorld.hospital)

    private static func tree(_ count: Int, from first: Int = 0) -> MerkleTree {
        var tree = MerkleTree()
        for number in 0..<count { tree.append(leaf: "leaf \(first + number)".bytes) }
        return tree
    }

    private static func checkpoint(_ tree: MerkleTree) async throws -> Checkpoint {
        try await AuditWorld.signer().checkpoint(AuditWorld.keys, tree.head)
    }

    @Test func `a cosignature is a line of its witness, its time and this head`() async throws {
        let checkpoint = try await Self.checkpoint(Self.tree(3))
        let witness = try await AuditWorld.signer("witness")
        let line = try await witness.cosign(checkpoint, as: Self.name, at: AuditWorld.time)
        let signed = checkpoint.cosigned(by: [line, line])
        let read = try Checkpoint(reading: signed.note)
        let found = try #require(read.cosignatures.first)
        #expect(read.cosignatures.count == 1)
        #expect(found.at.seconds == AuditWorld.time.seconds)
        #expect(found.witness == ByteText(Self.name.text))
        #expect(found.line.hasPrefix("— exchange.example/witness/m"))
        #expect(try Cosignature(reading: found.line) == found)
        #expect(found.holds(over: read, key: witness.publicKey))
        // The log's own signature still holds, and is no cosignature.
        let log = try await AuditWorld.signer()
        try read.verify(key: log.publicKey)
        #expect(checkpoint.cosignatures.isEmpty)
        #expect(!found.holds(over: read, key: log.publicKey))
        let other = try await Self.checkpoint(Self.tree(4))
        #expect(!found.holds(over: other, key: witness.publicKey))
        // Type 4, eight bytes of time, 64 of Ed25519 over the text of the specification.
        let message = "cosignature/v1\ntime \(AuditWorld.time.seconds)\n".bytes + checkpoint.body
        #expect(
            witness.publicKey.verify(Array(found.signature.bytes.suffix(64)), over: message)
        )
        let hash = SHA256.hash(Self.name.text.bytes, [10, 4], witness.publicKey.bytes)
        #expect(found.signature.keyHash == Array(hash.bytes.prefix(4)))
    }

    @Test(arguments: [4 + 71, 4 + 73, 4 + 64])
    func `a line of another length is no cosignature`(length: Int) {
        let line = "— a/b \(Base64.encode([UInt8](repeating: 0, count: length), .standard))"
        #expect(throws: AuditRefusal.self) { try Cosignature(reading: line) }
    }

    @Test func `a time beyond all calendars is no cosignature`() {
        let line = "— a/b \(Base64.encode([UInt8](repeating: 255, count: 76), .standard))"
        #expect(throws: AuditRefusal.self) { try Cosignature(reading: line) }
    }

    @Test func `a request is old size, proof and checkpoint, byte for byte`() async throws {
        let tree = Self.tree(7)
        let request = WitnessRequest(
            oldSize: 3,
            proof: tree.consistency(from: 3, to: 7),
            checkpoint: try await Self.checkpoint(tree)
        )
        #expect(request.bytes.starts(with: "old 3\n".bytes))
        #expect(try WitnessRequest(reading: request.bytes) == request)
        for bad in ["", "old 3\n", "old 03\n\n", "new 3\n\n", "old 3\nnot base64\n\n"] {
            let bytes = bad.bytes + request.checkpoint.note
            #expect(throws: AuditRefusal.self) { try WitnessRequest(reading: bytes) }
        }
    }

    @Test func `a changed byte is refused, or the request is read to those very bytes`()
        async throws
    {
        let tree = Self.tree(7)
        let witness = try await AuditWorld.signer("witness")
        let checkpoint = try await Self.checkpoint(tree)
        let line = try await witness.cosign(checkpoint, as: Self.name, at: AuditWorld.time)
        let request = WitnessRequest(
            oldSize: 3,
            proof: tree.consistency(from: 3, to: 7),
            checkpoint: checkpoint.cosigned(by: [line])
        )
        let log = try await AuditWorld.signer().publicKey
        let known = WitnessedHead(try await Self.checkpoint(Self.tree(3)))
        var cosigned = 0
        for index in request.bytes.indices {
            for change in [1, 0x20, 0x80] as [UInt8] {
                var bytes = request.bytes
                bytes[index] ^= change
                do throws(AuditRefusal) {
                    let read = try WitnessRequest(reading: bytes)
                    #expect(read.bytes == bytes)
                    let verdict = WitnessVerdict.judge(read, after: known, key: log)
                    // Lines of other keys below the log's own say nothing.
                    if verdict == .cosigns {
                        cosigned += read.checkpoint.body == checkpoint.body ? 0 : 1
                    }
                } catch {
                    #expect(!error.code.isEmpty)
                }
            }
        }
        #expect(cosigned == 0)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let seen: MerkleTree?
        let oldSize: UInt64
        let proof: [Digest]
        let new: MerkleTree
        /// nil: it is asked again, from what was seen.
        var verdict: WitnessVerdict?
    }

    static let cases: [Case] = {
        let (three, seven, forked) = (tree(3), tree(7), tree(7, from: 1))
        let proof = seven.consistency(from: 3, to: 7)
        return [
            Case(
                testDescription: "the first head needs no proof",
                seen: nil,
                oldSize: 0,
                proof: [],
                new: seven,
                verdict: .cosigns
            ),
            Case(
                testDescription: "a grown tree",
                seen: three,
                oldSize: 3,
                proof: proof,
                new: seven,
                verdict: .cosigns
            ),
            Case(
                testDescription: "the same head again",
                seen: seven,
                oldSize: 7,
                proof: [],
                new: seven,
                verdict: .cosigns
            ),
            Case(
                testDescription: "asked from another size",
                seen: three,
                oldSize: 2,
                proof: proof,
                new: seven
            ),
            Case(
                testDescription: "a tree that was cut",
                seen: seven,
                oldSize: 3,
                proof: [],
                new: three
            ),
            Case(
                testDescription: "another tree of the same size",
                seen: seven,
                oldSize: 7,
                proof: [],
                new: forked,
                verdict: .refuses(.forked)
            ),
            Case(
                testDescription: "another tree that is larger",
                seen: three,
                oldSize: 3,
                proof: forked.consistency(from: 3, to: 7),
                new: forked,
                verdict: .refuses(.forked)
            ),
        ]
    }()

    @Test(arguments: cases)
    func `a witness cosigns only what continues what it has seen`(item: Case) async throws {
        var known: WitnessedHead?
        if let seen = item.seen { known = WitnessedHead(try await Self.checkpoint(seen)) }
        let request = WitnessRequest(
            oldSize: item.oldSize,
            proof: item.proof,
            checkpoint: try await Self.checkpoint(item.new)
        )
        let log = try await AuditWorld.signer().publicKey
        let verdict = WitnessVerdict.judge(request, after: known, key: log)
        #expect(verdict == item.verdict ?? .conflict(known))
        let other = try await AuditWorld.signer("other").publicKey
        let stranger = WitnessVerdict.judge(request, after: known, key: other)
        #expect(stranger == .refuses(.badSignature))
    }

    @Test func `a log that has gone on is a new one, and its old one is never cosigned again`()
        async throws
    {
        let signer = try await AuditWorld.signer()
        let (three, seven) = (Self.tree(3), Self.tree(7))
        let old = WitnessedHead(try await Self.checkpoint(seven))
        let next = old.origin.successor(at: Timestamp(milliseconds: 1_795_000_000_000))
        let first = try await signer.checkpoint(next, three.head)
        let key = signer.publicKey
        func judged(
            _ oldSize: UInt64,
            _ checkpoint: Checkpoint,
            _ known: WitnessedHead?
        )
            -> WitnessVerdict
        {
            let request = WitnessRequest(oldSize: oldSize, proof: [], checkpoint: checkpoint)
            return WitnessVerdict.judge(request, after: known, key: key)
        }
        #expect(judged(0, first, old) == .cosigns)
        #expect(judged(7, first, old) == .conflict(nil))
        let known = WitnessedHead(first)
        #expect(judged(7, old.checkpoint, known) == .conflict(known))
        let empty = try await signer.checkpoint(old.origin, .empty)
        #expect(judged(0, empty, known) == .conflict(known))
        #expect(judged(0, empty, old) == .conflict(old))
        #expect(judged(0, empty, nil) == .cosigns)
    }
}
