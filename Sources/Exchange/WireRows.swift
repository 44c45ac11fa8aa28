import Audit
import Delivery
import ExchangeAPI
import Primitives
import Storage

// Stored rows as the wire tells them.

extension InboxLine {
    init(_ item: InboxItem) {
        self.init(
            key: item.message.key,
            urgency: item.message.urgency,
            sealedLength: item.message.sealedLength,
            chunkCount: item.message.chunks.count,
            accepted: (at: item.message.acceptedAt, until: item.message.expiresAt),
            position: item.copy.position
        )
    }
}

extension WireEvent {
    init(_ row: EventRow) {
        let body: Body =
            switch row.content {
            case .statement(let statement):
                .statement(
                    WireStatement(bytes: statement.bytes, disclosure: statement.disclosure)
                )
            case .proofs(let from, let sealed): .proofs(from: from, bytes: sealed)
            case .reconciliation(let statement): .reconciliation(statement)
            case .notice(let notice): .notice(WireNotice(notice))
            }
        self.init(cursor: row.cursor, at: row.at, body: body)
    }

    var bytes: Int {
        switch body {
        case .statement(let statement): statement.bytes.count + (statement.disclosure?.count ?? 0)
        case .proofs(_, let bytes), .reconciliation(let bytes): bytes.count
        case .notice: 0
        }
    }
}

extension WireNotice {
    /// A stored notice; its members were written here.
    fileprivate init(_ row: NoticeRow) {
        do throws(DecodingRefusal) {
            guard case .object(var object) = try JSON(canonical: row.members) else {
                self.init(type: row.type.rawValue)
                return
            }
            object["type"] = .string(row.type.rawValue)
            var reader = try ObjectReader(.object(object))
            try self.init(reading: &reader)
        } catch {
            self.init(type: row.type.rawValue)
        }
    }
}

extension CopyReport {
    static func list(_ row: DeliveryRow) -> [CopyReport] {
        row.copies.map { tracked in
            CopyReport(
                place: row.place,
                messageID: row.message.key.messageID,
                to: tracked.copy.to,
                state: tracked.copy.state,
                acceptedAt: row.message.acceptedAt,
                statements: tracked.statements.map(\.sha256)
            )
        }
    }
}

extension WireLeaf {
    init(_ row: DirectoryLeaf) {
        self.init(index: Int64(row.index), leaf: row.leaf, object: row.object)
    }

    var bytes: Int { leaf.count + (object?.count ?? 0) }
}

extension Array {
    /// The first elements that fit into one answer, at least one.
    func fitting(_ bytes: (Element) -> Int) -> [Element] {
        var room = Limits.batchBytes
        let end = indices.first { index in
            room -= bytes(self[index]) + Limits.frameLineBytes
            return room < 0 && index > 0
        }
        return Array(self[..<(end ?? count)])
    }
}
