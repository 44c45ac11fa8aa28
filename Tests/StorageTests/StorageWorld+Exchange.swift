import Delivery
import Directory
import Primitives
import Storage

extension StorageWorld {
    static func message(
        _ key: MessageKey,
        urgency: Urgency = .routine,
        chunks: [OfferedChunk] = [],
        at: Timestamp = start
    ) -> MessageRow {
        MessageRow(
            key: key,
            routing: "routing \(key.messageID)".bytes,
            submission: "submission \(key.messageID)".bytes,
            accepted: accepted(key).sha256,
            sealedSha256: digest("\(body(key))"),
            sealedLength: body(key).count,
            chunks: chunks,
            urgency: urgency,
            acceptedAt: at,
            expiresAt: at.adding(.days(7)),
            fiscalYear: 2026
        )
    }

    static func body(_ key: MessageKey) -> [UInt8] { "body \(key.from) \(key.messageID)".bytes }

    static func accepted(_ key: MessageKey) -> StatementRow {
        statement(.accepted, .message(.accepted, key))
    }

    /// An accepted message as an exchange commits it.
    static func accept(
        _ row: MessageRow,
        to recipients: [MemberID] = [office],
        expecting: [Precondition] = []
    ) -> Change<ExchangeWrite> {
        let receipt = accepted(row.key)
        let unknown = Precondition.messageUnknown(row.key, sealed: row.sealedSha256)
        return change(
            expecting: [unknown] + expecting,
            [.accept(row, sealed: body(row.key), to: recipients, accepted: receipt)],
            [accepted(row.key, receipt.sha256)]
        )
    }

    static func release(
        _ key: MessageKey,
        to: MemberID = office,
        at: Timestamp = start
    ) -> Change<ExchangeWrite> {
        change(
            expecting: [.copyState(key, to: to, .accepted)],
            [.release(key, to: to, at: at)],
            [released(key)]
        )
    }

    /// What a recipient's receipt does at an exchange.
    static func acknowledge(
        _ key: MessageKey,
        _ type: StatementType,
        _ from: DeliveryState,
        _ to: DeliveryState,
        by member: MemberID = office
    ) -> Change<ExchangeWrite> {
        let receipt = statement(type, .copy(type, key, member), by: PartyID(member))
        return change(
            expecting: [
                .copyState(key, to: member, from), .statementUnknown(receipt.slot),
            ],
            [
                .statement(receipt), .moveCopy(key, to: member, to, at: start),
                .event(key.from, statement: receipt.sha256, at: start),
            ],
            [accepted(key, receipt.sha256)]
        )
    }

    static func chunk(_ label: String, of member: MemberID = hospital) -> UploadedChunk {
        let bytes = "chunk \(label)".bytes
        return UploadedChunk(
            member: member,
            sha256: digest("chunk \(label)"),
            sealed: bytes,
            storedAt: start
        )
    }

    static func offered(_ chunk: UploadedChunk) -> OfferedChunk {
        OfferedChunk(sealedSha256: chunk.sha256, sealedLength: chunk.sealed.count)
    }
}
