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
            """,
            """
            CREATE TABLE dataKeyOfSubject (
                reference INTEGER PRIMARY KEY AUTOINCREMENT, use TEXT NOT NULL,
                fiscalYear INTEGER NOT NULL, subject BLOB NOT NULL, wrapped BLOB NOT NULL,
                createdAt TEXT NOT NULL, UNIQUE (use, fiscalYear, subject));
            INSERT INTO dataKeyOfSubject
                SELECT reference, use, fiscalYear, x'', wrapped, createdAt FROM dataKey;
            DROP TABLE dataKey;
            ALTER TABLE dataKeyOfSubject RENAME TO dataKey;
            """,
        ]
    )
}

extension SQLiteEngine {
    func dataKeys() async throws(StoreError) -> [DataKeyRow] {
        try await withSecrets { connection throws(StoreError) in
            try connection.rows(
                "SELECT * FROM dataKey WHERE subject = x'' ORDER BY reference",
                make: keptRow
            )
        }
    }

    func dataKey(_ reference: Int64) async throws(StoreError) -> DataKeyRow? {
        try await withSecrets { connection throws(StoreError) in
            try connection.row(
                "SELECT * FROM dataKey WHERE reference = ?1",
                reference,
                make: keptRow
            )
        }
    }

    func dataKey(of subject: [UInt8], in year: Int) async throws(StoreError) -> DataKeyRow? {
        try await withSecrets { connection throws(StoreError) in
            try connection.row(
                "SELECT * FROM dataKey WHERE subject = ?1 AND fiscalYear = ?2",
                subject,
                year,
                make: keptRow
            )
        }
    }

    /// Deletes the keys of a year, after the main file was written anew: pages that SQLite has
    /// split or joined keep bytes of deleted rows, whatever `secure_delete` does.
    func destroyDataKeys(ofYear year: Int) async throws(StoreError) {
        try await rewrite()
        _ = try await withSecrets { connection throws(StoreError) in
            try connection.run("DELETE FROM dataKey WHERE fiscalYear = ?1", year)
        }
        try await wipeSecretsLog()
    }

    private func wipeSecretsLog() async throws(StoreError) {
        let path = secretsPath
        try await outsideTransaction { connection throws(StoreError) in
            try connection.wipeLog(beside: path)
        }
    }

    /// Puts other wrappings of the same keys of years in their place, all or none.
    func rewrapDataKeys(_ wrapped: [Int64: [UInt8]]) async throws(StoreError) {
        _ = try await withSecrets { connection throws(StoreError) in
            for (reference, bytes) in wrapped {
                try connection.run(
                    "UPDATE dataKey SET wrapped = ?2 WHERE reference = ?1 AND subject = x''",
                    reference,
                    bytes
                )
            }
        }
        try await wipeSecretsLog()
    }

    /// Deletes the keys of persons that the main file says nothing is under any more, as above.
    ///
    /// - Returns: how many there were.
    func destroyDataKeys(_ spent: [Int64]) async throws(StoreError) -> Int {
        let standing = try await withSecrets { connection throws(StoreError) in
            var standing: [Int64] = []
            for reference in spent
            where try connection.exists("SELECT 1 FROM dataKey WHERE reference = ?1", reference) {
                standing.append(reference)
            }
            return standing
        }
        guard !standing.isEmpty else { return 0 }
        try await rewrite()
        _ = try await withSecrets { connection throws(StoreError) in
            for reference in standing {
                try connection.run(
                    "DELETE FROM dataKey WHERE reference = ?1 AND subject <> x''",
                    reference
                )
            }
        }
        try await wipeSecretsLog()
        return standing.count
    }

    /// A number that an older copy of this file, put back, does not give to another key.
    private static let drawn = "random() & 0x3FFFFFFFFFFFFFFF"

    /// - Returns: the row that stands.
    func keepDataKey(_ key: WrappedDataKey) async throws(StoreError) -> DataKeyRow {
        try await withSecrets { connection throws(StoreError) in
            try connection.run(
                """
                INSERT OR IGNORE INTO dataKey
                    (reference, use, fiscalYear, subject, wrapped, createdAt)
                VALUES (\(key.subject.isEmpty ? "NULL" : Self.drawn), ?1, ?2, ?3, ?4, ?5)
                """,
                key.use,
                key.fiscalYear,
                key.subject,
                key.wrapped,
                key.createdAt
            )
            let standing = try connection.row(
                "SELECT * FROM dataKey WHERE use = ?1 AND fiscalYear = ?2 AND subject = ?3",
                key.use,
                key.fiscalYear,
                key.subject,
                make: keptRow
            )
            guard let standing else { throw .damaged }
            return standing
        }
    }
}

private func keptRow(_ row: Connection.Row) throws(StoreError) -> DataKeyRow {
    DataKeyRow(
        reference: try row[0],
        key: WrappedDataKey(
            use: try row[1],
            fiscalYear: try row[2],
            subject: try row[3],
            wrapped: try row[4],
            createdAt: try row[5]
        )
    )
}

extension DataKeyUse: ColumnValue {}
