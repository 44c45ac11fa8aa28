import Audit
import Delivery
import Directory
import Primitives
import TestKit
import Testing

@testable import Storage

/// Group commit, the moment of the answer, and a full disk.
@Suite struct EngineTests {
    typealias World = StorageWorld

    @Test func `a busy store commits many changes in one transaction`() async throws {
        let place = try await ExchangeStorePlace()
        let store = try #require(place.store as? SQLiteExchangeStore)
        let before = store.statistics
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<32 {
                group.addTask {
                    for number in 0..<8 {
                        let row = World.message(World.key(task * 8 + number))
                        let result = await store.commit([World.accept(row)])
                        #expect(throws: Never.self) { try result[0].get() }
                    }
                }
            }
        }
        let changes = store.statistics.changes - before.changes
        let transactions = store.statistics.transactions - before.transactions
        #expect(changes == 256)
        #expect(transactions < changes / 2, "\(transactions) transactions")
        let size = try await store.ask { try $0.openTree(.transport)?.size }
        #expect(size == 257)
    }

    @Test func `a store with one caller commits each change by itself`() async throws {
        let place = try await ExchangeStorePlace()
        let store = try #require(place.store as? SQLiteExchangeStore)
        let before = store.statistics
        for number in 0..<5 {
            _ = try await store.commit(World.accept(World.message(World.key(number))))
        }
        #expect(store.statistics.transactions - before.transactions == 5)
    }

    @Test func `the changes of one call are one transaction, with the loser left out`() async throws
    {
        let place = try await ExchangeStorePlace()
        let store = try #require(place.store as? SQLiteExchangeStore)
        let before = store.statistics
        let first = World.accept(World.message(World.key(1)))
        let last = World.accept(World.message(World.key(2)))
        let results = await store.commit([first, first, last])
        #expect(try results[0].get().positions.map(\.index) == [1])
        #expect(results[1] == .failure(.conflict(first.expects[0])))
        #expect(try results[2].get().positions.map(\.index) == [2])
        #expect(store.statistics.transactions - before.transactions == 1)
        #expect(store.statistics.changes - before.changes == 2)
    }

    @Test func `a batch ends at its number of changes or bytes`() {
        let one = { (bytes: Int) in WriteJob(acts: [{ _ in .none }], bytes: bytes) { _ in } }
        let many = Array(repeating: one(1), count: Limits.commitBatch + 1)
        #expect(WriteJob.batch(Array(many.dropLast())) == Limits.commitBatch)
        #expect(WriteJob.batch(many) == Limits.commitBatch)
        let half = Limits.commitBatchBytes / 2
        #expect(WriteJob.batch([one(half), one(half), one(0)]) == 3)
        #expect(WriteJob.batch([one(half), one(half), one(1)]) == 2)
        #expect(WriteJob.batch([one(3 * half), one(1)]) == 0, "the queue takes one at least")
    }

    @Test func `nobody is answered while the transaction is open`() async throws {
        let place = try await ExchangeStorePlace()
        let store = place.store
        // The blocker holds the write lock, so the store's transaction cannot even begin.
        let blocker = try Connection(path: place.folder.path + "/exchange.db", .write)
        try blocker.run("BEGIN IMMEDIATE")
        let isReleased = Lock(false)
        async let answer = Self.commit(store, isReleased)
        #expect(try await store.ask { try $0.message(World.key(1)) } == nil)
        isReleased.withLock { $0 = true }
        try blocker.run("COMMIT")
        let (result, wasReleased) = await answer
        #expect(wasReleased)
        #expect(throws: Never.self) { try result.get() }
        // Another connection sees what the answer has told.
        #expect(try blocker.number("SELECT count(*) FROM message") == 1)
    }

    private static func commit(
        _ store: any ExchangeStore,
        _ isReleased: Lock<Bool>
    ) async -> (Result<Committed, StoreError>, Bool) {
        let result = await store.commit([World.accept(World.message(World.key(1)))])[0]
        return (result, isReleased.withLock { $0 })
    }

    @Test func `a full disk leaves nothing half done, whatever page it lacks`() async throws {
        var succeeded = false
        var refused = 0
        for extra in 0..<60 where !succeeded {
            let folder = try TestFolder()
            let data = try ExchangeStorePlace.make(folder)
            var pages = 0
            do {
                let store = try ExchangeStorePlace.open(data)
                let trees = [World.keys, World.transport]
                for tree in trees {
                    _ = try await store.commit(World.change([], [World.opened(tree)]))
                }
                store.close()
                let connection = try Connection(path: folder.path + "/exchange.db", .write)
                pages = Int(try connection.number("PRAGMA page_count"))
            }
            var options = StoreOptions()
            options.maximumPages = pages + extra
            let store = try ExchangeStorePlace.open(data, options: options)
            succeeded = try await Self.fill(store)
            refused += succeeded ? 0 : 1
            store.close()
            // The check of the start finds the log whole.
            try ExchangeStorePlace.open(data).close()
        }
        #expect(succeeded)
        #expect(refused > 5)
    }

    /// - Returns: whether there was room.
    private static func fill(_ store: SQLiteExchangeStore) async throws -> Bool {
        let row = World.message(World.key(1))
        let large = ExchangeWrite.accept(
            row,
            sealed: [UInt8](repeating: 1, count: 60_000),
            to: World.members,
            accepted: World.accepted(row.key)
        )
        let entry = World.accepted(row.key, row.accepted)
        let result = await store.commit([World.change([large], [entry])])[0]
        let (message, size) = try await store.ask {
            (try $0.message(row.key), try $0.openTree(.transport)?.size)
        }
        switch result {
        case .success:
            #expect(message == row)
            #expect(size == 2)
            return true
        case .failure(let error):
            #expect(error == .full)
            #expect(error.isTemporary)
            #expect(message == nil)
            #expect(size == 1)
            return false
        }
    }

    @Test func `one change without room does not fail its neighbours`() async throws {
        let folder = try TestFolder()
        let data = try ExchangeStorePlace.make(folder)
        var options = StoreOptions()
        options.maximumPages = 250
        let store = try ExchangeStorePlace.open(data, options: options)
        _ = try await store.commit(World.change([], [World.opened(World.transport)]))
        let row = World.message(World.key(1))
        let large = ExchangeWrite.accept(
            row,
            sealed: [UInt8](repeating: 1, count: 2_000_000),
            to: [World.office],
            accepted: World.accepted(row.key)
        )
        let tooLarge = World.change([large], [World.accepted(row.key, row.accepted)])
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                #expect(await store.commit([tooLarge]) == [.failure(.full)])
            }
            for number in 2..<10 {
                group.addTask {
                    let result = await store.commit([
                        World.accept(World.message(World.key(number)))
                    ])
                    #expect(throws: Never.self) { try result[0].get() }
                }
            }
        }
        #expect(try await store.ask { try $0.openTree(.transport)?.size } == 9)
        store.close()
    }
}

extension Committed {
    fileprivate static var none: Committed { Committed(positions: [], receipts: []) }
}
