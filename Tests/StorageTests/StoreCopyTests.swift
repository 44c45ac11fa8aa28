import Audit
import Foundation
import Primitives
import Testing

@testable import Storage

/// A database copied while it is written.
@Suite struct StoreCopyTests {
    typealias World = StorageWorld

    @Test func `a copy is one moment of a store that goes on being written`() async throws {
        let folder = try TestFolder()
        let data = try ExchangeStorePlace.make(folder)
        let store = try ExchangeStorePlace.open(data)
        _ = try await store.commit(World.change([], [World.opened(World.transport)]))
        let copy = folder.path + "/copy"
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 1...200 {
                    _ = try await store.commit(World.accept(World.message(World.key(number))))
                }
            }
            for _ in 1...10 {
                try StoreCopy.make(of: folder.path + "/exchange.db", at: copy)
                let facts = try StoreCopy.facts(ofStore: copy)
                try StoreCopy.check(copy, schema: facts.schema)
                // One leaf opened the tree; every other one has its message.
                let messages = try Connection(path: copy, .read)
                    .number("SELECT count(*) FROM message")
                #expect(facts.trees.map(\.size) == [Int(messages) + 1])
                try StoreCopy.remove(copy)
                #expect(!FileManager.default.fileExists(atPath: copy))
            }
            try await group.waitForAll()
        }
        store.close()
    }

    @Test func `a copy says its checkpoints, and one that does not fit them is refused`()
        async throws
    {
        let place = try await ExchangeStorePlace()
        let head = try #require(
            try await place.store.ask { try $0.head(of: World.transport, size: 1) }
        )
        let checkpoint = try await LogTests.signer().checkpoint(World.transport, head)
        try await place.store.save(checkpoint, signedAt: World.start)
        let copy = place.folder.path + "/copy"
        try StoreCopy.make(of: place.folder.path + "/exchange.db", at: copy)
        let facts = try StoreCopy.facts(ofStore: copy)
        #expect(
            facts.trees.filter { $0.checkpointSha256 != nil }.map(\.origin.kind) == [.transport]
        )
        let connection = try Connection(path: copy, .write)
        try connection.script("DROP TRIGGER auditTreeDoesNotShrink")
        try connection.script("UPDATE auditTree SET size = 0 WHERE origin LIKE '%transport%'")
        #expect(throws: StoreError.rolledBack(.transport)) {
            try StoreCopy.facts(ofStore: copy)
        }
        #expect(throws: StoreError.damaged) {
            try StoreCopy.check(copy, schema: facts.schema + 1)
        }
    }

    @Test func `a database of an earlier form is taken, one of a later program is not`()
        async throws
    {
        let place = try await GatewayStorePlace()
        let path = place.folder.path + "/orgs/\(World.hospital)/store.db"
        let copy = place.folder.path + "/copy"
        try StoreCopy.make(of: path, at: copy)
        let schema = try StoreCopy.facts(ofStore: copy).schema
        #expect(try StoreCopy.isPresent(schema, .store, of: .gateway))
        #expect(try !StoreCopy.isPresent(schema - 1, .store, of: .gateway))
        #expect(throws: StoreError.newerSchema(found: 99, known: Int64(schema))) {
            try StoreCopy.isPresent(99, .store, of: .gateway)
        }
    }

    @Test func `only its owner reads a copy, and there is none of nothing`() async throws {
        let place = try await GatewayStorePlace()
        let path = place.folder.path + "/orgs/\(World.hospital)"
        let copy = place.folder.path + "/copy"
        for (name, facts) in [
            ("store.db", StoreCopy.facts(ofStore:)), ("secrets.db", StoreCopy.facts(ofKeys:)),
        ] {
            try StoreCopy.make(of: "\(path)/\(name)", at: copy)
            let attributes = try FileManager.default.attributesOfItem(atPath: copy)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(try facts(copy).schema > 0)
        }
        #expect(throws: StoreError.noStore) {
            try StoreCopy.make(of: path + "/none.db", at: copy)
        }
    }

    @Test func `the files that a store names are told in order, as long as it names them`()
        async throws
    {
        let place = try await GatewayStorePlace()
        let names = [3, 1, 2].map { number in
            (World.digest("\(number)"), [UInt8(number)])
        }
        for (sha256, bytes) in names {
            try await place.store.keepChunk(sha256, bytes, at: World.start)
        }
        let database = place.folder.path + "/orgs/\(World.hospital)/store.db"
        let copy = place.folder.path + "/copy"
        try StoreCopy.make(of: database, at: copy)
        let segments = try StoreCopy.segments(of: copy, .gateway)
        #expect(segments == names.map(\.0.hex).sorted())
        try await place.store.dropChunks(storedBefore: World.at(1))
        for name in segments {
            #expect(try StoreCopy.names(name, in: copy, .gateway))
            #expect(try !StoreCopy.names(name, in: database, .gateway))
        }
        #expect(try !StoreCopy.names("x", in: copy, .gateway))
    }
}
