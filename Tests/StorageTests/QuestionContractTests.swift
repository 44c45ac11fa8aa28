import Audit
import Delivery
import Primitives
import Storage
import TestKit
import Testing

private typealias World = StorageWorld

/// What an auditor counts, in every store.
struct QuestionContractTests {
    private static func act(
        _ event: AuditEvent,
        _ second: Int,
        by name: String? = nil,
        failed: Bool = false
    ) -> AuditEntry {
        let role = World.demand(RoleCode("nurse"))
        let agent = name.map { Agent(.person, name: $0, role: role, assurance: .password) }
        var act = AuditFacts(
            event,
            by: agent ?? .system,
            for: PartyID(World.hospital),
            on: .message(World.messageID(second)),
            at: World.at(second)
        )
        if failed {
            act.outcome = .minorFailure
            act.reason = AuditReason("wrong")
        }
        return AuditEntry(act, in: .access, random: World.random)
    }

    @Test(arguments: StoreEngine.allCases)
    func `leaves are found by event, outcome, tag and time`(engine: StoreEngine) async throws {
        let place = try await GatewayStorePlace(engine)
        let start = try await place.store.ask {
            try $0.trees().first { $0.origin == World.access }?.size ?? 0
        }
        let entries = [
            Self.act(.messageConfirmed, 1, by: "甲"), Self.act(.messageSent, 2),
            Self.act(.deadlineWarned, 3, failed: true), Self.act(.messageConfirmed, 4, by: "乙"),
            Self.act(.messageConfirmed, 5, by: "甲"), Self.act(.deadlineWarned, 6),
        ]
        for entry in entries {
            _ = try await place.store.commit(World.change([GatewayWrite](), [entry]))
        }
        let all: Range<UInt64> = 0..<1000
        let later = start + 1..<start + 5
        let tree = World.access
        func places(_ found: [UInt64]) -> [Int] { found.map { Int($0) - Int(start) } }
        let confirmed = try await place.store.ask {
            try $0.leaves(of: .messageConfirmed, in: tree, all)
        }
        #expect(places(confirmed) == [0, 3, 4])
        let some = try await place.store.ask {
            try $0.leaves(of: .messageConfirmed, in: tree, later)
        }
        #expect(places(some) == [3, 4])
        let warned = try await place.store.ask {
            try $0.leaves(of: .deadlineWarned, in: tree, all)
        }
        #expect(places(warned) == [2, 5])
        let failed = try await place.store.ask {
            try $0.failures(of: .deadlineWarned, in: tree, all)
        }
        #expect(places(failed) == [2])
        let tag = World.dataKey.tag(.actor, "甲".bytes)
        let other = World.dataKey.tag(.actor, "乙".bytes)
        let tags = try await place.store.ask { try $0.tags(of: .actor) }
        #expect(Set(tags) == [tag, other] && tags.count == 2)
        for (range, limit, expected) in [(all, 9, [0, 4]), (all, 1, [0]), (later, 9, [4])] {
            let tagged = try await place.store.ask {
                try $0.leaves(tagged: tag, in: tree, range, limit: limit)
            }
            #expect(places(tagged) == expected)
        }
        let times = [World.at(0), World.at(3), World.at(3), World.at(99)]
        let firsts = try await place.store.ask {
            try $0.firstLeaves(notBefore: times, in: tree, start..<(start + 6))
        }
        #expect(places(firsts) == [0, 2, 2, 6])
    }
}
