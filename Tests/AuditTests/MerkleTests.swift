import Audit
import Cryptography
import Primitives
import Testing

/// RFC 6962 with the leaves and values of the Certificate Transparency reference tests.
struct MerkleTests {
    static let leaves = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ].compactMap(Hex.decode)

    static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    static let tree = leaves.reduce(into: MerkleTree()) { $0.append(leaf: $1) }

    @Test(arguments: zip(0...8 as ClosedRange<UInt64>, roots))
    func `the root of every size is the known one`(size: UInt64, root: String) {
        #expect(MerkleTests.tree.root(size: size).hex == root)
        let grown = MerkleTree(leafHashes: MerkleTests.tree.leafHashes.prefix(Int(size)))
        #expect(grown.head == TreeHead(size: size, root: MerkleTests.tree.root(size: size)))
        #expect(MerkleTests.tree.contains(grown.head))
    }

    @Test func `known inclusion proofs come out`() {
        let nodes = [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]
        #expect(MerkleTests.tree.inclusion(index: 0, size: 8).map(\.hex) == nodes)
        #expect(MerkleTests.tree.inclusion(index: 0, size: 1).isEmpty)
        #expect(MerkleTests.tree.consistency(from: 1, to: 8).map(\.hex) == nodes)
    }

    @Test func `known consistency proofs come out`() {
        let sixToEight = [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
        let twoToFive = [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ]
        #expect(MerkleTests.tree.consistency(from: 6, to: 8).map(\.hex) == sixToEight)
        #expect(MerkleTests.tree.consistency(from: 2, to: 5).map(\.hex) == twoToFive)
        #expect(MerkleTests.tree.consistency(from: 0, to: 8).isEmpty)
        #expect(MerkleTests.tree.consistency(from: 8, to: 8).isEmpty)
    }

    @Test func `a tree that was rolled back or rewritten does not contain its checkpoint`() {
        let head = MerkleTests.tree.head
        let leaves = MerkleTests.tree.leafHashes
        #expect(MerkleTree(leafHashes: leaves + [AuditWorld.digest(9)]).contains(head))
        #expect(!MerkleTree(leafHashes: leaves.dropLast()).contains(head))
        #expect(!MerkleTree(leafHashes: leaves.dropLast() + [leaves[0]]).contains(head))
        #expect(MerkleTree().contains(.empty))
        #expect(MerkleTests.tree.contains(.empty))
    }

    @Test func `an error of the node store passes through`() {
        struct Broken: Error, Equatable {}
        #expect(throws: Broken()) {
            try Merkle.root(size: 3) { _ throws(Broken) in throw Broken() }
        }
    }

    @Test func `an appended leaf names only the subtrees that it completes`() {
        let nodes = Merkle.appended(leafHash: AuditWorld.digest(3), at: 3) {
            AuditWorld.digest($0.level)
        }
        #expect(nodes.map(\.position.level) == [0, 1, 2])
        #expect(nodes.map(\.position.index) == [3, 1, 0])
        let lone = Merkle.appended(leafHash: AuditWorld.digest(4), at: 4) { _ in
            Merkle.emptyRoot
        }
        #expect(lone.map(\.position) == [Merkle.NodePosition(level: 0, index: 4)])
    }
}
