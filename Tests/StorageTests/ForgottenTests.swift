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
        // The order of their ids is not that of their acceptance.
        let rows = (0..<2000).map { World.message(World.key($0 &* 2_654_435_761 % 100_003)) }
        for start in stride(from: 0, to: rows.count, by: 200) {
            let changes = rows[start..<start + 200].map { World.accept($0, to: [World.office]) }
            for result in await place.store.commit(changes) { _ = try result.get() }
        }
        #expect(try ids(in: place).isSuperset(of: rows.map(\.key.messageID.text)))
        let gone = rows.prefix(1500).map(\.key)
        for start in stride(from: 0, to: gone.count, by: 100) {
            let keys = Array(gone[start...].prefix(100))
            try await place.store.keep([.forget(rows[0].fiscalYear, keys, openings: [])])
        }
        try await place.store.destroyDataKeys(ofYear: rows[0].fiscalYear)
        let left = try ids(in: place)
        #expect(left.count >= rows.count - gone.count)
        #expect(left.isDisjoint(with: gone.map(\.messageID.text)))
    }

    /// Whatever looks like the id of a message, in any file.
    private func ids(in place: ExchangeStorePlace) throws -> Set<String> {
        var found: Set<String> = []
        let pattern = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/
        for file in try place.folder.files() {
            let text = String(decoding: file.map { $0 < 0x80 ? $0 : 0 }, as: UTF8.self)
            for match in text.matches(of: pattern) { found.insert(String(match.output)) }
        }
        return found
    }
}
