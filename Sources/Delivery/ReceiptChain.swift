package import Cryptography
package import Directory
package import Primitives

/// A receipt that holds: its signer may make it, its signature and chain are good, and it names the
/// statement before it. Made by `ReceiptChain` alone.
package struct Receipt: Sendable {
    package let statement: SignedStatement
    package let body: any ReceiptBody
    package let signer: Certificate

    package var type: StatementType { statement.type }
    package var head: ReceiptHead { body.head }
}

/// The hashes of one copy's statements so far: what the next receipt must name.
package struct ReceiptChain: Hashable, Sendable {
    package let message: MessageKey
    package let recipient: MemberID
    package let exchange: ExchangeID
    package let submission: Digest
    package let sealed: Digest
    package private(set) var accepted: Digest?
    package private(set) var delivered: Digest?
    package private(set) var opened: Digest?
    package private(set) var confirmed: Digest?
    package private(set) var withdrawal: Digest?

    package init(
        of submission: Submission,
        to recipient: MemberID,
        through exchange: ExchangeID
    ) {
        self.init(
            of: submission.key,
            sealed: submission.body.sealedSha256,
            submission: submission.statement.sha256,
            to: recipient,
            through: exchange
        )
    }

    /// The same from what a store keeps of a submission.
    package init(
        of message: MessageKey,
        sealed: Digest,
        submission: Digest,
        to recipient: MemberID,
        through exchange: ExchangeID
    ) {
        self.message = message
        self.sealed = sealed
        self.submission = submission
        self.recipient = recipient
        self.exchange = exchange
    }

    /// Takes over a statement that was verified before, as a store gives it back.
    package mutating func append(_ type: StatementType, _ sha256: Digest) {
        switch type {
        case .accepted: accepted = sha256
        case .delivered: delivered = sha256
        case .opened: opened = sha256
        case .confirmed: confirmed = sha256
        case .withdrawal: withdrawal = sha256
        case .refused, .expired, .undeliverable, .withdrawalAnswer, .submission, .rotation,
            .revocation, .membership, .directoryEntry, .policy, .reconciliation, .backup:
            break
        }
    }

    /// Believes `statement` as the next receipt of this copy, or says why not.
    ///
    /// `time` is when the signer must have been good; nil for the receipt's own time.
    ///
    /// - Throws: `outOfOrder` when the statement before it is missing, `hashDiffers` when it names
    ///   another, `wrongSigner` when another than the recipient or exchange speaks, and all of
    ///   `DirectoryView.verify`.
    package func verify(
        _ statement: SignedStatement,
        in directory: DirectoryView,
        at time: Timestamp? = nil
    ) throws(StatementRefusal) -> Receipt {
        let (body, before) = try body(of: statement)
        let head = body.head
        let speaker = body.isOfExchange ? PartyID(exchange) : PartyID(recipient)
        guard head.issuer == speaker else { throw .wrongSigner }
        guard let before else { throw .outOfOrder }
        guard head.message == message, head.previous == before else { throw .hashDiffers }
        let signer = try directory.verify(statement, at: time ?? head.at)
        return Receipt(statement: statement, body: body, signer: signer)
    }

    /// The body, and the hash it must name.
    private func body(
        of statement: SignedStatement
    ) throws(StatementRefusal) -> (any ReceiptBody, Digest?) {
        switch statement.type {
        case .accepted:
            let body = try statement.body(as: AcceptedStatement.self)
            guard body.sealedSha256 == sealed else { throw .hashDiffers }
            return (body, submission)
        case .delivered:
            let body = try statement.body(as: DeliveredStatement.self)
            guard body.sealedSha256 == sealed else { throw .hashDiffers }
            return (body, accepted)
        case .refused:
            let body = try statement.body(as: RefusedStatement.self)
            guard body.sealedSha256 == sealed else { throw .hashDiffers }
            return (body, accepted)
        case .expired:
            let body = try statement.body(as: ExpiredStatement.self)
            guard body.to == recipient else { throw .hashDiffers }
            return (body, accepted)
        case .undeliverable:
            let body = try statement.body(as: UndeliverableStatement.self)
            guard body.to == recipient else { throw .hashDiffers }
            return (body, accepted)
        case .opened: return (try statement.body(as: OpenedStatement.self), delivered)
        case .confirmed: return (try statement.body(as: ConfirmedStatement.self), opened)
        case .withdrawalAnswer:
            let body = try statement.body(as: WithdrawalAnswerStatement.self)
            guard body.to == recipient else { throw .hashDiffers }
            return (body, withdrawal)
        case .submission, .withdrawal, .rotation, .revocation, .membership, .directoryEntry,
            .policy, .reconciliation, .backup:
            throw .otherType
        }
    }

    /// Believes `statement` as the sender's withdrawal of this message, or says why not.
    ///
    /// - Throws: as `verify`.
    @discardableResult
    package func verifyWithdrawal(
        _ statement: SignedStatement,
        in directory: DirectoryView,
        at time: Timestamp? = nil
    ) throws(StatementRefusal) -> WithdrawalStatement {
        let body = try statement.body(as: WithdrawalStatement.self)
        guard body.issuer == PartyID(message.from) else { throw .wrongSigner }
        guard let accepted else { throw .outOfOrder }
        guard body.messageID == message.messageID, body.acceptedSha256 == accepted else {
            throw .hashDiffers
        }
        _ = try directory.verify(statement, at: time ?? body.requestedAt)
        return body
    }
}

extension ReceiptBody {
    /// Whether the exchange speaks, and not the recipient.
    fileprivate var isOfExchange: Bool {
        if let answer = self as? WithdrawalAnswerStatement { return answer.outcome.isOfExchange }
        return Self.type.roles == [.exchangeReceipt]
    }
}
