package import Directory
package import Primitives

/// Why a sender wants a message back; the codes of the list `RetractionReason` of the sheets.
package enum RetractionReason: String, CaseIterable, Sendable {
    case wrongRecipient, wrongPatient, wrongContent, consentMissing, other
}

/// The sender takes a message back, from all its recipients.
///
/// No receipt: it promises nothing. Each copy is answered by itself.
package struct WithdrawalStatement: StatementBody, Hashable {
    package static let type = StatementType.withdrawal

    package let issuer: PartyID
    package let messageID: MessageID
    package let acceptedSha256: Digest
    package let requestedAt: Timestamp
    package let reason: RetractionReason

    package init(
        of message: MessageKey,
        accepted: Digest,
        because reason: RetractionReason,
        at requestedAt: Timestamp
    ) {
        issuer = PartyID(message.from)
        messageID = message.messageID
        acceptedSha256 = accepted
        self.requestedAt = requestedAt
        self.reason = reason
    }

    package init(issuer: PartyID, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.issuer = issuer
        messageID = try reader.identifier("messageId")
        acceptedSha256 = try reader.digest("acceptedSha256")
        requestedAt = try reader.time("requestedAt")
        reason = try reader.code("reason")
    }

    package var members: JSONObject {
        [
            "messageId": .name(messageID),
            "acceptedSha256": .hash(acceptedSha256),
            "requestedAt": .time(requestedAt),
            "reason": .code(reason),
        ]
    }
}

/// What became of a withdrawal at one recipient's copy.
package enum WithdrawalOutcome: Hashable, Sendable {
    /// The exchange never let a body out, and never will.
    case neverReleased
    /// A body may have left the exchange then: the recipient answers too.
    case released(at: Timestamp)
    /// The recipient's gateway has the sheet, and nobody will open it.
    case neverOpened
    case alreadyOpened(at: Timestamp)

    package enum Code: String, CaseIterable, Sendable {
        case neverReleased, released, neverOpened, alreadyOpened
    }

    package var code: Code {
        switch self {
        case .neverReleased: .neverReleased
        case .released: .released
        case .neverOpened: .neverOpened
        case .alreadyOpened: .alreadyOpened
        }
    }

    /// Whether the exchange says so, and not the recipient.
    package var isOfExchange: Bool { code == .neverReleased || code == .released }

    /// Whether nobody has read the copy, and nobody will.
    package var isUnread: Bool { code == .neverReleased || code == .neverOpened }
}

/// The answer to a withdrawal, for one recipient's copy: by the exchange, by the recipient, or by
/// both after each other.
package struct WithdrawalAnswerStatement: ReceiptBody {
    package static let type = StatementType.withdrawalAnswer
    package static let names = ReceiptNames(previous: "withdrawalSha256", at: "answeredAt")

    package let head: ReceiptHead
    package let to: MemberID
    package let outcome: WithdrawalOutcome

    package init(head: ReceiptHead, to: MemberID, outcome: WithdrawalOutcome) {
        self.head = head
        self.to = to
        self.outcome = outcome
    }

    package init(head: ReceiptHead, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.head = head
        to = try reader.identifier("to")
        outcome =
            switch try reader.code("outcome", of: WithdrawalOutcome.Code.self) {
            case .neverReleased: .neverReleased
            case .released: .released(at: try reader.time("releasedAt"))
            case .neverOpened: .neverOpened
            case .alreadyOpened: .alreadyOpened(at: try reader.time("openedAt"))
            }
    }

    package var own: JSONObject {
        var object: JSONObject = ["to": .name(to), "outcome": .code(outcome.code)]
        switch outcome {
        case .released(let at): object["releasedAt"] = .time(at)
        case .alreadyOpened(let at): object["openedAt"] = .time(at)
        case .neverReleased, .neverOpened: break
        }
        return object
    }
}

extension SignedStatement {
    /// What a *withdrawalAnswer* says, before it is believed; nil for any other statement.
    package var withdrawalOutcome: WithdrawalOutcome.Code? {
        guard type == .withdrawalAnswer else { return nil }
        return json["outcome"]?.string.flatMap { WithdrawalOutcome.Code(rawValue: $0) }
    }

    /// The message a statement of a delivery speaks of, before anything about it is believed. A
    /// withdrawal names its sender as the issuer alone.
    package var messageKey: MessageKey? {
        let from = json["from"]?.string.flatMap { MemberID($0) }
        guard let from = from ?? (type == .withdrawal ? issuer.member : nil),
            let id = json["messageId"]?.string.flatMap({ MessageID($0) })
        else { return nil }
        return MessageKey(from: from, messageID: id)
    }
}
