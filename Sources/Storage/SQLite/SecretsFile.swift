import Primitives

/// `secrets.db`: wrapped data keys and nothing else, so that their backups can be short-lived.
enum SecretsFile {
    static let file = SQLiteFile(
        application: 0x524E_4B53,
        migrations: [
            """
            CREATE TABLE dataKey (
                reference INTEGER PRIMARY KEY AUTOINCREMENT, use TEXT NOT NULL,
                fiscalYear INTEGER NOT NULL, wrapped BLOB NOT NULL, createdAt TEXT NOT NULL,
                UNIQUE (use, fiscalYear));
            """
        ]
    )
}

extension SQLiteEngine {
    func dataKeys() async throws(StoreError) -> [DataKeyRow] {
        try await withSecrets { connection throws(StoreError) in
            try connection.rows("SELECT * FROM dataKey ORDER BY reference", make: dataKey)
        }
    }

    /// Deletes the keys of a year, after the main file was written anew: pages that SQLite has
    /// split or joined keep bytes of deleted rows, whatever `secure_delete` does.
    func destroyDataKeys(ofYear year: Int) async throws(StoreError) {
        try await rewrite()
        _ = try await withSecrets { connection throws(StoreError) in
            try connection.run("DELETE FROM dataKey WHERE fiscalYear = ?1", year)
        }
        try await outsideTransaction { connection throws(StoreError) in try connection.emptyLog() }
    }

    /// - Returns: the row that stands.
    func keepDataKey(_ key: WrappedDataKey) async throws(StoreError) -> DataKeyRow {
        try await withSecrets { connection throws(StoreError) in
            try connection.run(
                """
                INSERT OR IGNORE INTO dataKey (use, fiscalYear, wrapped, createdAt)
                VALUES (?1, ?2, ?3, ?4)
                """,
                key.use,
                key.fiscalYear,
                key.wrapped,
                key.createdAt
            )
            let standing = try connection.row(
                "SELECT * FROM dataKey WHERE use = ?1 AND fiscalYear = ?2",
                key.use,
                key.fiscalYear,
                make: dataKey
            )
            guard let standing else { throw .damaged }
            return standing
        }
    }
}

private func dataKey(_ row: Connection.Row) throws(StoreError) -> DataKeyRow {
    DataKeyRow(
        reference: try row[0],
        key: WrappedDataKey(
            use: try row[1],
            fiscalYear: try row[2],
            wrapped: try row[3],
            createdAt: try row[4]
        )
    )
}

extension DataKeyUse: ColumnValue {}
