import Audit
import Primitives
import Testing

/// All proofs of all sizes up to 130, each with every kind of change at one of its hashes.
struct MerkleProofTests {
    static let most = 130
    static let tree = MerkleTree(leafHashes: (0..<most).map(AuditWorld.digest))
    static let heads = (0...most).map { size in
        TreeHead(size: UInt64(size), root: tree.root(size: UInt64(size)))
    }

    @Test func `every inclusion proof is accepted and no changed one`() {
        for head in MerkleProofTests.heads {
            for index in 0..<head.size {
                let leaf = MerkleProofTests.tree.leafHashes[Int(index)]
                let proof = MerkleProofTests.tree.inclusion(index: index, size: head.size)
                func accepts(_ proof: [Digest]) -> Bool {
                    Merkle.verifyInclusion(of: leaf, at: index, in: head, proof: proof)
                }
                #expect(accepts(proof))
                for changed in changes(of: proof, seed: index + head.size) {
                    #expect(!accepts(changed), "leaf \(index) of \(head.size)")
                }
            }
        }
    }

    @Test func `an inclusion proof is of one leaf, one place and one tree`() {
        for head in MerkleProofTests.heads.dropFirst(2) {
            let index = head.size / 3
            let leaf = MerkleProofTests.tree.leafHashes[Int(index)]
            let proof = MerkleProofTests.tree.inclusion(index: index, size: head.size)
            func accepts(_ leaf: Digest, _ index: UInt64, _ head: TreeHead) -> Bool {
                Merkle.verifyInclusion(of: leaf, at: index, in: head, proof: proof)
            }
            #expect(!accepts(AuditWorld.digest(-1), index, head))
            #expect(!accepts(leaf, index ^ 1, head))
            #expect(!accepts(leaf, head.size, head))
            #expect(!accepts(leaf, index, MerkleProofTests.heads[Int(head.size - 1)]))
        }
    }

    @Test func `every consistency proof is accepted and no changed one`() {
        for new in MerkleProofTests.heads {
            for old in MerkleProofTests.heads.prefix(Int(new.size) + 1) {
                let proof = MerkleProofTests.tree.consistency(from: old.size, to: new.size)
                func accepts(_ proof: [Digest]) -> Bool {
                    Merkle.verifyConsistency(from: old, to: new, proof: proof)
                }
                #expect(accepts(proof))
                for changed in changes(of: proof, seed: old.size + new.size) {
                    #expect(!accepts(changed), "\(old.size) to \(new.size)")
                }
            }
        }
    }

    @Test func `every range is proved whole, and none that is changed, cut or moved`() {
        for head in MerkleProofTests.heads[1...20] {
            for first in 0..<head.size {
                for end in first + 1...head.size {
                    let hashes = Array(
                        MerkleProofTests.tree.leafHashes[Int(first)..<Int(end)]
                    )
                    let flanks = MerkleProofTests.tree.flanks(of: first..<end, size: head.size)
                    func accepts(
                        _ hashes: [Digest],
                        _ first: UInt64,
                        _ flanks: [Digest]
                    ) -> Bool {
                        Merkle.verifyRange(of: hashes, from: first, in: head, flanks: flanks)
                    }
                    #expect(accepts(hashes, first, flanks))
                    #expect(flanks.count <= LogRange.maximumFlanks)
                    for changed in changes(of: flanks, seed: first + end + 1000) {
                        #expect(!accepts(hashes, first, changed), "\(first)..<\(end)")
                    }
                    let spoilt = [
                        Array(hashes.dropFirst()), hashes.dropLast(),
                        hashes + [AuditWorld.digest(-1)],
                        hashes.dropLast() + [AuditWorld.digest(-1)],
                    ]
                    for other in spoilt { #expect(!accepts(other, first, flanks)) }
                    if hashes.count > 1 { #expect(!accepts(hashes.reversed(), first, flanks)) }
                    #expect(!accepts(hashes, first + 1, flanks))
                    #expect(!accepts(hashes, .max, flanks))
                }
            }
        }
    }

    @Test func `a tree with another history is not consistent`() {
        let other = TreeHead(size: 64, root: AuditWorld.digest(-1))
        for new in MerkleProofTests.heads.dropFirst(64) {
            let old = MerkleProofTests.heads[64]
            let proof = MerkleProofTests.tree.consistency(from: 64, to: new.size)
            #expect(!Merkle.verifyConsistency(from: other, to: new, proof: proof))
            #expect(!Merkle.verifyConsistency(from: new, to: other, proof: proof))
            let forged = TreeHead(size: new.size, root: AuditWorld.digest(-2))
            #expect(!Merkle.verifyConsistency(from: old, to: forged, proof: proof))
        }
        let emptied = TreeHead(size: 0, root: AuditWorld.digest(-1))
        #expect(
            !Merkle.verifyConsistency(from: emptied, to: MerkleProofTests.heads[3], proof: [])
        )
    }

    /// The proof with one hash more, less, of another value or in another place; the places move
    /// with `seed`.
    private func changes(of proof: [Digest], seed: UInt64) -> [[Digest]] {
        let place = proof.isEmpty ? 0 : Int(seed) % proof.count
        var longer = proof
        longer.insert(AuditWorld.digest(seed), at: place)
        guard !proof.isEmpty else { return [longer] }
        var (shorter, other, moved) = (proof, proof, proof)
        shorter.remove(at: place)
        other[place] = AuditWorld.digest(seed)
        moved.swapAt(place, (place + 1) % proof.count)
        return proof.count > 1 ? [longer, shorter, other, moved] : [longer, shorter, other]
    }
}
