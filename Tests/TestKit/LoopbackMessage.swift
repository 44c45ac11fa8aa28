import Audit
import Cryptography
package import Delivery
package import Directory
package import ExchangeAPI
import Primitives

/// A message that a member offers, with what its parties must know of it. The sealed content is
/// any bytes: an exchange cannot tell them from a sheet.
package struct LoopbackMessage: Sendable {
    package let routing: Routing
    package let submission: SignedStatement
    package let sealed: [UInt8]

    package var key: MessageKey { routing.key }
    package var wire: WireMessage {
        WireMessage(routing: routing.bytes, submission: submission.bytes, sealed: sealed)
    }
}

// What a member says: offers and receipts.
extension LoopbackMember {
    /// Seals and offers a message; `life` runs from now.
    package func message(
        to recipients: [LoopbackMember],
        urgency: Urgency = .routine,
        life: Duration = .days(7),
        content: String = "sealed",
        chunks: [OfferedChunk] = []
    ) async throws -> LoopbackMessage {
        let now = time.now
        return try await message(
            MessageKey(from: id, messageID: MessageID.make(at: now, random)),
            to: recipients,
            MessageLife(createdAt: now, expiresAt: now.adding(life), urgency: urgency),
            sealed: try AuthEnvelopedData.seal(
                content.bytes,
                to: recipients.map(\.encryption.certificate)
            ),
            chunks: chunks
        )
    }

    package func message(
        _ key: MessageKey,
        to recipients: [LoopbackMember],
        _ life: MessageLife,
        sealed: [UInt8],
        chunks: [OfferedChunk] = []
    ) async throws -> LoopbackMessage {
        let routing = try Routing.make(key, to: recipients.map(\.addressee), life: life)
        let offer = SubmissionStatement(routing: routing, sealed: sealed, chunks: chunks)
        return LoopbackMessage(
            routing: routing,
            submission: try await signer.sign(offer, at: time.now),
            sealed: sealed
        )
    }

    /// Submits one message and gives the exchange's receipt.
    package func send(_ message: LoopbackMessage) async throws -> SignedStatement {
        let result = try required(try await service.submit([message.wire]).first)
        if let refusal = result.refusal { throw refusal }
        return try SignedStatement(reading: try required(result.receipt))
    }

    /// Fetches one message.
    package func fetch(_ key: MessageKey) async throws -> WireMessage {
        switch try required(try await service.fetch([key]).first) {
        case .message(let message, _, _): return message
        case .refused(_, let refusal): throw refusal
        }
    }

    package func delivered(
        _ message: LoopbackMessage,
        after accepted: SignedStatement
    ) async throws -> WireStatement {
        let checks = DeliveryChecks(
            signerCertificateSha256: SHA256.hash(message.submission.bytes),
            certificateListNumber: 1,
            revocationFreshness: .fresh,
            policy: 1
        )
        return try await signed(
            DeliveredStatement(
                head: head(message.key, after: accepted),
                sealedSha256: SHA256.hash(message.sealed),
                contentSha256: SHA256.hash("content".bytes),
                checks: checks
            )
        )
    }

    package func refused(
        _ message: LoopbackMessage,
        after accepted: SignedStatement,
        _ code: RefusalCode = .consentMissing
    ) async throws -> WireStatement {
        try await signed(
            RefusedStatement(
                head: head(message.key, after: accepted),
                sealedSha256: SHA256.hash(message.sealed),
                code: code
            )
        )
    }

    package func opened(
        _ key: MessageKey,
        after delivered: WireStatement,
        disclosure: [UInt8] = "disclosure".bytes
    ) async throws -> WireStatement {
        let body = OpenedStatement(
            head: head(key, after: try SignedStatement(reading: delivered.bytes)),
            part: try required(PartName("sheet.json")),
            purpose: .care,
            commitments: commitments(),
            disclosureSha256: SHA256.hash(disclosure)
        )
        return try await signed(body, disclosure)
    }

    package func confirmed(
        _ key: MessageKey,
        after opened: WireStatement,
        disclosure: [UInt8] = "disclosure".bytes
    ) async throws -> WireStatement {
        let body = ConfirmedStatement(
            head: head(key, after: try SignedStatement(reading: opened.bytes)),
            commitments: commitments(),
            disclosureSha256: SHA256.hash(disclosure)
        )
        return try await signed(body, disclosure)
    }

    package func withdrawal(
        _ key: MessageKey,
        after accepted: SignedStatement,
        because reason: RetractionReason = .wrongRecipient
    ) async throws -> WireStatement {
        try await signed(
            WithdrawalStatement(
                of: key,
                accepted: accepted.sha256,
                because: reason,
                at: time.now
            )
        )
    }

    package func answer(
        _ outcome: WithdrawalOutcome,
        to withdrawal: WireStatement,
        of key: MessageKey
    ) async throws -> WireStatement {
        try await signed(
            WithdrawalAnswerStatement(
                head: head(key, after: try SignedStatement(reading: withdrawal.bytes)),
                to: id,
                outcome: outcome
            )
        )
    }

    private func signed(
        _ body: any StatementBody,
        _ disclosure: [UInt8]? = nil
    ) async throws -> WireStatement {
        let statement = try await signer.sign(body, at: time.now)
        return WireStatement(bytes: statement.bytes, disclosure: disclosure)
    }

    private func head(_ key: MessageKey, after previous: SignedStatement) -> ReceiptHead {
        ReceiptHead(
            issuer: PartyID(id),
            message: key,
            previous: previous.sha256,
            at: time.now,
            logOrigin: logOrigin
        )
    }

    private func commitments() -> ActorCommitments {
        ActorCommitments(
            actorName: Opening(.actorName, "看護師", random: random).commitment,
            actorRole: Opening(.actorRole, "nurse", random: random).commitment,
            desk: Opening(.desk, "liaison", random: random).commitment
        )
    }
}
