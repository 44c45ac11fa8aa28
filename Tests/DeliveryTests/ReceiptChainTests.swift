import Cryptography
import Directory
import Primitives
import TestKit
import Testing

@testable import Delivery

/// Submission and receipts: each names the statement before it.
struct ReceiptChainTests {
    @Test func `a submission offers exactly these bytes on this route`() async throws {
        let journey = try await Journey.make()
        let made = journey.submission
        let read = try Submission(
            routing: made.routing,
            submission: made.statement,
            sealed: made.sealed
        )
        #expect(read.key == made.key)
        #expect(read.hasSameBytes(as: made.body))
        #expect(
            try journey.world.directory.verify(read.statement, at: journey.world.start)
                == journey.office.signing.certificate
        )
        var sealed = made.sealed
        sealed[0] ^= 1
        #expect(throws: StatementRefusal.hashDiffers) {
            try Submission(routing: made.routing, submission: made.statement, sealed: sealed)
        }
        #expect(throws: StatementRefusal.hashDiffers) {
            try Submission(
                routing: made.routing,
                submission: made.statement,
                sealed: Array(made.sealed.dropLast())
            )
        }
        let huge = [UInt8](repeating: 0, count: Limits.sealedBytes + 1)
        #expect(throws: StatementRefusal.tooLarge) {
            try Submission(routing: made.routing, submission: made.statement, sealed: huge)
        }
    }

    @Test func `a thief of the sealed bytes cannot submit them as his own`() async throws {
        let journey = try await Journey.make()
        let made = journey.submission
        let thief = journey.world.member(.clinic)
        let routing = try Routing.make(
            MessageKey(from: thief.id, messageID: made.routing.messageID),
            to: made.routing.to,
            life: MessageLife(
                createdAt: made.routing.createdAt,
                expiresAt: made.routing.expiresAt,
                urgency: .urgent
            )
        )
        #expect(throws: StatementRefusal.wrongSigner) {
            try Submission(routing: routing, submission: made.statement, sealed: made.sealed)
        }
        let own = try await Submission.sign(
            made.sealed,
            on: routing,
            by: thief.signer,
            at: made.routing.createdAt
        )
        #expect(!own.hasSameBytes(as: made.body))
        #expect(throws: StatementRefusal.wrongSigner) {
            try Submission(routing: made.routing, submission: own.statement, sealed: own.sealed)
        }
    }

    @Test func `from accepted to confirmed each receipt is believed after the one before`()
        async throws
    {
        let journey = try await Journey.make()
        let directory = journey.world.directory
        let accepted = try await journey.accepted()
        let delivered = try await journey.delivered(after: accepted)
        let opened = try await journey.opened(after: delivered)
        let confirmed = try await journey.confirmed(after: opened)
        var chain = journey.chain()
        for statement in [accepted, delivered, opened, confirmed] {
            let receipt = try chain.verify(statement, in: directory)
            #expect(receipt.statement == statement)
            #expect(receipt.head.message == journey.submission.key)
            chain.append(receipt.type, statement.sha256)
        }
        #expect(chain.accepted == accepted.sha256 && chain.delivered == delivered.sha256)
        #expect(chain.opened == opened.sha256 && chain.confirmed == confirmed.sha256)
    }

    @Test func `refused, expired and undeliverable follow accepted`() async throws {
        let journey = try await Journey.make()
        let accepted = try await journey.accepted()
        let chain = journey.chain(accepted)
        for statement in [
            try await journey.refused(after: accepted),
            try await journey.expired(after: accepted),
            try await journey.undeliverable(after: accepted),
        ] {
            let receipt = try chain.verify(statement, in: journey.world.directory)
            #expect(receipt.head.previous == accepted.sha256)
        }
    }

    @Test func `a receipt whose forerunner is missing is out of order`() async throws {
        let journey = try await Journey.make()
        let accepted = try await journey.accepted()
        let delivered = try await journey.delivered(after: accepted)
        let opened = try await journey.opened(after: delivered)
        let confirmed = try await journey.confirmed(after: opened)
        let cases: [(ReceiptChain, SignedStatement)] = [
            (journey.chain(), delivered), (journey.chain(accepted), opened),
            (journey.chain(accepted, delivered), confirmed),
            (journey.chain(), try await journey.expired(after: accepted)),
        ]
        for (chain, statement) in cases {
            #expect(throws: StatementRefusal.outOfOrder) {
                try chain.verify(statement, in: journey.world.directory)
            }
        }
    }

    @Test func `a receipt that names another forerunner, message, copy or bytes is refused`()
        async throws
    {
        let journey = try await Journey.make()
        let other = try await Journey.make()
        let accepted = try await journey.accepted()
        let again = try await journey.accepted()
        #expect(again != accepted, "two signatures of one body are two statements")
        let delivered = try await journey.delivered(after: accepted)
        let wrongBytes = try await journey.delivered(after: accepted, sealed: SHA256.hash([2]))
        let otherCopy = try await journey.expired(
            to: journey.world.member(.clinic),
            after: accepted
        )
        let elsewhere = ReceiptChain(
            of: MessageKey(
                from: journey.office.id,
                messageID: MessageID.make(at: journey.world.start, SeededRandom(seed: 77))
            ),
            sealed: journey.submission.body.sealedSha256,
            submission: journey.submission.statement.sha256,
            to: journey.hospital.id,
            through: journey.world.exchange.id
        )
        let cases: [(ReceiptChain, SignedStatement)] = [
            (journey.chain(again), delivered), (journey.chain(accepted), wrongBytes),
            (journey.chain(accepted), otherCopy), (elsewhere, accepted),
            (other.chain(), accepted),
            (journey.chain(), try await journey.accepted(after: SHA256.hash([3]))),
        ]
        for (index, (chain, statement)) in cases.enumerated() {
            #expect(throws: StatementRefusal.hashDiffers, "case \(index)") {
                try chain.verify(statement, in: journey.world.directory)
            }
        }
    }

    @Test func `only the recipient of the copy acknowledges it`() async throws {
        let journey = try await Journey.make()
        let accepted = try await journey.accepted()
        let clinic = journey.world.member(.clinic)
        let forged = try await journey.delivered(after: accepted, by: clinic)
        #expect(throws: StatementRefusal.wrongSigner) {
            try journey.chain(accepted).verify(forged, in: journey.world.directory)
        }
        let notReceipt = journey.submission.statement
        #expect(throws: StatementRefusal.otherType) {
            try journey.chain(accepted).verify(notReceipt, in: journey.world.directory)
        }
    }

    @Test func `a receipt is judged at its own time, or at the time that is asked`() async throws {
        let journey = try await Journey.make()
        let accepted = try await journey.accepted()
        let chain = journey.chain()
        let end = journey.world.exchange.receipts.certificate.notAfter
        #expect(try chain.verify(accepted, in: journey.world.directory).type == .accepted)
        #expect(throws: StatementRefusal.certificateExpired) {
            try chain.verify(
                accepted,
                in: journey.world.directory,
                at: end.adding(.seconds(1))
            )
        }
    }

    // MARK: Withdrawal

    @Test func `a withdrawal is the sender's own word about what was accepted`() async throws {
        let journey = try await Journey.make()
        let directory = journey.world.directory
        let accepted = try await journey.accepted()
        let chain = journey.chain(accepted)
        let withdrawal = try await journey.withdrawal(after: accepted)
        #expect(try chain.verifyWithdrawal(withdrawal, in: directory).reason == .wrongPatient)
        #expect(withdrawal.messageKey == journey.submission.key)
        #expect(throws: StatementRefusal.outOfOrder) {
            try journey.chain().verifyWithdrawal(withdrawal, in: directory)
        }
        let other = try await journey.accepted()
        let stranger = try await journey.withdrawal(after: accepted, by: journey.hospital)
        let elsewhere = MessageKey(
            from: journey.office.id,
            messageID: MessageID.make(at: journey.world.start, SeededRandom(seed: 78))
        )
        let cases: [(SignedStatement, StatementRefusal)] = [
            (try await journey.withdrawal(after: other), .hashDiffers),
            (try await journey.withdrawal(after: accepted, of: elsewhere), .hashDiffers),
            (stranger, .wrongSigner), (accepted, .otherType),
        ]
        for (statement, refusal) in cases {
            #expect(throws: refusal) { try chain.verifyWithdrawal(statement, in: directory) }
        }
        #expect(throws: StatementRefusal.otherType) { try chain.verify(withdrawal, in: directory) }
    }

    @Test func `each answer to a withdrawal is the word of the party that can know it`()
        async throws
    {
        let journey = try await Journey.make()
        let directory = journey.world.directory
        let accepted = try await journey.accepted()
        let withdrawal = try await journey.withdrawal(after: accepted)
        let chain = journey.chain(accepted, withdrawal)
        let time = journey.world.start
        let outcomes: [WithdrawalOutcome] = [
            .neverReleased, .released(at: time), .neverOpened, .alreadyOpened(at: time),
        ]
        for outcome in outcomes {
            let answer = try await journey.answer(outcome, to: withdrawal)
            let receipt = try chain.verify(answer, in: directory)
            #expect((receipt.body as? WithdrawalAnswerStatement)?.outcome == outcome)
            #expect(answer.withdrawalOutcome == outcome.code)
            #expect(throws: StatementRefusal.outOfOrder) {
                try journey.chain(accepted).verify(answer, in: directory)
            }
        }
        // A recipient cannot say what only the exchange knows.
        let usurped = try await journey.answer(
            .neverReleased,
            to: withdrawal,
            by: journey.hospital
        )
        #expect(throws: StatementRefusal.wrongSigner) { try chain.verify(usurped, in: directory) }
        let otherCopy = try await journey.answer(
            .neverReleased,
            to: withdrawal,
            about: journey.world.member(.clinic)
        )
        let otherRequest = try await journey.answer(.neverOpened, to: accepted)
        for statement in [otherCopy, otherRequest] {
            #expect(throws: StatementRefusal.hashDiffers) {
                try chain.verify(statement, in: directory)
            }
        }
    }
}
