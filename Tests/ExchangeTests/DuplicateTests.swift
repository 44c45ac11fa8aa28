import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage
import TestKit
import Testing

@testable import Exchange

/// The table of duplicates (`exchange-api.md` 4.1).
struct DuplicateTests {
    typealias Place = SubmitTests.Place

    @Test func `the same bytes get the identical receipt, whatever has changed since`() async throws
    {
        let place = try await Place.make()
        let message = try await place.message()
        let first = try await place.submit(message.wire)
        try await place.exchange.node.setStatus(.suspended, of: place.office.id)
        place.exchange.time.advance(by: .days(100))
        try await place.exchange.tidy()

        let second = try await place.submit(message.wire)
        #expect(second == .done(isNew: false, receipt: first.receipt))
        let events = try await place.exchange.transportEvents()
        #expect(events.contains("message.duplicate sameBytes"))
    }

    @Test func `the same offer signed anew is the same message`() async throws {
        let place = try await Place.make()
        let message = try await place.message()
        let first = try await place.submit(message.wire)
        let offer = SubmissionStatement(routing: message.routing, sealed: message.sealed)
        let again = try await place.office.signer.sign(offer, at: place.exchange.time.now)
        #expect(again.bytes != message.submission.bytes)
        let second = try await place.submit(
            WireMessage(
                routing: message.routing.bytes,
                submission: again.bytes,
                sealed: message.sealed
            )
        )
        #expect(second == .done(isNew: false, receipt: first.receipt))
    }

    @Test func `other bytes under a known id are refused for ever`() async throws {
        let place = try await Place.make()
        let message = try await place.message()
        _ = try await place.submit(message.wire)
        let now = place.exchange.time.now
        let life = MessageLife(
            createdAt: now,
            expiresAt: now.adding(.days(7)),
            urgency: .routine
        )
        let sealed = try AuthEnvelopedData.seal(
            "another".bytes,
            to: [place.hospital.encryption.certificate]
        )
        let other = try await place.office.message(
            message.key,
            to: [place.hospital],
            life,
            sealed: sealed
        )
        let chunk = OfferedChunk(sealedSha256: SHA256.hash(sealed), sealedLength: 1)
        let withChunk = try await place.office.message(
            message.key,
            to: [place.hospital],
            life,
            sealed: message.sealed,
            chunks: [chunk]
        )
        let otherHeader = try await place.office.message(
            message.key,
            to: [place.hospital],
            MessageLife(
                createdAt: now,
                expiresAt: now.adding(.days(8)),
                urgency: .routine
            ),
            sealed: message.sealed
        )
        for changed in [other, withChunk, otherHeader] {
            let refusal = try await place.submit(changed.wire).refusal
            #expect(refusal?.reason == .messageIdConflict)
        }
        // Each is refused; the message is on record for it once an hour.
        func recorded() async throws -> Int {
            try await place.exchange.transportEvents()
                .count { $0 == "message.conflict messageIdConflict" }
        }
        #expect(try await recorded() == 1)
        place.exchange.time.advance(by: .hours(1))
        _ = try await place.submit(other.wire)
        #expect(try await recorded() == 2)
    }

    @Test func `sealed bytes are taken under one id only`() async throws {
        let place = try await Place.make()
        let message = try await place.message()
        _ = try await place.submit(message.wire)
        let copy = try await place.message(sealed: message.sealed)
        #expect(try await place.submit(copy.wire).refusal?.reason == .contentSeen)
        #expect(
            try await place.exchange.transportEvents().contains("message.conflict contentSeen")
        )
    }

    @Test func `a repeat is on record once an hour, however often it comes`() async throws {
        let place = try await Place.make()
        let message = try await place.message()
        _ = try await place.submit(message.wire)
        let batch = [WireMessage](repeating: message.wire, count: 5)
        for _ in 0..<2 {
            let results = try await place.office.service.submit(batch)
            #expect(results.allSatisfy { $0.status == 200 })
        }
        let events = try await place.exchange.transportEvents()
        #expect(events.count { $0 == "message.duplicate sameBytes" } == 1)
    }

    @Test func `a remark whose leaf was not committed is made again`() async throws {
        let place = try await Place.make()
        let message = try await place.message()
        _ = try await place.submit(message.wire)
        var remarks = RecentRemarks()
        let facts = place.exchange.node.moment.facts(
            .messageDuplicate,
            by: .member,
            of: place.office.id,
            on: .message(message.key.messageID)
        )
        func remark(_ number: Int) -> Remark {
            Remark(facts: facts, member: place.office.id, about: SHA256.hash("\(number)".bytes))
        }
        func isNew(_ number: Int, after minutes: Int) -> Bool {
            remarks.add(remark(number), at: .minutes(minutes))
        }
        #expect(isNew(0, after: 0))
        #expect(!isNew(0, after: 59))
        remarks.forget(remark(0))
        let added = (0...RecentRemarks.mostOfMember).count { isNew($0, after: 59) }
        #expect(added == RecentRemarks.mostOfMember)
        #expect(isNew(-1, after: 119))
    }

    @Test func `twice in one batch is once taken and once repeated`() async throws {
        let place = try await Place.make()
        let message = try await place.message()
        let results = try await place.office.service.submit([message.wire, message.wire])
        #expect(results.map(\.status) == [201, 200])
        #expect(results[0].receipt == results[1].receipt)
    }

    @Test func `eight callers at once get one receipt`() async throws {
        let place = try await Place.make()
        let message = try await place.message()
        let results = await withTaskGroup(of: ItemResult?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do { return try await place.submit(message.wire) } catch { return nil }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(results.map { $0?.receipt }).count == 1)
        #expect(results.count { $0?.isNew == true } == 1)
        let accepted = try await place.exchange.transportEvents()
            .count { $0 == "message.accepted" }
        #expect(accepted == 1)
    }

    /// After the transport retention period the exchange knows the key by its hash alone.
    @Test func `a forgotten message is recognised and not accepted again`() async throws {
        let place = try await Place.make()
        let message = try await place.message()
        let decision = SubmitDecision(
            moment: place.exchange.node.moment,
            member: place.office.id,
            keys: try await place.exchange.node.followed(),
            limits: PolicyLimits()
        )
        func outcome(_ sealed: Digest) -> Refusal.Reason? {
            let state = SubmitDecision.State(
                duplicate: .known(sealed: sealed),
                stored: nil,
                uploaded: [:],
                usage: [:]
            )
            switch decision.decide(message.wire, message.routing, state) {
            case .refuse(let refusal): return refusal.reason
            case .record(_, let answer): return answer.refusal?.reason
            case .answer, .propose: return nil
            }
        }
        #expect(outcome(SHA256.hash(message.sealed)) == .receiptGone)
        #expect(outcome(SHA256.hash("other".bytes)) == .messageIdConflict)
    }
}
