import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import TestKit
import Testing

@testable import Exchange

/// A submission with any unusable recipient is refused whole, and each is named.
struct RecipientTests {
    typealias Place = SubmitTests.Place

    /// Offers a message to addressees as they are given, sealed to `keys`.
    private func refusal(
        _ place: Place,
        to addressees: [Addressee],
        sealedTo certificates: [Certificate],
        life: Duration = .days(7)
    ) async throws -> Refusal {
        let now = place.exchange.time.now
        let routing = try Routing.make(
            MessageKey(
                from: place.office.id,
                messageID: .make(at: now, place.exchange.random)
            ),
            to: addressees,
            life: MessageLife(
                createdAt: now,
                expiresAt: now.adding(life),
                urgency: .routine
            )
        )
        let sealed = try AuthEnvelopedData.seal("sheet".bytes, to: certificates)
        let offer = SubmissionStatement(routing: routing, sealed: sealed)
        let submission = try await place.office.signer.sign(offer, at: now)
        return try await place.refusal(
            WireMessage(routing: routing.bytes, submission: submission.bytes, sealed: sealed)
        )
    }

    @Test func `a stranger and a member on paper cannot receive`() async throws {
        let place = try await Place.make()
        let stranger = MemberID.make(place.exchange.random)
        let paper = try await place.exchange.node.addMember(
            WorldMember.profile(of: .clinic),
            connection: .paper,
            verifiedBy: "operator"
        )
        #expect(paper.code == nil)
        let key = place.hospital.encryption.certificate
        let toStranger = try await refusal(
            place,
            to: [Addressee(memberID: stranger, keyID: key.keyID)],
            sealedTo: [key]
        )
        #expect(toStranger.reason == .unknownRecipient)
        let toPaper = try await refusal(
            place,
            to: [Addressee(memberID: paper.member, keyID: key.keyID)],
            sealedTo: [key]
        )
        #expect(toPaper.reason == .paperOnlyRecipient)
        #expect(toPaper.details == [.init(pointer: "/to/0", code: "paperOnlyRecipient")])
    }

    @Test func `a key that is not the recipient's, or ends too soon, is unusable`() async throws {
        let place = try await Place.make()
        let own = place.office.encryption.certificate
        let wrong = try await refusal(
            place,
            to: [Addressee(memberID: place.hospital.id, keyID: own.keyID)],
            sealedTo: [own]
        )
        #expect(wrong.reason == .recipientKeyUnusable)

        // The sender is new; the recipient's key has half a day to go.
        place.exchange.time.advance(by: .hours(364 * 24 + 12))
        try await place.exchange.tidy()
        let clinic = try await place.exchange.join(.clinic)
        let young = Place(
            exchange: place.exchange,
            office: clinic,
            hospital: place.hospital
        )
        let key = place.hospital.encryption.certificate
        let ending = try await refusal(
            young,
            to: [place.hospital.addressee],
            sealedTo: [key],
            life: .days(4)
        )
        #expect(ending.reason == .recipientKeyUnusable)
        let short = try await clinic.message(to: [place.hospital], life: .hours(6))
        #expect(try await young.submit(short.wire).status == 201)
    }

    @Test func `a recipient that has left or is suspended receives nothing`() async throws {
        let place = try await Place.make()
        let key = place.hospital.encryption.certificate
        try await place.exchange.node.setStatus(.suspended, of: place.hospital.id)
        let suspended = try await refusal(
            place,
            to: [place.hospital.addressee],
            sealedTo: [key]
        )
        #expect(suspended.reason == .recipientKeyUnusable)
        try await place.exchange.node.setStatus(.left, of: place.hospital.id)
        let left = try await refusal(place, to: [place.hospital.addressee], sealedTo: [key])
        #expect(left.reason == .unknownRecipient)
    }

    @Test func `a recipient that has not said what it reads cannot read`() async throws {
        let place = try await Place.make()
        let paper = try await place.exchange.paper(for: try WorldMember.profile(of: .clinic))
        let silent = try await LoopbackMember.join(
            place.exchange,
            paper,
            MemoryKeyStore(seed: "silent".bytes)
        )
        let refusal = try await refusal(
            place,
            to: [silent.addressee, place.hospital.addressee],
            sealedTo: [silent.encryption.certificate, place.hospital.encryption.certificate]
        )
        #expect(refusal.reason == .recipientCannotRead)
        #expect(refusal.details.map(\.code) == ["recipientCannotRead"])
    }

    @Test func `a message above what a recipient takes is not for it`() async throws {
        let place = try await Place.make()
        var entry = try place.hospital.entry(number: 2)
        entry.maximumMessageBytes = 100
        let statement = try await place.hospital.signer.sign(entry, at: place.exchange.time.now)
        let results = try await place.hospital.service.acknowledge([
            WireStatement(bytes: statement.bytes)
        ])
        #expect(results.map(\.status) == [201])
        let message = try await place.message()
        #expect(try await place.refusal(message.wire).reason == .recipientCannotRead)
    }
}
