package import Audit
import Cryptography
package import Delivery
package import Directory
package import Primitives

/// The place that only one statement can take; another with other bytes is a conflict, for ever.
package enum StatementSlot: Hashable, Sendable {
    /// `accepted` and what the sender says, `submission` and `withdrawal`: one for all copies.
    case message(StatementType, MessageKey)
    /// One per recipient: by the recipient itself, or by the exchange about its copy.
    case copy(StatementType, MessageKey, MemberID)
    /// A `withdrawalAnswer`: the exchange and the recipient may both give one about a copy.
    case answer(MessageKey, MemberID, by: PartyID)
    /// A kind that its issuer numbers: `directoryEntry`, `policy`.
    case numbered(StatementType, PartyID, Int64)
    /// Any number of them: `membership`, `revocation`.
    case free(Digest)
}

extension StatementSlot {
    package var message: MessageKey? {
        switch self {
        case .message(_, let key), .copy(_, let key, _), .answer(let key, _, _): key
        case .numbered, .free: nil
        }
    }

    package var recipient: MemberID? {
        switch self {
        case .copy(_, _, let recipient), .answer(_, let recipient, _): recipient
        case .message, .numbered, .free: nil
        }
    }

    var number: Int64? {
        guard case .numbered(_, _, let number) = self else { return nil }
        return number
    }

    /// The slot as one column.
    var digest: Digest {
        switch self {
        case .message(let type, let key):
            SHA256.hash(Array("message \(type.rawValue) \(key.from) \(key.messageID)".utf8))
        case .copy(let type, let key, let to):
            SHA256.hash(Array("copy \(type.rawValue) \(key.from) \(key.messageID) \(to)".utf8))
        case .answer(let key, let to, let issuer):
            SHA256.hash(Array("answer \(issuer) \(key.from) \(key.messageID) \(to)".utf8))
        case .numbered(let type, let issuer, let number):
            SHA256.hash(Array("numbered \(type.rawValue) \(issuer) \(number)".utf8))
        case .free(let sha256): sha256
        }
    }
}

/// A stored statement.
package struct StatementRow: Hashable, Sendable {
    package let sha256: Digest
    package let type: StatementType
    package let issuer: PartyID
    package let bytes: [UInt8]
    package let slot: StatementSlot
    /// Sealed for the other party, carried beside the statement.
    package let disclosure: [UInt8]?
    package let storedAt: Timestamp

    package init(
        _ statement: SignedStatement,
        slot: StatementSlot,
        disclosure: [UInt8]? = nil,
        storedAt: Timestamp
    ) {
        sha256 = statement.sha256
        type = statement.type
        issuer = statement.issuer
        bytes = statement.bytes
        self.slot = slot
        self.disclosure = disclosure
        self.storedAt = storedAt
    }

    /// The tree in which its maker promised a leaf; nil in one that promises none.
    package var logOrigin: TreeOrigin? {
        do throws(StatementRefusal) {
            return try SignedStatement(reading: bytes).logOrigin
        } catch { return nil }
    }

    package init(
        sha256: Digest,
        type: StatementType,
        issuer: PartyID,
        bytes: [UInt8],
        slot: StatementSlot,
        disclosure: [UInt8]?,
        storedAt: Timestamp
    ) {
        self.sha256 = sha256
        self.type = type
        self.issuer = issuer
        self.bytes = bytes
        self.slot = slot
        self.disclosure = disclosure
        self.storedAt = storedAt
    }
}
