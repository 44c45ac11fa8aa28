import Cryptography
import Delivery
import Directory
import Primitives

/// Mailboxes, events and members.
extension ExchangeTables {
    /// The two rising numbers of a mailbox.
    enum Counter: String {
        case revision, cursor
    }

    /// What an event row refers to or holds.
    enum EventBody {
        case statement(Digest)
        case notice(NoticeRow)
        case proofs(from: MemberID, sealed: [UInt8])
        case reconciliation([UInt8])
    }

    /// Raises a number of a member's mailbox by one.
    func raise(_ member: MemberID, _ counter: Counter) throws(StoreError) -> Int64 {
        let name = counter.rawValue
        try connection.run("INSERT OR IGNORE INTO mailbox VALUES (?1, 0, 0, 0)", member)
        try connection.run("UPDATE mailbox SET \(name) = \(name) + 1 WHERE member = ?1", member)
        return try connection.number("SELECT \(name) FROM mailbox WHERE member = ?1", member)
    }

    func add(
        _ body: EventBody,
        to member: MemberID,
        at: Timestamp
    ) throws(StoreError) {
        let cursor = try raise(member, .cursor)
        switch body {
        case .statement(let sha256):
            try connection.run(
                "INSERT INTO event (member, cursor, at, statement) VALUES (?1, ?2, ?3, ?4)",
                member,
                cursor,
                at,
                sha256
            )
        case .notice(let notice):
            try connection.run(
                """
                INSERT INTO event (member, cursor, at, noticeType, bytes)
                VALUES (?1, ?2, ?3, ?4, ?5)
                """,
                member,
                cursor,
                at,
                notice.type,
                notice.members
            )
        case .reconciliation(let statement):
            try connection.run(
                """
                INSERT INTO event (member, cursor, at, noticeType, bytes)
                VALUES (?1, ?2, ?3, ?4, ?5)
                """,
                member,
                cursor,
                at,
                StatementType.reconciliation,
                statement
            )
        case .proofs(let from, let sealed):
            try connection.run(
                """
                INSERT INTO event (member, cursor, at, sender, bytes, digest)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                """,
                member,
                cursor,
                at,
                from,
                sealed,
                SHA256.hash(sealed)
            )
        }
    }

    func dropEvents(before: Timestamp) throws(StoreError) {
        try connection.run(
            """
            UPDATE mailbox SET dropped = max(dropped, coalesce(
                (SELECT max(event.cursor) FROM event
                    WHERE event.member = mailbox.member AND at < ?1), 0))
            """,
            before
        )
        try connection.run("DELETE FROM event WHERE at < ?1", before)
    }

    func storeMembership(_ write: ExchangeWrite) throws(StoreError) {
        switch write {
        case .directoryObject(let object):
            try connection.run(
                "INSERT OR IGNORE INTO directoryObject VALUES (?1, ?2)",
                object.sha256,
                object.bytes
            )
        case .member(let member):
            try connection.run(
                """
                INSERT INTO member VALUES (?1, ?2, ?3)
                ON CONFLICT (member) DO UPDATE SET admission = excluded.admission
                """,
                member.member,
                member.admission,
                member.createdAt
            )
        case .certificate(let certificate):
            try connection.run(
                "INSERT INTO certificate VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                certificate.sha256,
                certificate.member,
                certificate.keyID,
                certificate.der,
                certificate.notAfter,
                certificate.revokedAt
            )
        case .revoke(let certificate, let at):
            try change(
                "UPDATE certificate SET revokedAt = ?2 WHERE sha256 = ?1 AND revokedAt IS NULL",
                certificate,
                at
            )
        case .joiningCode(let code):
            try connection.run(
                "INSERT OR REPLACE INTO joiningCode VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                code.member,
                code.keys?.keyReference,
                code.keys?.bytes,
                code.validUntil,
                code.tries,
                code.used?.request,
                code.used?.answer
            )
        case .joiningTry(let member):
            try change("UPDATE joiningCode SET tries = tries + 1 WHERE member = ?1", member)
        case .joined(let member, let request, let answer):
            try change(
                """
                UPDATE joiningCode SET keyReference = NULL, keys = NULL, request = ?2,
                    answer = ?3 WHERE member = ?1 AND keys IS NOT NULL
                """,
                member,
                request,
                answer
            )
        case .accept, .release, .moveCopy, .warned, .statement, .event, .notice, .deleteBody,
            .yearHeld, .yearDestroyed:
            preconditionFailure("stored by its own table")
        }
    }

    /// - Throws: `conflict` unless the statement changed one row.
    private func change(
        _ text: String,
        _ values: any ColumnValue...
    ) throws(StoreError) {
        guard try connection.change(text, values) == 1 else { throw .conflict(nil) }
    }
}
