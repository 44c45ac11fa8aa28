/// A database file of ours: what it is, and the steps that bring it to its newest form.
struct SQLiteFile {
    /// Marks the file as ours and of this kind (`PRAGMA application_id`).
    let application: Int64
    /// Step `n` brings schema `n` to `n + 1`. A step that was released is never changed.
    let migrations: [String]

    /// Makes the file if it is not there, brings it to the newest schema, and opens it for writing.
    ///
    /// - Throws: `unknownFile`, `newerSchema`; a file that is refused is not changed.
    func open(_ path: String) throws(StoreError) -> Connection {
        try FileSystem.touch(path)
        try examine(path)
        let connection = try Connection(path: path, .write)
        try migrate(connection)
        return connection
    }

    private func examine(_ path: String) throws(StoreError) {
        let connection = try Connection(path: path, .read)
        let found = try connection.number("PRAGMA application_id")
        let isEmpty = try !connection.exists("SELECT 1 FROM sqlite_schema")
        guard found == application || (found == 0 && isEmpty) else { throw .unknownFile }
        let schema = try connection.number("PRAGMA user_version")
        guard schema <= migrations.count else {
            throw .newerSchema(found: schema, known: Int64(migrations.count))
        }
    }

    private func migrate(_ connection: Connection) throws(StoreError) {
        let schema = Int(try connection.number("PRAGMA user_version"))
        for (number, step) in migrations.enumerated() where number >= schema {
            try connection.script("BEGIN IMMEDIATE")
            try connection.script(step)
            try connection.script("PRAGMA application_id = \(application)")
            try connection.script("PRAGMA user_version = \(number + 1)")
            try connection.script("COMMIT")
        }
    }
}
