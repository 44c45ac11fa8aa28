import Cryptography
import Directory
import Primitives
import TestKit
import Testing

@testable import Delivery

/// The clear header.
struct RoutingTests {
    private let random = SeededRandom(seed: 4)

    @Test func `recipients are put in order, and the bytes are kept`() throws {
        let to = addressees(5)
        let routing = try make(to: to.reversed())
        #expect(routing.to.map(\.memberID) == to.map(\.memberID).sorted())
        let read = try Routing(reading: routing.bytes)
        #expect(read == routing)
        #expect(read.sha256 == SHA256.hash(routing.bytes))
    }

    @Test(arguments: [(0, false), (1, true), (20, true), (21, false)])
    func `a message has 1 to 20 recipients`(count: Int, isRead: Bool) {
        let routing = try? make(to: addressees(count))
        #expect((routing != nil) == isRead)
    }

    @Test func `nobody is named twice, nor the sender, nor out of order`() throws {
        let to = addressees(2)
        let sender = MemberID.make(random)
        let badForm = DecodingRefusal(.badForm, at: "/to")
        #expect(throws: badForm) { try make(to: [to[0], to[0]]) }
        #expect(throws: badForm) {
            try make(from: sender, to: [Addressee(memberID: sender, keyID: to[0].keyID)])
        }
        let routing = try make(to: to)
        let json = try JSON(canonical: routing.bytes)
        let turned = json.setting("/to", to: .records(Array(routing.to.reversed())))
        #expect(throws: badForm) { try Routing(reading: turned.canonicalBytes) }
    }

    @Test(arguments: [
        (Duration.minutes(10), true), (.minutes(10) - .milliseconds(1), false),
        (.days(30), true), (.days(30) + .milliseconds(1), false), (.days(-1), false),
    ])
    func `a message lives from 10 minutes to 30 days`(life: Duration, isRead: Bool) {
        let routing = try? make(to: addressees(1), life: life)
        #expect((routing != nil) == isRead)
    }

    @Test func `an unknown suite is read and not judged`() throws {
        let json = Samples.routing.setting("/suite", to: "renkei-2031-1")
        let routing = try Routing(reading: json.canonicalBytes)
        #expect(Suite(routing.suite) == nil)
        let known = try Routing(reading: Samples.routing.canonicalBytes)
        #expect(Suite(known.suite) == .renkei2026)
    }

    @Test func `bytes that are not canonical, or too many, are refused`() {
        let bytes = Samples.routing.canonicalBytes
        #expect(throws: DecodingRefusal(.notCanonical)) { try Routing(reading: bytes + [0x20]) }
        let padded = bytes + [UInt8](repeating: 0x20, count: Limits.routingBytes)
        #expect(throws: DecodingRefusal(.tooLarge)) { try Routing(reading: padded) }
    }

    @Test func `a message is known for ever by the hash of sender and id`() throws {
        let routing = try make(to: addressees(1))
        let text = routing.from.text + routing.messageID.text
        #expect(routing.key.sha256 == SHA256.hash(text.bytes))
    }

    private func addressees(_ count: Int) -> [Addressee] {
        (0..<count).compactMap { _ in
            KeyID(Hex.encode(random.bytes(20))).map { keyID in
                Addressee(memberID: MemberID.make(random), keyID: keyID)
            }
        }
    }

    private func make(
        from sender: MemberID? = nil,
        to: [Addressee],
        life: Duration = .days(7)
    ) throws(DecodingRefusal) -> Routing {
        let start = SimulatedTime.start
        return try Routing.make(
            MessageKey(
                from: sender ?? MemberID.make(random),
                messageID: MessageID.make(at: start, random)
            ),
            to: to,
            life: MessageLife(
                createdAt: start,
                expiresAt: start.adding(life),
                urgency: .routine
            )
        )
    }
}
