import Cryptography
import Primitives

/// The chunks of a store: rows of its table `chunk`, each with a file beside the database.
struct ChunkTable: Sendable {
    private let engine: SQLiteEngine
    private let folder: ChunkFolder
    private let drafts = Drafts()

    /// Two callers may bring the same chunk at once; each writes a file of its own.
    private final class Drafts: Sendable {
        private let count = Lock(0)

        func next() -> String {
            let number = count.withLock { count in
                count += 1
                return count
            }
            return "\(number).new"
        }
    }

    init(engine: SQLiteEngine, folder: ChunkFolder) {
        self.engine = engine
        self.folder = folder
    }

    /// Writes the file, then commits the row that names it by `insert`.
    func keep(
        _ name: String,
        _ bytes: [UInt8],
        insert: @escaping @Sendable (Connection) throws(StoreError) -> Void
    ) async throws(StoreError) {
        let folder = folder
        // The row of the same chunk may be dropped meanwhile: naming the file and inserting the row
        // are one step of the writer, as are looking for the row and removing the file.
        let draft = try await write(bytes)
        do throws(StoreError) {
            try await engine.write { connection throws(StoreError) in
                try folder.name(draft, name)
                try insert(connection)
            }
        } catch {
            folder.discard(draft)
            throw error
        }
    }

    /// - Returns: the name that the file has until it is named.
    func write(_ bytes: [UInt8]) async throws(StoreError) -> String {
        let (folder, draft) = (folder, drafts.next())
        try await engine.read { _ throws(StoreError) in try folder.write(draft, bytes) }
        return draft
    }

    func read(_ name: String) async throws(StoreError) -> [UInt8]? {
        let folder = folder
        return try await engine.read { _ throws(StoreError) in try folder.read(name) }
    }

    /// Removes the files of rows that were dropped.
    func remove(
        _ names: [String],
        unless isNamed: @escaping @Sendable (Connection, String) throws(StoreError) -> Bool
    ) async throws(StoreError) {
        guard !names.isEmpty else { return }
        let folder = folder
        try await engine.write { connection throws(StoreError) in
            for name in names where try !isNamed(connection, name) { try folder.remove(name) }
        }
    }
}
