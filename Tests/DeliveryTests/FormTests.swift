import Primitives
import TestKit
import Testing

@testable import Delivery
@testable import Directory

/// The forms of header, submission, receipts, disclosure and proofs, member by member.
struct FormTests {
    @Test(arguments: DeliveryForm.allCases)
    func `what is read is written again to the same bytes`(form: DeliveryForm) throws {
        let written = try form.rewritten(form.table.sample)
        #expect(written == form.table.sample.canonicalBytes)
        for variant in form.table.lighter {
            #expect(try form.rewritten(variant.json) == variant.json.canonicalBytes, "\(variant)")
        }
    }

    @Test(arguments: DeliveryForm.allCases)
    func `a member missing, unknown, mistyped or empty is refused`(form: DeliveryForm) {
        for variant in form.table.faults {
            #expect(throws: DecodingRefusal.self, "\(variant)") {
                try form.rewritten(variant.json)
            }
        }
    }

    @Test(arguments: DeliveryForm.allCases)
    func `another type or version is refused`(form: DeliveryForm) {
        let sample = form.table.sample
        let later = sample.setting("/version", to: 2)
        #expect(throws: DecodingRefusal(.badVersion, at: "/version")) { try form.rewritten(later) }
        guard form != .routing else { return }
        let other = sample.setting("/type", to: "membership")
        #expect(throws: DecodingRefusal(.badForm, at: "/type")) { try form.rewritten(other) }
    }

    @Test(arguments: [
        (DeliveryForm.routing, "/messageId", "0199a5f0-0000-4000-8000-000000000001"),
        (.routing, "/urgency", "soon"), (.routing, "/to/0/keyId", "0A"),
        (.accepted, "/acceptedAt", "2026-11-21T02:03:04Z"),
        (.accepted, "/logOrigin", "exchange.example/log/other/2026"),
        (.delivered, "/checks/revocationFreshness", "old"),
        (.refused, "/whoMustAct", "recipient"), (.refused, "/resend", "never"),
        (.refused, "/code", "forwarded"), (.opened, "/part", "../sheet.json"),
        (.opened, "/purpose", "curiosity"), (.opened, "/commitments/desk", "liaison"),
        (.undeliverable, "/reason", "lost"),
        (.withdrawal, "/reason", "regret"),
        (.neverOpened, "/outcome", "released"), (.released, "/outcome", "neverOpened"),
        (.disclosure, "/openings/0/salt", "AAAA"),
        (.disclosure, "/openings/0/field", "birthday"), (.proofs, "/proofs/0/leaf", "A==="),
    ])
    func `a value out of its form is refused`(form: DeliveryForm, place: String, value: String) {
        let json = form.table.sample.setting(place, to: .string(value))
        #expect(throws: DecodingRefusal.self) { try form.rewritten(json) }
    }

    @Test(arguments: [
        (0, false), (1, true), (Limits.chunkSealedBytes, true),
        (Limits.chunkSealedBytes + 1, false),
    ])
    func `a chunk has a length within its limit`(length: Int, isRead: Bool) {
        let json = Samples.submission
            .setting("/chunks/0/sealedLength", to: .integer(Int64(length)))
        let read = try? SubmissionStatement(content: json)
        #expect((read != nil) == isRead)
    }

    @Test(arguments: [(0, true), (256, true), (257, false)])
    func `a message has at most 256 chunks`(count: Int, isRead: Bool) throws {
        let chunk = try required(Samples.submission["chunks"]?.array?.first)
        let json = Samples.submission
            .setting("/chunks", to: .array([JSON](repeating: chunk, count: count)))
        let read = try? SubmissionStatement(content: json)
        #expect((read != nil) == isRead)
    }

    @Test func `each refusal says who must act and whether to send again`() {
        for code in RefusalCode.allCases {
            let isSecurityEvent = code == .forwarded || code == .replayed
            #expect(code.whoMustAct == (isSecurityEvent ? .nobody : .sender))
            #expect(code.resend == (isSecurityEvent ? .never : .newMessage))
        }
        #expect(RefusalCode.allCases.count == 18)
    }

    @Test func `the least advanced copy is shown, and an end before all progress`() {
        #expect([DeliveryState.opened, .delivered, .confirmed].leastAdvanced == .delivered)
        #expect([DeliveryState.opened, .refused].leastAdvanced == .refused)
        #expect([DeliveryState]().leastAdvanced == nil)
        let ends = DeliveryState.allCases.filter(\.isEnd)
        #expect(Set(ends) == [.undeliverable, .expired, .refused, .withdrawn])
    }
}
