import Delivery
import Foundation
import Primitives
import Storage
import Testing

/// Of many rows pages are split and joined, and SQLite leaves bytes of them in the gaps.
@Suite struct ForgottenTests {
    typealias World = StorageWorld

    @Test func `of thousands of deliveries nothing is left in the files`() async throws {
        let place = try await ExchangeStorePlace(.sqlite)
        let rows = (0..<2000).map { World.message(World.key($0)) }
        for start in stride(from: 0, to: rows.count, by: 100) {
            let changes = rows[start..<start + 100].map { World.accept($0, to: [World.office]) }
            for result in await place.store.commit(changes) { _ = try result.get() }
        }
        let ids = rows.map { Data($0.key.messageID.text.utf8) }
        let whole = try place.folder.files().reduce(Data(), +)
        #expect(ids.allSatisfy { whole.range(of: $0) != nil })
        for start in stride(from: 0, to: rows.count, by: 100) {
            let keys = rows[start..<start + 100].map(\.key)
            try await place.store.keep([.forget(rows[0].fiscalYear, keys, openings: [])])
        }
        try await place.store.destroyDataKeys(ofYear: rows[0].fiscalYear)
        let left = try place.folder.files().reduce(Data(), +)
        #expect(!left.isEmpty)
        #expect(ids.count { left.range(of: $0) != nil } == 0)
    }
}
