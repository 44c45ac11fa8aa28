import Audit
import Delivery
import Directory
import Primitives

/// Statements, records and the mirrored directory.
extension GatewayTables {
    func storeStatement(_ write: GatewayWrite) throws(StoreError) {
        switch write {
        case .receipt(let statement, let disclosure):
            try connection.insert(statement)
            try connection.run(
                """
                INSERT INTO unproved SELECT place FROM statement
                WHERE sha256 = ?1 AND \(StatementTable.isReceipt)
                """,
                statement.sha256
            )
            guard let disclosure else { return }
            try connection.run(
                "INSERT INTO disclosure VALUES (?1, ?2, ?3)",
                statement.sha256,
                disclosure.keyReference,
                disclosure.bytes
            )
        case .send(let sha256):
            try connection.run("INSERT INTO outgoing (statement) VALUES (?1)", sha256)
            // What we send is our own: its proof is ours to give, not to ask for.
            try proved(sha256)
        case .sent(let sha256, let at):
            try change(
                "UPDATE outgoing SET sentAt = ?2 WHERE statement = ?1 AND sentAt IS NULL",
                sha256,
                at
            )
        default: preconditionFailure("stored by its own table")
        }
    }

    func storeRecord(_ write: GatewayWrite) throws(StoreError) {
        switch write {
        case .pair(let pair):
            try connection.run(
                "INSERT OR REPLACE INTO pair VALUES (?1, ?2, ?3, ?4)",
                pair.direction,
                pair.peer,
                pair.sequence,
                pair.message
            )
        case .record(let kind, let id, let sealed, let at):
            try connection.run(
                """
                INSERT INTO record VALUES (?1, ?2, 1, ?3, ?4, ?5)
                ON CONFLICT (kind, id) DO UPDATE SET revision = revision + 1,
                    keyReference = excluded.keyReference, sealed = excluded.sealed,
                    storedAt = excluded.storedAt
                """,
                kind,
                id,
                sealed.keyReference,
                sealed.bytes,
                at
            )
        case .dropRecord(let kind, let id):
            try change("DELETE FROM record WHERE kind = ?1 AND id = ?2", kind, id)
        case .setting(let name, let value): try set(name, value)
        default: preconditionFailure("stored by its own table")
        }
    }

    func store(_ fact: GatewayUpkeep) throws(StoreError) {
        switch fact {
        case .cursor(let name, let value):
            try connection.run("INSERT OR REPLACE INTO cursor VALUES (?1, ?2)", name, value)
        case .directoryLeaves(let tree, let leaves):
            for leaf in leaves {
                try connection.run(
                    "INSERT OR IGNORE INTO directoryLeaf VALUES (?1, ?2, ?3, ?4)",
                    tree,
                    leaf.index,
                    leaf.leaf,
                    leaf.object
                )
            }
        case .peerCheckpoint(let checkpoint):
            try connection.run(
                """
                INSERT INTO peerCheckpoint VALUES (?1, ?2, ?3)
                ON CONFLICT (origin) DO UPDATE SET size = excluded.size, note = excluded.note
                    WHERE excluded.size > peerCheckpoint.size
                """,
                checkpoint.origin,
                checkpoint.head.size,
                checkpoint.note
            )
        case .proof(let sha256, let proof):
            try connection.run(
                "INSERT OR REPLACE INTO proof VALUES (?1, ?2, ?3)",
                sha256,
                proof.leaf,
                proof.tlogProof
            )
            try proved(sha256)
        case .proofSent(let sha256, let at):
            try change(
                """
                UPDATE outgoing SET proofSentAt = coalesce(proofSentAt, ?2)
                WHERE statement = ?1
                """,
                sha256,
                at
            )
        case .exchanged, .reconciliation, .dropReconciled: try storeReconciliation(fact)
        case .witness(let fact):
            try connection.store(fact)
        case .setting(let name, let value): try set(name, value)
        case .redraft(let id, let revision, let sealed, let at):
            try change(
                """
                UPDATE record SET revision = revision + 1, keyReference = ?4, sealed = ?5,
                    storedAt = ?6
                WHERE kind = ?1 AND id = ?2 AND revision = ?3
                """,
                RecordKind.draft,
                id,
                revision,
                sealed.keyReference,
                sealed.bytes,
                at
            )
        }
    }

    private func set(_ name: SettingName, _ value: [UInt8]) throws(StoreError) {
        try connection.run("INSERT OR REPLACE INTO setting VALUES (?1, ?2)", name, value)
    }

    private func proved(_ sha256: Digest) throws(StoreError) {
        try connection.run(
            "DELETE FROM unproved WHERE place = (SELECT place FROM statement WHERE sha256 = ?1)",
            sha256
        )
    }
}
