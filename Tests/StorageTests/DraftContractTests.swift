import Primitives
import Storage
import TestKit
import Testing

/// A draft that is saved again and again while somebody writes it.
struct DraftContractTests {
    @Test(arguments: StoreEngine.allCases)
    func `a draft goes on over the revision that was read, and over no other`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        let draft = StorageWorld.recordID("draft-1")
        let next = { (over: Int64, text: String) -> [GatewayUpkeep] in
            [.redraft(draft, over: over, StorageWorld.sealed(text), at: StorageWorld.at(Int(over)))]
        }
        await #expect(throws: StoreError.conflict(nil)) {
            try await place.store.keep(next(1, "nothing to go on with"))
        }
        _ = try await place.store.commit(
            StorageWorld.act(
                .record(.draft, draft, StorageWorld.sealed("one"), at: StorageWorld.at(0))
            )
        )
        try await place.store.keep(next(1, "two"))
        await #expect(throws: StoreError.conflict(nil)) {
            try await place.store.keep(next(1, "too late"))
        }
        let row = try await place.store.ask { try $0.record(.draft, draft) }
        #expect(row?.revision == 2)
        #expect(row?.sealed == StorageWorld.sealed("two"))
        #expect(row?.storedAt == StorageWorld.at(1))
    }
}
