import Foundation
import Primitives
import Storage
import TestKit

/// The stores that must behave alike.
enum StoreEngine: CaseIterable, Sendable {
    case model, sqlite
}

/// A folder of a test, gone with the value.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "renkei-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            preconditionFailure("a test cleans up: \(error)")
        }
    }

    /// The bytes of every file, to search for what must not be there.
    func files() throws -> [Data] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return try names.sorted().compactMap { name in
            let file = path + "/" + name
            let type = try FileManager.default.attributesOfItem(atPath: file)[.type]
            guard type as? FileAttributeType == .typeRegular else { return nil }
            return try Data(contentsOf: URL(fileURLWithPath: file))
        }
    }

    func contains(_ mark: String) throws -> Bool {
        try files().contains { $0.range(of: Data(mark.utf8)) != nil }
    }
}

/// An exchange's store with its folder and clock; its trees are open.
struct ExchangeStorePlace {
    let folder: TestFolder
    let clock = SimulatedTime()
    let store: any ExchangeStore

    init(_ engine: StoreEngine = .sqlite) async throws {
        folder = try TestFolder()
        switch engine {
        case .model: store = ModelExchangeStore(clock: clock, source: StorageWorld.source)
        case .sqlite:
            store = try Self.open(try Self.make(folder), clock)
        }
        let trees = [StorageWorld.keys, StorageWorld.transport]
        for tree in trees {
            _ = try await store.commit(StorageWorld.change([], [StorageWorld.opened(tree)]))
        }
    }

    static func make(_ folder: TestFolder) throws(StoreError) -> DataFolder {
        try DataFolder.create(
            folder.path,
            kind: .exchange,
            isSandbox: true,
            at: StorageWorld.start
        )
    }

    static func open(
        _ folder: DataFolder,
        _ clock: SimulatedTime = SimulatedTime(),
        options: StoreOptions = StoreOptions()
    ) throws(StoreError) -> SQLiteExchangeStore {
        try SQLiteExchangeStore(
            in: folder,
            clock: clock,
            source: StorageWorld.source,
            options: options
        )
    }
}

/// An organisation's store with its folder and clock; its tree is open.
struct GatewayStorePlace {
    let folder: TestFolder
    let clock = SimulatedTime()
    let store: any GatewayStore

    init(_ engine: StoreEngine = .sqlite) async throws {
        folder = try TestFolder()
        switch engine {
        case .model: store = ModelGatewayStore(clock: clock, source: StorageWorld.source)
        case .sqlite:
            let data = try DataFolder.create(
                folder.path,
                kind: .gateway,
                isSandbox: true,
                at: StorageWorld.start
            )
            store = try SQLiteGatewayStore(
                of: StorageWorld.hospital,
                in: data,
                clock: clock,
                source: StorageWorld.source
            )
        }
        let opened = StorageWorld.opened(StorageWorld.access)
        _ = try await store.commit(StorageWorld.change([], [opened]))
    }
}
