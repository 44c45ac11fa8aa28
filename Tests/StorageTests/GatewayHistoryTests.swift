import Audit
import Delivery
import Directory
import Primitives
import Storage
import TestKit
import Testing

/// As `HistoryTests`, for the stores of an organisation.
@Suite struct GatewayHistoryTests {
    typealias World = StorageWorld

    @Test(arguments: 1...4)
    func `an organisation's stores agree on a random history`(seed: UInt64) async throws {
        let model = try await GatewayStorePlace(.model)
        let sqlite = try await GatewayStorePlace(.sqlite)
        let random = SeededRandom(seed: seed)
        var conflicts = 0
        for step in 0..<150 {
            let changes = (0...random.number(below: 2)).map { _ in
                World.change(
                    expecting: Self.expects(random),
                    Self.writes(step, random),
                    [World.queued(World.messageID(step), at: World.at(step))]
                )
            }
            let expected = await model.store.commit(changes)
            let found = await sqlite.store.commit(changes)
            #expect(found == expected, "seed \(seed), step \(step)")
            conflicts += expected.count { if case .failure = $0 { true } else { false } }
        }
        #expect(conflicts > 0, "the history has races in it")
        let expected = try await model.store.ask(Self.everything)
        #expect(try await sqlite.store.ask(Self.everything) == expected, "seed \(seed)")
    }

    private static func number(_ random: SeededRandom) -> Int { Int(random.number(below: 8)) }

    private static func expects(_ random: SeededRandom) -> [Precondition] {
        let number = number(random)
        let revision = Int64(random.number(below: 4))
        let key = World.key(number, from: World.office)
        return switch random.number(below: 14) {
        case 0: [.outboxRevision(World.messageID(number), revision)]
        case 1: [.inboxUnknown(key, content: World.digest("content \(number)"))]
        case 2: [.inboxRevision(key, revision)]
        case 3: [.recordRevision(.draft, World.recordID("\(number)"), revision)]
        case 4: [.cursor(.events, revision)]
        case 5: [.pairSequence(.sent, World.office, nil)]
        case 6: [.statementUnknown(statement(number).slot)]
        case 7: [.treeSize(World.access, 3)]
        default: []
        }
    }

    private static func statement(_ number: Int) -> StatementRow {
        let isOwn = number.isMultiple(of: 2)
        let key = World.key(number, from: isOwn ? World.office : World.hospital)
        let by = isOwn ? World.hospital : World.office
        return World.statement(.delivered, .copy(.delivered, key, by), by: PartyID(by))
    }

    private static func writes(_ step: Int, _ random: SeededRandom) -> [GatewayWrite] {
        let number = number(random)
        let message = World.messageID(number)
        let key = World.key(number, from: World.office)
        switch random.number(below: 10) {
        case 0, 1:
            let urgency = Urgency.allCases[Int(random.number(below: 3))]
            let row = World.outbox(number, urgency: urgency, to: [World.office, World.clinic])
            let kinds: [ExpectationKind] = [.delivered, .reply]
            return [.queue(row)]
                + kinds.map { kind in
                    let name = ExpectationName(World.key(number), World.office, kind)
                    return .expect(ExpectationRow(name, due: World.at(number)))
                }
        case 2: return [.seal(message, World.outboxBytes(number))]
        case 3:
            let reason = random.number(below: 2) == 0 ? nil : ReasonCode(rawValue: "expired")
            return [.attempted(message), .block(message, reason)]
        case 4:
            return [
                .moveOutbox(message, to: World.office, .delivered, at: World.at(step)),
                .met(
                    ExpectationName(World.key(number), World.office, .delivered),
                    at: World.at(step)
                ),
            ]
        case 5, 6:
            let state: DeliveryState? = random.number(below: 3) == 0 ? nil : .delivered
            let bytes = World.inboxBytes(number, opened: state != nil)
            let owed = ExpectationName(key, World.office, .reply)
            return [
                .receive(World.inbox(number, state: state), bytes),
                .expect(ExpectationRow(owed, due: number < 4 ? World.at(number) : nil)),
            ]
        case 7:
            return random.number(below: 2) == 0
                ? [.moveInbox(key, .opened, at: World.at(step))]
                : [.assign(key, random.number(below: 2) == 0 ? nil : World.account)]
        case 8: return statements(number, step, random)
        default: return others(number, step, random)
        }
    }

    private static func statements(
        _ number: Int,
        _ step: Int,
        _ random: SeededRandom
    ) -> [GatewayWrite] {
        let row = statement(number)
        return switch random.number(below: 6) {
        case 0, 1: [.receipt(row, disclosure: number < 4 ? World.sealed("\(step)") : nil)]
        case 2: [.send(row.sha256)]
        case 3: [.sent(row.sha256, at: World.at(step))]
        case 4:
            [
                .upkeep(
                    .proof(
                        ofReceipt: row.sha256,
                        StoredProof(leaf: [UInt8(step)], tlogProof: [1])
                    )
                )
            ]
        default: [.upkeep(.proofSent(ofReceipt: row.sha256, at: World.at(step)))]
        }
    }

    private static func others(
        _ number: Int,
        _ step: Int,
        _ random: SeededRandom
    ) -> [GatewayWrite] {
        let id = World.recordID("\(number)")
        return switch random.number(below: 5) {
        case 0: [.record(.draft, id, World.sealed("\(step)"), at: World.at(step))]
        case 1: [.dropRecord(.draft, id)]
        case 2: [.upkeep(.cursor(.events, Int64(number))), .setting(.init(rawValue: "a"), [1])]
        case 3:
            [
                .pair(
                    PairRow(
                        direction: .sent,
                        peer: World.office,
                        sequence: Int64(step),
                        message: World.messageID(number)
                    )
                )
            ]
        default:
            [
                .upkeep(
                    .directoryLeaves(
                        World.keys,
                        [DirectoryLeaf(index: UInt64(number), leaf: [UInt8(step)], object: nil)]
                    )
                )
            ]
        }
    }

    /// Nothing left out, and each bound by itself.
    private static var bounds: [ListBounds] {
        let changes: [(inout ListBounds) -> Void] = [
            { _ in }, { $0.type = World.sheetType }, { $0.since = World.at(2) },
            { $0.notFor = [World.desk] }, { $0.before = World.at(3) },
            { $0.peers = [World.office, World.hospital] },
            {
                $0.notFor = [World.desk]
                $0.handedTo = [World.desk]
            },
        ]
        return changes.map { change in
            var bounds = ListBounds()
            change(&bounds)
            return bounds
        }
    }

    /// What people look at: pages of each list, and how long it is.
    private static func lists(_ stored: any GatewayReader) throws -> [String] {
        let slices = [ListSlice(limit: 3), ListSlice(skip: 2, limit: 3)]
        let inbox: [InboxList] = [
            .all, .unopened, .urgent, .owed(by: nil), .owed(by: World.at(2)), .unassigned,
            .assigned(to: World.account),
        ]
        var received: [String] = []
        var sent: [String] = []
        for bounds in bounds {
            for list in inbox {
                received += try slices.map {
                    String(reflecting: try stored.inbox(list, bounds, $0))
                }
                received.append("\(list) \(try stored.count(list, bounds))")
            }
            for list in OutboxList.allCases {
                sent += try slices.map { String(reflecting: try stored.outbox(list, bounds, $0)) }
                sent.append("\(list) \(try stored.count(list, bounds))")
            }
        }
        let open = try [nil, true, false].map {
            String(reflecting: try stored.openExpectations(owed: $0, limit: 4))
        }
        return received + sent + open
    }

    private static func everything(_ stored: any GatewayReader) throws -> [String] {
        let own = PartyID(World.hospital)
        var all: [String] = []
        for state in [nil, DeliveryState.queued, .delivered, .opened] {
            all.append(String(reflecting: try stored.outbox(state: state, limit: 5)))
            all.append(String(reflecting: try stored.inbox(state: state, limit: 5)))
        }
        all += try lists(stored)
        all.append(String(reflecting: try stored.heldOutbox(until: World.at(99), limit: 5)))
        all.append(String(reflecting: try stored.sealedOutbox(limit: 5)))
        all.append(String(reflecting: try stored.outbox(thread: World.thread)))
        all.append(String(reflecting: try stored.inbox(thread: World.thread)))
        all.append(String(reflecting: try stored.heldInbox()))
        let counts = try stored.outboxCounts()
        all.append(String(reflecting: DeliveryState.allCases.map { counts[$0] }))
        all.append(String(reflecting: try stored.unsentStatements(limit: 3)))
        all.append(String(reflecting: try stored.unsentProofs(of: own, limit: 3)))
        all.append(
            String(
                reflecting: try stored.unprovedReceipts(
                    except: own,
                    storedBefore: World.start,
                    limit: 3
                )
            )
        )
        all.append(String(reflecting: try stored.expectations(dueBefore: World.at(5), limit: 4)))
        all.append(String(reflecting: try stored.records(.draft)))
        let slice = ListSlice(skip: 1, limit: 2)
        all.append(String(reflecting: try stored.records(.draft, slice)))
        all.append("\(try stored.count(.draft))")
        all.append(
            String(reflecting: try stored.directoryLeaves(of: World.keys, from: 2, limit: 4))
        )
        all.append(String(reflecting: try stored.pair(.sent, with: World.office)))
        all.append(String(reflecting: try stored.cursor(.events)))
        for number in 0..<8 {
            let message = World.messageID(number)
            let key = World.key(number, from: World.office)
            all.append(String(reflecting: try stored.draft(of: message)))
            all.append(String(reflecting: try stored.outboxBytes(of: message)))
            all.append(String(reflecting: try stored.expectations(of: World.key(number))))
            all.append(String(reflecting: try stored.inbox(message: message)))
            all.append(String(reflecting: try stored.sheet(of: key)))
            all.append(String(reflecting: try stored.inboxBytes(of: key)))
            all.append(String(reflecting: try stored.receipts(of: key)))
        }
        all.append(String(reflecting: try stored.leaves(of: World.access, from: 0, limit: 999)))
        return all
    }
}
