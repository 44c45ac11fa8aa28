import Audit
import Cryptography
import Directory
import Primitives
import TestKit
import Testing

@testable import Delivery

/// What only the other party learns: names, and proofs.
struct DisclosureTests {
    @Test func `the sender learns who opened, and can prove it by the receipt`() async throws {
        let journey = try await Journey.make()
        let accepted = try await journey.accepted()
        let delivered = try await journey.delivered(after: accepted)
        let statement = try await journey.opened(after: delivered)
        let opened = try statement.body(as: OpenedStatement.self)
        let read = try await open(journey, named: opened.disclosureSha256)
        try read.belongs(to: opened.head, with: opened.commitments)
        #expect(read.value(.actorName) == "見本 花子")
        #expect(read.value(.actorRole) == "nurse")
        #expect(read.value(.desk) == "liaison")
        #expect(read.value(.patient) == nil)
    }

    @Test func `a disclosure is not printed`() async throws {
        let disclosure = try await Journey.make().disclosure
        for text in ["\(disclosure)", String(reflecting: disclosure)] {
            #expect(!text.contains("花子") && text.contains(disclosure.messageID.text))
        }
    }

    @Test func `other bytes than the receipt names are refused unopened`() async throws {
        let journey = try await Journey.make()
        await #expect(throws: SealedRefusal.hashDiffers) {
            try await open(journey, named: SHA256.hash([1]))
        }
    }

    @Test func `only the party it is sealed to opens it`() async throws {
        let journey = try await Journey.make()
        let clinic = journey.world.member(.clinic)
        await #expect(throws: SealedRefusal.notOpened(.wrongRecipient)) {
            try await Disclosure.open(
                journey.sealedDisclosure,
                named: SHA256.hash(journey.sealedDisclosure),
                with: clinic.encryption.key,
                in: clinic.store
            )
        }
    }

    @Test func `openings of another act or message do not belong`() async throws {
        let journey = try await Journey.make()
        let statement = try await journey.accepted()
        let head = try statement.body(as: AcceptedStatement.self).head
        let other = Disclosure(
            of: head.message.messageID,
            by: .system,
            random: SeededRandom(seed: 9)
        )
        let committed = try required(journey.disclosure.commitments)
        #expect(throws: SealedRefusal.otherReceipt) {
            try other.belongs(to: head, with: committed)
        }
        let elsewhere = Disclosure(
            of: MessageID.make(at: journey.world.start, SeededRandom(seed: 8)),
            openings: journey.disclosure.openings
        )
        #expect(throws: SealedRefusal.otherReceipt) { try elsewhere.belongs(to: head, with: nil) }
        #expect(Disclosure(of: head.message.messageID, openings: []).commitments == nil)
    }

    @Test func `what is sealed and is no disclosure is malformed`() async throws {
        let journey = try await Journey.make()
        let content: JSON = ["type": "proofs", "version": 1]
        let sealed = try AuthEnvelopedData.seal(
            content.canonicalBytes,
            to: [journey.office.encryption.certificate]
        )
        await #expect(
            throws: SealedRefusal.malformed(DecodingRefusal(.badForm, at: "/type"))
        ) {
            try await Disclosure.open(
                sealed,
                named: SHA256.hash(sealed),
                with: journey.office.encryption.key,
                in: journey.office.store
            )
        }
    }

    @Test(arguments: [
        SealedRefusal.notOpened(.cannotOpen), .malformed(DecodingRefusal(.badForm)), .hashDiffers,
        .otherReceipt,
    ])
    func `every refusal says what happened and what to do`(refusal: SealedRefusal) {
        #expect(!refusal.code.isEmpty && !refusal.summary.isEmpty && !refusal.advice.isEmpty)
        #expect(!refusal.isTemporary)
    }

    private func open(_ journey: Journey, named: Digest) async throws -> Disclosure {
        try await Disclosure.open(
            journey.sealedDisclosure,
            named: named,
            with: journey.office.encryption.key,
            in: journey.office.store
        )
    }
}
