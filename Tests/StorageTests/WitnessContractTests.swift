import Audit
import Cryptography
import Primitives
import Storage
import TestKit
import Testing

/// What stores keep of witnesses.
@Suite struct WitnessContractTests {
    typealias World = StorageWorld
    private static let origin = World.keys

    @Test(arguments: StoreEngine.allCases)
    func `a head is kept only after the one before it`(engine: StoreEngine) async throws {
        let place = try await ExchangeStorePlace(engine)
        let signer = try await Self.signer()
        func seen(_ size: UInt64, after: UInt64) async throws -> UInt64? {
            let head = TreeHead(size: size, root: SHA256.hash("\(size)".bytes))
            let checkpoint = try await signer.checkpoint(Self.origin, head)
            try await place.store.keep([.witness(.saw(WitnessedHead(checkpoint), after: after))])
            return try await place.store.ask { try $0.witnessedHead(of: Self.origin)?.head.size }
        }
        #expect(try await seen(5, after: 3) == nil)
        #expect(try await seen(5, after: 0) == 5)
        #expect(try await seen(7, after: 0) == 5)
        #expect(try await seen(7, after: 5) == 7)
    }

    @Test(arguments: StoreEngine.allCases)
    func `cosignatures stand below their checkpoint`(engine: StoreEngine) async throws {
        let place = try await ExchangeStorePlace(engine)
        let signer = try await Self.signer()
        let tree = try await place.store.ask { try $0.trees().first }
        let origin = try #require(tree).origin
        let size = try #require(tree).size
        let head = try await place.store.ask { try $0.head(of: origin, size: size) }
        let checkpoint = try await signer.checkpoint(origin, try #require(head))
        try await place.store.save(checkpoint, signedAt: World.start)
        let name = WitnessName(origin.host)
        let line = try await signer.cosign(checkpoint, as: name, at: World.start)
        for _ in 0..<2 {
            try await place.store.keep([.witness(.cosigned(origin, size: size, line))])
        }
        let saved = try await place.store.ask { try $0.checkpoints(of: origin, limit: 3) }
        #expect(saved.first?.cosignatures == [line])
        let last = try await place.store.ask {
            try $0.lastCosigned(origin, by: ByteText(name.text))
        }
        #expect(last == Cosigned(size: size, at: line.at))
        let none = try await place.store.ask { try $0.lastCosigned(origin, by: ByteText("x")) }
        #expect(none == nil)
    }

    private static func signer() async throws -> CheckpointSigner {
        let keys = MemoryKeyStore(seed: [3])
        return try CheckpointSigner(
            store: keys,
            key: try await keys.generate(.log, label: "log")
        )
    }
}
