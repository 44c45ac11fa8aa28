import Audit
import Cryptography
import Directory
import Primitives
import TestKit

@testable import Delivery

/// One message from the care office to the hospital, with every receipt signed by its party.
struct Journey {
    let world: World
    let submission: Submission
    let disclosure: Disclosure
    let sealedDisclosure: [UInt8]

    static func make() async throws -> Journey {
        let world = try await World.make()
        let random = SeededRandom(seed: 5)
        let office = world.member(.careOffice)
        let hospital = world.member(.hospital)
        let routing = try Routing.make(
            MessageKey(from: office.id, messageID: MessageID.make(at: world.start, random)),
            to: [hospital.addressee],
            life: MessageLife(
                createdAt: world.start,
                expiresAt: world.start.adding(.days(3)),
                urgency: .urgent
            )
        )
        let agent = Agent(
            .person,
            name: "見本 花子",
            role: try required(RoleCode("nurse")),
            desk: try required(DeskID("liaison")),
            assurance: .password
        )
        let disclosure = Disclosure(of: routing.messageID, by: agent, random: random)
        return Journey(
            world: world,
            submission: try await Submission.sign(
                random.bytes(8192),
                on: routing,
                by: office.signer,
                at: world.start
            ),
            disclosure: disclosure,
            sealedDisclosure: try disclosure.sealed(to: office.encryption.certificate)
        )
    }

    var office: WorldMember { world.member(.careOffice) }
    var hospital: WorldMember { world.member(.hospital) }

    /// The chain with the receipts of these statements.
    func chain(_ statements: SignedStatement...) -> ReceiptChain {
        var chain = ReceiptChain(of: submission, to: hospital.id, through: world.exchange.id)
        for statement in statements { chain.append(statement.type, statement.sha256) }
        return chain
    }

    func accepted(after previous: Digest? = nil) async throws -> SignedStatement {
        let body = AcceptedStatement(
            head: head(of: world.exchange, after: previous ?? submission.statement.sha256, 1),
            submission: submission.body,
            expiresAt: submission.routing.expiresAt
        )
        return try await world.exchange.receipts.sign(body, at: world.start)
    }

    func delivered(
        after previous: SignedStatement,
        by member: WorldMember? = nil,
        sealed: Digest? = nil
    ) async throws -> SignedStatement {
        let member = member ?? hospital
        let body = DeliveredStatement(
            head: head(of: member, after: previous.sha256, 2),
            sealedSha256: sealed ?? submission.body.sealedSha256,
            contentSha256: SHA256.hash([1]),
            checks: DeliveryChecks(
                signerCertificateSha256: office.signing.certificate.sha256,
                certificateListNumber: 1,
                revocationFreshness: .fresh,
                policy: 1
            )
        )
        return try await member.signer.sign(body, at: world.start)
    }

    func refused(after previous: SignedStatement) async throws -> SignedStatement {
        let body = RefusedStatement(
            head: head(of: hospital, after: previous.sha256, 2),
            sealedSha256: submission.body.sealedSha256,
            code: .consentMissing
        )
        return try await hospital.signer.sign(body, at: world.start)
    }

    func opened(after previous: SignedStatement) async throws -> SignedStatement {
        let body = OpenedStatement(
            head: head(of: hospital, after: previous.sha256, 3),
            part: try required(PartName("sheet.json")),
            purpose: .care,
            commitments: try required(disclosure.commitments),
            disclosureSha256: SHA256.hash(sealedDisclosure)
        )
        return try await hospital.signer.sign(body, at: world.start)
    }

    func confirmed(after previous: SignedStatement) async throws -> SignedStatement {
        let body = ConfirmedStatement(
            head: head(of: hospital, after: previous.sha256, 4),
            commitments: try required(disclosure.commitments),
            disclosureSha256: SHA256.hash(sealedDisclosure)
        )
        return try await hospital.signer.sign(body, at: world.start)
    }

    func expired(
        to member: WorldMember? = nil,
        after previous: SignedStatement
    ) async throws
        -> SignedStatement
    {
        let body = ExpiredStatement(
            head: head(of: world.exchange, after: previous.sha256, 5),
            to: (member ?? hospital).id
        )
        return try await world.exchange.receipts.sign(body, at: world.start)
    }

    func undeliverable(after previous: SignedStatement) async throws -> SignedStatement {
        let body = UndeliverableStatement(
            head: head(of: world.exchange, after: previous.sha256, 5),
            to: hospital.id,
            reason: .noReceipt,
            releasedAt: nil
        )
        return try await world.exchange.receipts.sign(body, at: world.start)
    }

    func withdrawal(
        after accepted: SignedStatement,
        by member: WorldMember? = nil,
        of message: MessageKey? = nil
    ) async throws -> SignedStatement {
        let member = member ?? office
        let key = MessageKey(
            from: member.id,
            messageID: (message ?? submission.key).messageID
        )
        let body = WithdrawalStatement(
            of: key,
            accepted: accepted.sha256,
            because: .wrongPatient,
            at: world.start.adding(.minutes(6))
        )
        return try await member.signer.sign(body, at: world.start)
    }

    /// By the exchange or by the recipient, whoever may say so; `by` another one.
    func answer(
        _ outcome: WithdrawalOutcome,
        to withdrawal: SignedStatement,
        by member: WorldMember? = nil,
        about recipient: WorldMember? = nil
    ) async throws -> SignedStatement {
        let speaksExchange = member == nil && outcome.isOfExchange
        let body = WithdrawalAnswerStatement(
            head: speaksExchange
                ? head(of: world.exchange, after: withdrawal.sha256, 7)
                : head(of: member ?? hospital, after: withdrawal.sha256, 7),
            to: (recipient ?? hospital).id,
            outcome: outcome
        )
        let signer = speaksExchange ? world.exchange.receipts : (member ?? hospital).signer
        return try await signer.sign(body, at: world.start)
    }

    private func head(of member: WorldMember, after previous: Digest, _ minute: Int) -> ReceiptHead
    {
        ReceiptHead(
            issuer: PartyID(member.id),
            message: submission.key,
            previous: previous,
            at: world.start.adding(.minutes(minute)),
            logOrigin: member.logOrigin
        )
    }

    private func head(
        of exchange: WorldExchange,
        after previous: Digest,
        _ minute: Int
    ) -> ReceiptHead {
        ReceiptHead(
            issuer: PartyID(exchange.id),
            message: submission.key,
            previous: previous,
            at: world.start.adding(.minutes(minute)),
            logOrigin: exchange.transportOrigin
        )
    }
}
