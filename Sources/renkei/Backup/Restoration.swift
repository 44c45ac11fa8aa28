import Cryptography
import Primitives
import Storage

/// Puts a place back out of its backup, into an empty folder. Everything is checked before anything
/// is written, and `format`, without which no service opens the folder, is written last.
struct Restoration {
    /// A backup with the wrapped keys that belong to it.
    struct Source {
        let store: BackupFile
        let keys: BackupFile
    }

    /// What was restored of one place.
    struct Restored {
        let manifest: BackupManifest
        let files: Int
        /// Attachments that the store had let go of while the backup was made.
        let missing: Int
    }

    let kind: DataFolder.Kind
    let folder: String
    let key: OpeningKey

    /// Finds the newest keys beside the file: what was erased since it was made stays erased. Keys
    /// older than the store open a part of it alone; those of tomorrow were made by a wrong clock.
    static func source(
        _ path: String,
        _ kind: DataFolder.Kind,
        _ roots: [Certificate],
        at now: Timestamp
    ) throws -> Source {
        let store = try BackupFile(path)
        guard store.manifest.kind == kind else { throw BackupFault.otherKind(path) }
        guard store.manifest.part == .store else { throw BackupFault.damaged(path) }
        let folder = Files.folder(of: path)
        let beside = try Files.names(in: folder).compactMap { BackupName($0) }.filter {
            $0.owner == store.manifest.owner && $0.part == .keys
                && $0.madeAt >= store.manifest.madeAt && $0.madeAt <= now
        }
        guard let newest = beside.max(by: { $0.madeAt < $1.madeAt }) else {
            throw BackupFault.keysMissing(path)
        }
        let keys = try BackupFile("\(folder)/\(newest)")
        for file in [store, keys] { try file.check(roots) }
        return Source(store: store, keys: keys)
    }

    /// - Throws: `notEmpty` for a folder with anything in it.
    func run(_ sources: [Source], at now: Timestamp) async throws -> [Restored] {
        try Files.makeResultFolder(folder)
        guard try Files.names(in: folder).isEmpty else { throw BackupFault.notEmpty(folder) }
        var restored: [Restored] = []
        do {
            for source in sources { restored.append(try await restore(source, at: now)) }
            _ = try DataFolder.create(
                folder,
                kind: kind,
                isSandbox: sources.contains { $0.store.manifest.isSandbox },
                at: now
            )
        } catch {
            for name in try Files.names(in: folder) { try Files.removeTree("\(folder)/\(name)") }
            throw error
        }
        return restored
    }

    private func restore(_ source: Source, at now: Timestamp) async throws -> Restored {
        let manifest = source.store.manifest
        let base = kind == .exchange ? folder : "\(folder)/orgs/\(manifest.owner)"
        for inner in ["segments", "keys"] + (kind == .exchange ? ["ca"] : []) {
            try Files.makeFolder("\(base)/\(inner)")
        }
        for file in [source.store, source.keys] {
            let output = UnpackedFiles(base)
            try await file.unpack(key) { try output.take($0) }
        }
        let missing = try check(source, in: base)
        try RestoreMark(backupAt: manifest.madeAt, restoredAt: now).write(in: base)
        return Restored(
            manifest: manifest,
            files: manifest.files + source.keys.manifest.files,
            missing: missing
        )
    }

    /// The databases page by page, the log against its checkpoints, the files that are named.
    ///
    /// - Returns: how many of those are not there.
    private func check(_ source: Source, in base: String) throws -> Int {
        for file in [source.store, source.keys] {
            let manifest = file.manifest
            let path = "\(base)/\(BackupEntry.database(manifest.part, of: kind))"
            guard Files.exists(path) else { throw BackupFault.damaged(file.path) }
            let isPresent = try StoreCopy.isPresent(manifest.schema, manifest.part, of: kind)
            do throws(StoreError) {
                try StoreCopy.check(path, schema: manifest.schema)
                guard isPresent, manifest.part == .store else { continue }
                guard try StoreCopy.facts(ofStore: path).trees == manifest.trees else {
                    throw .damaged
                }
            } catch { throw BackupFault.damaged(file.path) }
        }
        let database = "\(base)/\(BackupEntry.database(.store, of: kind))"
        return try StoreCopy.segments(of: database, kind).count {
            !Files.exists("\(base)/segments/\($0)")
        }
    }
}

/// Writes what comes out of a backup below a folder; each file is on the disk when it ends.
private final class UnpackedFiles {
    private let base: String
    private var open: Output?

    private final class Output {
        let file: OpenFile
        init(_ path: String) throws { file = try OpenFile(creating: path) }
    }

    init(_ base: String) { self.base = base }

    func take(_ step: BackupStream.Step) throws {
        switch step {
        case .begin(let entry): open = try Output("\(base)/\(entry.path)")
        case .bytes(let bytes):
            guard let open else { return }
            try open.file.append(Array(bytes))
        case .end:
            guard let open else { return }
            try open.file.sync()
            self.open = nil
        }
    }
}
