import Foundation
import Primitives
import Storage
import TestKit

/// A folder that is gone when the last reference is.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "renkei-exchange-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch {
            assertionFailure("a test's folder can be removed: \(error)")
        }
    }

    /// An exchange whose store is in this folder.
    func exchange(seed: UInt64 = 1) async throws -> LoopbackExchange {
        try await LoopbackExchange.make(seed: seed) { clock, source in
            let folder = try DataFolder.create(
                path + "/data",
                kind: .exchange,
                isSandbox: true,
                at: clock.now
            )
            return try SQLiteExchangeStore(in: folder, clock: clock, source: source)
        }
    }

    /// Every file with its bytes.
    func files() throws -> [(name: String, bytes: [UInt8])] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String }
        return try (names ?? []).compactMap { name in
            let file = URL(filePath: path + "/" + name)
            guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true
            else { return nil }
            return (name, Array(try Data(contentsOf: file)))
        }
    }

    /// Names of the files that hold `needle`.
    func holding(_ needle: [UInt8]) throws -> [String] {
        try files().filter { Data($0.bytes).range(of: Data(needle)) != nil }.map(\.name)
    }
}
