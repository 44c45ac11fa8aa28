import Delivery
import Primitives
import Storage
import TestKit
import Testing

private typealias World = StorageWorld

/// Whose a received message is, in every store.
struct AssignmentContractTests {
    @Test(arguments: StoreEngine.allCases)
    func `an assignment raises the revision, stays, and is listed`(
        engine: StoreEngine
    ) async throws {
        let place = try await GatewayStorePlace(engine)
        for number in 1...3 {
            let row = World.inbox(number)
            let write = GatewayWrite.receive(row, World.inboxBytes(number))
            _ = try await place.store.commit(World.act(write))
        }
        func listed(_ list: InboxList) async throws -> [MessageKey] {
            try await place.store.ask { try $0.inbox(list, .none, ListSlice(limit: 9)).map(\.key) }
        }
        let keys = (1...3).map { World.key($0, from: World.office) }
        let mine = InboxList.assigned(to: World.account)
        #expect(try await listed(.unassigned) == keys.reversed())
        _ = try await place.store.commit(World.act(.assign(keys[0], World.account)))
        let row = try await place.store.ask { try $0.inbox(keys[0]) }
        #expect(row?.assignee == World.account && row?.revision == 2)
        #expect(try await listed(mine) == [keys[0]])
        #expect(try await listed(.unassigned) == [keys[2], keys[1]])
        // It outlasts what becomes of the message.
        let moved = GatewayWrite.moveInbox(keys[0], .opened, at: World.at(5))
        _ = try await place.store.commit(World.act(moved))
        #expect(try await listed(mine) == [keys[0]])
        let taken = GatewayWrite.moveInbox(keys[1], .confirmed, at: World.at(6))
        _ = try await place.store.commit(World.act(taken))
        #expect(try await listed(.unassigned) == [keys[2]])
        let later = GatewayWrite.replaced(keys[2], by: World.messageID(9))
        _ = try await place.store.commit(World.act(later))
        #expect(try await listed(.unassigned) == [])
        _ = try await place.store.commit(World.act(.assign(keys[0], nil)))
        #expect(try await listed(mine) == [])
        #expect(try await listed(.unassigned) == [keys[0]])
        await #expect(throws: StoreError.conflict(nil)) {
            try await place.store.commit(World.act(.assign(World.key(8), nil)))
        }
    }
}
