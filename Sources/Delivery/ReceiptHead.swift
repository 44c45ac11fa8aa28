package import Audit
package import Directory
package import Primitives

/// What every receipt says: who vouches, for which message, after which statement, when, and in
/// which tree its own hash will stand.
///
/// A receipt is a promise (`envelope.md` 3): its leaf is in `logOrigin` within the merge delay.
package struct ReceiptHead: Hashable, Sendable {
    package let issuer: PartyID
    package let message: MessageKey
    /// The hash of the statement before it.
    package let previous: Digest
    /// The receipt's own time: `acceptedAt`, `deliveredAt` and so on.
    package let at: Timestamp
    package let logOrigin: TreeOrigin

    package init(
        issuer: PartyID,
        message: MessageKey,
        previous: Digest,
        at: Timestamp,
        logOrigin: TreeOrigin
    ) {
        self.issuer = issuer
        self.message = message
        self.previous = previous
        self.at = at
        self.logOrigin = logOrigin
    }
}

extension SignedStatement {
    /// The tree in which its maker promised a leaf; nil in one that promises none.
    package var logOrigin: TreeOrigin? { json["logOrigin"]?.string.flatMap { TreeOrigin($0) } }
}

/// A statement that acknowledges.
package protocol ReceiptBody: StatementBody {
    /// The names under which this receipt writes the hash before it and its own time.
    static var names: ReceiptNames { get }
    var head: ReceiptHead { get }
    /// The members beside those of the head.
    var own: JSONObject { get }
    init(head: ReceiptHead, reading reader: inout ObjectReader) throws(DecodingRefusal)
}

package struct ReceiptNames: Sendable {
    package let previous: String
    package let at: String
}

extension ReceiptBody {
    package var issuer: PartyID { head.issuer }

    package var members: JSONObject {
        var object = own
        object["messageId"] = .name(head.message.messageID)
        object["from"] = .name(head.message.from)
        object[Self.names.previous] = .hash(head.previous)
        object[Self.names.at] = .time(head.at)
        object["logOrigin"] = .string(head.logOrigin.text)
        return object
    }

    package init(issuer: PartyID, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        let head = ReceiptHead(
            issuer: issuer,
            message: MessageKey(
                from: try reader.identifier("from"),
                messageID: try reader.identifier("messageId")
            ),
            previous: try reader.digest(Self.names.previous),
            at: try reader.time(Self.names.at),
            logOrigin: try reader.value("logOrigin") { TreeOrigin($0) }
        )
        try self.init(head: head, reading: &reader)
    }
}
