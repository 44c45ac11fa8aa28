import Cryptography
import Foundation
import Primitives
import Storage
import TestKit
import Testing

/// Sealed chunks beside the databases.
@Suite struct ChunkTests {
    typealias World = StorageWorld

    private static func chunk(_ text: String) -> (sha256: Digest, sealed: [UInt8]) {
        (SHA256.hash(text.bytes), text.bytes)
    }

    @Test(arguments: StoreEngine.allCases)
    func `an office keeps chunks for a message, and drops what none has claimed`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        let store = place.store
        let (used, unused, unknown) = (Self.chunk("used"), Self.chunk("unused"), Self.chunk("no"))
        let key = World.key(1)
        for chunk in [used, unused, used] {
            try await store.keepChunk(chunk.sha256, chunk.sealed, at: World.at(1))
        }
        #expect(try await store.chunk(used.sha256) == used.sealed)
        #expect(try await store.chunk(unknown.sha256) == nil)
        #expect(try await store.ask { try $0.hasChunk(used.sha256) })
        #expect(try await store.ask { try !$0.hasChunk(unknown.sha256) })
        await #expect(throws: StoreError.conflict(nil)) {
            try await store.commit(World.act(.claim([unknown.sha256], by: key)))
        }
        _ = try await store.commit(World.act(.claim([used.sha256], by: key)))
        #expect(try await store.ask { try $0.chunks(of: key) } == [used.sha256])
        try await store.dropChunks(storedBefore: World.at(1))
        #expect(try await store.chunk(unused.sha256) == unused.sealed)
        try await store.dropChunks(storedBefore: World.at(2))
        #expect(try await store.chunk(unused.sha256) == nil)
        #expect(try await store.ask { try !$0.hasChunk(unused.sha256) })
        #expect(try await store.chunk(used.sha256) == used.sealed)
    }

    @Test(arguments: StoreEngine.allCases)
    func `a chunk may go from one message to another, and is dropped when it is nobody's`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        let store = place.store
        let (one, two) = (Self.chunk("one"), Self.chunk("two"))
        let (draft, message) = (World.key(1), World.key(2))
        for chunk in [one, two] {
            try await store.keepChunk(chunk.sha256, chunk.sealed, at: World.at(1))
        }
        for chunks in [[one.sha256], [two.sha256, one.sha256], [two.sha256]] {
            _ = try await store.commit(
                World.act(.release(draft), .claim(chunks, by: draft))
            )
            #expect(try await store.ask { try $0.chunks(of: draft) } == chunks)
        }
        _ = try await store.commit(World.act(.release(draft), .claim([two.sha256], by: message)))
        _ = try await store.commit(World.act(.release(draft)))
        try await store.dropChunks(storedBefore: World.at(2))
        #expect(try await store.chunk(one.sha256) == nil)
        #expect(try await store.chunk(two.sha256) == two.sealed)
        #expect(try await store.ask { try $0.chunks(of: message) } == [two.sha256])
    }

    private func names(in folder: TestFolder, _ inner: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder.path + inner))
    }

    @Test func `files that a killed process left go at the next start, named ones stay`()
        async throws
    {
        let place = try await GatewayStorePlace()
        let used = Self.chunk("used")
        try await place.store.keepChunk(used.sha256, used.sealed, at: World.at(1))
        place.store.close()
        let inner = "/orgs/\(World.hospital)/segments"
        for name in ["7.new", Self.chunk("left").sha256.hex] {
            try Data([1]).write(to: URL(fileURLWithPath: "\(place.folder.path)\(inner)/\(name)"))
        }
        let copy = try TestFolder()
        try FileManager.default.removeItem(atPath: copy.path)
        try FileManager.default.copyItem(atPath: place.folder.path, toPath: copy.path)
        let store = try SQLiteGatewayStore(
            of: World.hospital,
            in: try DataFolder(copy.path, kind: .gateway),
            clock: SimulatedTime(),
            source: World.source
        )
        #expect(try names(in: copy, inner) == [used.sha256.hex])
        #expect(try await store.chunk(used.sha256) == used.sealed)
    }

    @Test func `an exchange keeps chunks in files, which go with the body and the sweep`()
        async throws
    {
        let place = try await ExchangeStorePlace()
        let (used, unused) = (World.chunk("used"), World.chunk("unused"))
        let key = World.key(1)
        try await place.store.keep([.chunk(used), .chunk(unused)])
        #expect(try names(in: place.folder, "/segments").count == 2)
        let row = World.message(key, chunks: [World.offered(used)])
        _ = try await place.store.commit(World.accept(row))
        try await place.store.keep([.dropChunks(storedBefore: World.at(1_000_000))])
        #expect(try names(in: place.folder, "/segments").count == 1)
        #expect(try await place.store.ask { try $0.chunk(used.sha256, of: key) } == used.sealed)
        _ = try await place.store.commit(World.change([.deleteBody(key)], [World.released(key)]))
        #expect(try await place.store.ask { try $0.chunk(used.sha256, of: key) } == nil)
        try await place.store.keep([.dropChunks(storedBefore: World.at(0))])
        #expect(try names(in: place.folder, "/segments").isEmpty)
    }

    /// The same member's repeat at once, as after an answer that was lost.
    @Test func `two callers may bring the same chunk at the same time`() async throws {
        let place = try await ExchangeStorePlace()
        let chunk = World.chunk("twice")
        let store = place.store
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try await store.keep([.chunk(chunk)]) } }
            try await group.waitForAll()
        }
        #expect(try names(in: place.folder, "/segments").count == 1)
        let uploaded = try await store.ask {
            try $0.uploaded([chunk.sha256], by: World.hospital)
        }
        #expect(uploaded == [chunk.sha256: chunk.sealed.count])
    }
}
