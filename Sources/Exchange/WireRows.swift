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
        let body: Body
        switch row.content {
        case .statement(let statement):
            body = .statement(
                WireStatement(bytes: statement.bytes, disclosure: statement.disclosure)
            )
        case .proofs(let from, let sealed): body = .proofs(from: from, bytes: sealed)
        case .notice(let notice): body = .notice(type: notice.type.rawValue)
        }
        self.init(cursor: row.cursor, at: row.at, body: body)
    }
}

extension CopyReport {
    static func list(_ row: DeliveryRow) -> [CopyReport] {
        row.copies.map { tracked in
            CopyReport(
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
}

extension AuditReader {
    /// The leaf that records a statement, with its inclusion under the newest checkpoint; nil
    /// before one covers it.
    func receiptProof(of statement: Digest) throws(StoreError) -> ReceiptProof? {
        for position in try positions(ofStatement: statement) {
            guard let checkpoint = try checkpoint(of: position.tree),
                position.index < checkpoint.head.size,
                let leaf = try leaf(at: position)
            else { continue }
            let proof = TlogProof(
                index: position.index,
                hashes: try inclusion(of: position, size: checkpoint.head.size),
                checkpoint: checkpoint
            )
            return ReceiptProof(leaf: leaf, tlogProof: proof.bytes)
        }
        return nil
    }
}
