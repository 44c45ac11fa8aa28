import Audit
import Cryptography
import Primitives

/// A database as it stood at one moment, copied while others read and write it.
///
/// The copy has the live rows and nothing of what was deleted: SQLite writes it anew.
package enum StoreCopy {
    /// What a copy says of itself.
    package struct Facts: Hashable, Sendable {
        package let schema: Int
        package let trees: [BackupTree]

        package init(schema: Int, trees: [BackupTree]) {
            self.schema = schema
            self.trees = trees
        }
    }

    /// Copies the database at `path` to `copy`, which only the service may read.
    ///
    /// - Throws: `noStore` where there is no database; `rolledBack` and `damaged` when what was
    ///   copied may not be relied on; `full`.
    package static func make(of path: String, at copy: String) throws(StoreError) {
        guard try FileSystem.isThere(path) else { throw .noStore }
        try remove(copy)
        try FileSystem.touch(copy)
        try Connection(path: path, .read).run("VACUUM INTO ?1", copy)
    }

    /// Takes a copy away. What it had stands nowhere on the disk, not even in a free block.
    package static func remove(_ copy: String) throws(StoreError) {
        guard try FileSystem.isThere(copy) else { return }
        try FileSystem.overwrite(copy)
        try FileSystem.remove(copy)
    }

    /// What a copy of `exchange.db` or `store.db` says, after a look at its log.
    package static func facts(ofStore copy: String) throws(StoreError) -> Facts {
        let connection = try Connection(path: copy, .read)
        try connection.checkLog()
        var trees: [BackupTree] = []
        for (origin, tree) in try connection.namedTrees() {
            let saved = try connection.newestCheckpoint(of: tree)
            trees.append(
                BackupTree(
                    origin: origin,
                    size: Int(tree.size),
                    checkpointSha256: saved.map { SHA256.hash($0.checkpoint.note) }
                )
            )
        }
        return Facts(schema: try schema(connection), trees: trees)
    }

    /// Whether this program writes databases in this form. One of an earlier form is brought to it
    /// at the next start, which looks at its log then.
    ///
    /// - Throws: `newerSchema` for one that only a later program reads.
    package static func isPresent(
        _ schema: Int,
        _ part: BackupManifest.Part,
        of kind: DataFolder.Kind
    ) throws(StoreError) -> Bool {
        let file =
            switch (part, kind) {
            case (.keys, _): SecretsFile.file
            case (.store, .exchange): ExchangeSchema.file
            case (.store, .gateway): GatewaySchema.file
            }
        let known = file.migrations.count
        guard schema <= known else {
            throw .newerSchema(found: Int64(schema), known: Int64(known))
        }
        return schema == known
    }

    /// The same of a copy of `secrets.db`, which has no log.
    package static func facts(ofKeys copy: String) throws(StoreError) -> Facts {
        Facts(schema: try schema(try Connection(path: copy, .read)), trees: [])
    }

    private static func schema(_ connection: Connection) throws(StoreError) -> Int {
        Int(try connection.number("PRAGMA user_version"))
    }

    /// The names of the files beside the database that it names, in order.
    package static func segments(
        of copy: String,
        _ kind: DataFolder.Kind
    ) throws(StoreError) -> [String] {
        let connection = try Connection(path: copy, .read)
        switch kind {
        case .exchange:
            return try connection.rows("SELECT name FROM chunk ORDER BY name") {
                row throws(StoreError) in try row[0]
            }
        case .gateway:
            return try connection.rows("SELECT sha256 FROM chunk ORDER BY sha256") {
                row throws(StoreError) in (try row[0] as Digest).hex
            }
        }
    }

    /// Whether a database names the file of this name now.
    package static func names(
        _ segment: String,
        in path: String,
        _ kind: DataFolder.Kind
    ) throws(StoreError) -> Bool {
        let connection = try Connection(path: path, .read)
        switch kind {
        case .exchange:
            return try connection.exists("SELECT 1 FROM chunk WHERE name = ?1", segment)
        case .gateway:
            guard let sha256 = Digest(hex: segment) else { return false }
            return try connection.exists("SELECT 1 FROM chunk WHERE sha256 = ?1", sha256)
        }
    }

    /// Checks a whole database page by page.
    ///
    /// - Throws: `damaged` where SQLite finds anything, or where it is not of the kind.
    package static func check(_ path: String, schema: Int) throws(StoreError) {
        let connection = try Connection(path: path, .read)
        let verdict: [String] = try connection.rows("PRAGMA integrity_check(1)") {
            row throws(StoreError) in try row[0]
        }
        guard verdict.count == 1, verdict[0].hasSameBytes(as: "ok"),
            try !connection.exists("PRAGMA foreign_key_check"),
            try self.schema(connection) == schema
        else { throw .damaged }
    }
}
