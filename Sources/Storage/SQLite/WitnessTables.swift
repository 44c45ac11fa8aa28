import Audit
import Primitives

extension Connection {
    func store(_ fact: WitnessFact) throws(StoreError) {
        switch fact {
        case .cosigned(let origin, let size, let cosignature):
            guard let tree = try tree(origin) else { throw .damaged }
            try run(
                "INSERT OR IGNORE INTO auditCosignature VALUES (?1, ?2, ?3, ?4)",
                tree.signing,
                size,
                cosignature.witness.text,
                cosignature.line.bytes
            )
        case .saw(let seen, let after):
            let known = try witnessedHead(of: seen.origin)
            let same = known.flatMap { $0.origin == seen.origin ? $0 : nil }
            guard same?.head.size ?? 0 == after else { return }
            try run(
                "INSERT OR REPLACE INTO witnessState VALUES (?1, ?2, ?3, ?4)",
                seen.origin,
                seen.head.size,
                seen.head.root,
                seen.checkpoint.note
            )
        }
    }

    fileprivate func witnessedHead(of origin: TreeOrigin) throws(StoreError) -> WitnessedHead? {
        // No other tree begins with its name and a point: all years have four digits.
        let first = origin.first.text
        let heads = try rows(
            "SELECT note FROM witnessState WHERE origin = ?1 OR (origin > ?2 AND origin < ?3)",
            first,
            first + ".",
            first + "/"
        ) { row throws(StoreError) in WitnessedHead(try Checkpoint(stored: row[0])) }
        return heads.max { $1.origin.isNewer(than: $0.origin) }
    }
}

extension SQLiteSnapshot {
    func checkpoints(of tree: TreeOrigin, limit: Int) throws(StoreError) -> [Checkpoint] {
        guard let stored = try connection.tree(tree) else { return [] }
        let notes = try connection.rows(
            "SELECT note FROM auditCheckpoint WHERE tree = ?1 ORDER BY size DESC LIMIT ?2",
            stored.signing,
            limit
        ) { row throws(StoreError) in try Checkpoint(stored: row[0]) }
        return try notes.map { checkpoint throws(StoreError) in
            let lines: [[UInt8]] = try connection.rows(
                """
                SELECT line FROM auditCosignature WHERE tree = ?1 AND size = ?2 ORDER BY witness
                """,
                stored.signing,
                checkpoint.head.size
            ) { row throws(StoreError) in try row[0] }
            return checkpoint.cosigned(
                by: try lines.map { line throws(StoreError) in try Cosignature(stored: line) }
            )
        }
    }

    func lastCosigned(_ tree: TreeOrigin, by witness: ByteText) throws(StoreError) -> Cosigned? {
        guard let stored = try connection.tree(tree) else { return nil }
        return try connection.row(
            """
            SELECT size, line FROM auditCosignature WHERE tree = ?1 AND witness = ?2
            ORDER BY size DESC LIMIT 1
            """,
            stored.signing,
            witness.text
        ) { row throws(StoreError) in
            Cosigned(size: try row[0], at: try Cosignature(stored: row[1]).at)
        }
    }

    func witnessedHead(of origin: TreeOrigin) throws(StoreError) -> WitnessedHead? {
        try connection.witnessedHead(of: origin)
    }
}

extension Cosignature {
    fileprivate init(stored line: [UInt8]) throws(StoreError) {
        self = try wrap({ (_: AuditRefusal) in StoreError.damaged }) { () throws(AuditRefusal) in
            try Cosignature(reading: String(decoding: line, as: UTF8.self))
        }
    }
}
