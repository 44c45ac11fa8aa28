import Cryptography
import Delivery
import Directory
import Primitives
import TestKit
import Testing

/// Days of two parties, compared by ids alone.
struct ReconciliationTests {
    private static let ids = (1...3).compactMap {
        MessageID("0193a2f4-0000-7000-8000-00000000000\($0)")
    }
    private static let day = Day("2026-11-20")

    private func statement(
        _ messages: DayMessages,
        withIDs: Bool = false
    ) throws -> ReconciliationStatement {
        let member = try #require(MemberID("m" + String(repeating: "a", count: 26)))
        let peer = try #require(MemberID("m" + String(repeating: "b", count: 25) + "a"))
        return ReconciliationStatement(
            of: try #require(Self.day),
            by: member,
            with: peer,
            messages,
            withIDs: withIDs
        )
    }

    @Test func `what one has sent the other has received`() throws {
        let ids = Self.ids
        let (one, other) = (
            DayMessages(sent: [ids[0], ids[1]], received: [ids[2]]),
            DayMessages(sent: [ids[2]], received: [ids[0], ids[1]])
        )
        #expect(one.difference(from: try statement(other)) == nil)
        #expect(other.difference(from: try statement(one, withIDs: true)) == nil)
        #expect(one.difference(from: try statement(one)) != nil, "direction counts")
        let known = try #require(one.difference(from: try statement(DayMessages())))
        #expect(known.missingHere == nil && known.missingThere == nil)
        let less = DayMessages(sent: [], received: [ids[0]])
        let named = try #require(one.difference(from: try statement(less, withIDs: true)))
        #expect(named.missingThere == [ids[1], ids[2]] && named.missingHere == [])
        let there = try #require(less.difference(from: try statement(one, withIDs: true)))
        #expect(there.missingHere == [ids[1], ids[2]] && there.missingThere == [])
    }

    @Test func `the hash is of the sorted ids, joined by line feeds`() throws {
        let said = try statement(DayMessages(sent: [Self.ids[1], Self.ids[0]]))
        let text = "\(Self.ids[0])\n\(Self.ids[1])"
        #expect(said.sent.sha256 == SHA256.hash(text.bytes) && said.sent.count == 2)
        #expect(said.received.sha256 == SHA256.hash([]) && said.received.count == 0)
    }

    @Test(arguments: [true, false])
    func `a statement reads as it was written, and nothing else does`(withIDs: Bool) throws {
        let messages = DayMessages(sent: Set(Self.ids.prefix(2)), received: [Self.ids[2]])
        let said = try statement(messages, withIDs: withIDs)
        let json = try JSON(canonical: said.content)
        #expect(try ReconciliationStatement(content: json) == said)
        guard case .object(let object) = json, case .object(let sent) = json["sent"] else {
            Issue.record("no object")
            return
        }
        var changes: [(name: String, value: JSON)] = [
            ("peer", .string(said.issuer.text)), ("issuer", .string("x")),
            ("day", "2026-02-30"), ("more", 1),
        ]
        if withIDs {
            var unlike = sent
            unlike["count"] = 3
            changes.append(("sent", .object(unlike)))
            unlike = sent
            unlike["messageIds"] = .array(Self.ids.prefix(2).reversed().map { .name($0) })
            changes.append(("sent", .object(unlike)))
            unlike = sent
            unlike["messageIds"] = nil
            changes.append(("sent", .object(unlike)))
        } else {
            var unlike = sent
            unlike["count"] = 0
            changes.append(("sent", .object(unlike)))
        }
        for change in changes {
            var changed = object
            changed[change.name] = change.value
            #expect(throws: DecodingRefusal.self, "\(change.name)") {
                try ReconciliationStatement(content: .object(changed))
            }
        }
    }

    @Test func `ids that do not fit are left out, both or none`() throws {
        let many = (0...Limits.reconciledIDs).compactMap { number in
            let digits = String(1_000_000 + number)
            return MessageID("0193a2f4-0000-7000-8000-00000" + digits)
        }
        #expect(Set(many).count == Limits.reconciledIDs + 1)
        let (all, less) = (DayMessages(sent: Set(many)), DayMessages(sent: Set(many.dropLast())))
        #expect(try statement(all, withIDs: true).sent.messageIDs == nil)
        let said = try statement(less, withIDs: true)
        #expect(said.sent.messageIDs?.count == Limits.reconciledIDs)
        #expect(said.received.messageIDs == [] && said.content.count < 60 * 1024)
    }
}
