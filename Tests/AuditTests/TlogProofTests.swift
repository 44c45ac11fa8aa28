import Audit
import Cryptography
import Primitives
import Testing

struct TlogProofTests {
    static let leaves = (0..<7).map(AuditWorld.leaf)
    static let tree = leaves.reduce(into: MerkleTree()) { $0.append(leaf: $1) }

    static func proof(_ index: UInt64) async throws -> (proof: TlogProof, key: NotePublicKey) {
        let signer = try await AuditWorld.signer()
        let checkpoint = try await signer.checkpoint(AuditWorld.transport, tree.head)
        let hashes = tree.inclusion(index: index, size: tree.size)
        return (
            TlogProof(index: index, hashes: hashes, checkpoint: checkpoint), signer.publicKey
        )
    }

    @Test func `a proof has the lines of C2SP tlog-proof`() async throws {
        let (proof, _) = try await TlogProofTests.proof(5)
        let hashes = proof.hashes.map { Base64.encode($0.bytes, .standard) + "\n" }.joined()
        let note = String(decoding: proof.checkpoint.note, as: UTF8.self)
        let text = "c2sp.org/tlog-proof@v1\nindex 5\n\(hashes)\n\(note)"
        #expect(String(decoding: proof.bytes, as: UTF8.self) == text)
        #expect(try TlogProof(reading: proof.bytes) == proof)
    }

    @Test func `a tree of one leaf needs no hashes`() async throws {
        let signer = try await AuditWorld.signer()
        let tree = MerkleTree(leafHashes: [Merkle.leafHash(TlogProofTests.leaves[0])])
        let checkpoint = try await signer.checkpoint(AuditWorld.transport, tree.head)
        let proof = try TlogProof(
            reading: "c2sp.org/tlog-proof@v1\nindex 0\n\n".bytes + checkpoint.note
        )
        #expect(proof.hashes.isEmpty)
        try proof.verify(leaf: TlogProofTests.leaves[0], key: signer.publicKey)
    }

    @Test(arguments: 0..<7)
    func `each leaf verifies and no other leaf in its place`(index: Int) async throws {
        let (proof, key) = try await TlogProofTests.proof(UInt64(index))
        try TlogProof(reading: proof.bytes).verify(leaf: TlogProofTests.leaves[index], key: key)
        #expect(throws: AuditRefusal.notIncluded) {
            try proof.verify(leaf: TlogProofTests.leaves[(index + 1) % 7], key: key)
        }
        let other = try await AuditWorld.signer("other").publicKey
        #expect(throws: AuditRefusal.unknownKey) {
            try proof.verify(leaf: TlogProofTests.leaves[index], key: other)
        }
    }

    @Test func `no changed byte is accepted`() async throws {
        let (proof, key) = try await TlogProofTests.proof(5)
        let bytes = proof.bytes
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1
            #expect(throws: AuditRefusal.self, "byte \(place)") {
                try TlogProof(reading: changed).verify(leaf: TlogProofTests.leaves[5], key: key)
            }
        }
    }

    @Test(arguments: [
        ("@v1", "@v2"), ("index 5", "index 05"), ("index 5", "index  5"), ("index 5", "index"),
        ("index 5", "extra AAAA\nindex 5"), ("index 5\n", "index 5\n\n"), ("index 5\n", ""),
        ("index 5\n", "index 5\nAAAA\n"), ("index 5", "index 1099511627776"),
    ])
    func `a proof in another form is refused`(part: String, other: String) async throws {
        let text = String(decoding: try await TlogProofTests.proof(5).proof.bytes, as: UTF8.self)
        let changed = text.replacing(part, with: other, maxReplacements: 1)
        #expect(!changed.hasSameBytes(as: text))
        #expect(throws: AuditRefusal.self) { try TlogProof(reading: changed.bytes) }
    }

    @Test func `a proof has bounds`() async throws {
        let checkpoint = try await TlogProofTests.proof(5).proof.checkpoint
        func proof(_ count: Int) -> TlogProof {
            let hashes = (0..<count).map(AuditWorld.digest)
            return TlogProof(index: 5, hashes: hashes, checkpoint: checkpoint)
        }
        #expect(try TlogProof(reading: proof(63).bytes).hashes.count == 63)
        #expect(throws: AuditRefusal.self) { try TlogProof(reading: proof(64).bytes) }
        #expect(throws: AuditRefusal.malformed(DecodingRefusal(.tooLarge))) {
            try TlogProof(reading: [UInt8](repeating: 10, count: TlogProof.maximumBytes + 1))
        }
        #expect(throws: AuditRefusal.self) { try TlogProof(reading: []) }
    }
}
