package import Directory
package import Primitives

/// The exchange has the message and will keep it for its recipients.
package struct AcceptedStatement: ReceiptBody {
    package static let type = StatementType.accepted
    package static let names = ReceiptNames(previous: "submissionSha256", at: "acceptedAt")

    package let head: ReceiptHead
    package let routingSha256: Digest
    package let sealedSha256: Digest
    package let sealedLength: Int
    package let expiresAt: Timestamp

    /// `head` names as `previous` the hash of the submission.
    package init(head: ReceiptHead, submission: SubmissionStatement, expiresAt: Timestamp) {
        self.head = head
        routingSha256 = submission.routingSha256
        sealedSha256 = submission.sealedSha256
        sealedLength = submission.sealedLength
        self.expiresAt = expiresAt
    }

    package init(head: ReceiptHead, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.head = head
        routingSha256 = try reader.digest("routingSha256")
        sealedSha256 = try reader.digest("sealedSha256")
        sealedLength = try reader.count("sealedLength")
        expiresAt = try reader.time("expiresAt")
    }

    package var own: JSONObject {
        [
            "routingSha256": .hash(routingSha256),
            "sealedSha256": .hash(sealedSha256),
            "sealedLength": .count(sealedLength),
            "expiresAt": .time(expiresAt),
        ]
    }
}

/// The copy was never released, and never will be.
package struct ExpiredStatement: ReceiptBody {
    package static let type = StatementType.expired
    package static let names = ReceiptNames(previous: "acceptedSha256", at: "expiredAt")

    package let head: ReceiptHead
    package let to: MemberID

    package init(head: ReceiptHead, to: MemberID) {
        self.head = head
        self.to = to
    }

    package init(head: ReceiptHead, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.head = head
        to = try reader.identifier("to")
    }

    package var own: JSONObject { ["to": .name(to)] }
}

/// Why an operator closed a copy.
package enum UndeliverableReason: String, CaseIterable, Sendable { case noReceipt, memberLeft }

/// The copy was closed without a receipt of its recipient.
package struct UndeliverableStatement: ReceiptBody {
    package static let type = StatementType.undeliverable
    package static let names = ReceiptNames(previous: "acceptedSha256", at: "closedAt")

    package let head: ReceiptHead
    package let to: MemberID
    package let reason: UndeliverableReason
    /// Present when a body may have left the exchange.
    package let releasedAt: Timestamp?

    package init(
        head: ReceiptHead,
        to: MemberID,
        reason: UndeliverableReason,
        releasedAt: Timestamp?
    ) {
        self.head = head
        self.to = to
        self.reason = reason
        self.releasedAt = releasedAt
    }

    package init(head: ReceiptHead, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.head = head
        to = try reader.identifier("to")
        reason = try reader.code("reason")
        releasedAt = try reader.optionalTime("releasedAt")
    }

    package var own: JSONObject {
        [
            "to": .name(to), "reason": .code(reason), "releasedAt": releasedAt.map { .time($0) },
        ]
    }
}
