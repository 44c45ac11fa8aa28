import Audit
import Delivery
import Directory
import Primitives
import Storage
import TestKit
import Testing

/// The same random history in model and SQLite: every answer on the way and all that stands at the
/// end are the same, conflicts included.
@Suite struct HistoryTests {
    typealias World = StorageWorld

    @Test(arguments: 1...4)
    func `an exchange's stores agree on a random history`(seed: UInt64) async throws {
        let model = try await ExchangeStorePlace(.model)
        let sqlite = try await ExchangeStorePlace(.sqlite)
        let random = SeededRandom(seed: seed)
        var conflicts = 0
        for step in 0..<150 {
            if random.number(below: 5) == 0 {
                let fact = Self.upkeep(step, random)
                let outcomes = [
                    await outcome { try await model.store.keep([fact]) },
                    await outcome { try await sqlite.store.keep([fact]) },
                ]
                #expect(outcomes[0] == outcomes[1], "seed \(seed), step \(step)")
            } else {
                let changes = (0...random.number(below: 2)).map { _ in Self.change(step, random) }
                let expected = await model.store.commit(changes)
                let found = await sqlite.store.commit(changes)
                #expect(found == expected, "seed \(seed), step \(step)")
                conflicts += expected.count { (try? $0.get()) == nil }
            }
        }
        #expect(conflicts > 0, "the history has races in it")
        let expected = try await model.store.ask(Self.everything)
        #expect(try await sqlite.store.ask(Self.everything) == expected, "seed \(seed)")
    }

    private func outcome(_ act: () async throws -> Void) async -> StoreError? {
        do { try await act() } catch { return error as? StoreError }
        return nil
    }

    private static func key(_ random: SeededRandom) -> MessageKey {
        let from = World.members[Int(random.number(below: 2))]
        return World.key(Int(random.number(below: 8)), from: from)
    }

    private static func member(_ random: SeededRandom) -> MemberID {
        World.members[Int(random.number(below: 3))]
    }

    private static func chunk(_ random: SeededRandom, _ step: Int) -> UploadedChunk {
        let chunk = World.chunk("\(random.number(below: 4))", of: member(random))
        return UploadedChunk(
            member: chunk.member,
            sha256: chunk.sha256,
            sealed: chunk.sealed,
            storedAt: World.at(step)
        )
    }

    private static func upkeep(_ step: Int, _ random: SeededRandom) -> ExchangeUpkeep {
        switch random.number(below: 8) {
        case 0...2: .chunk(chunk(random, step))
        case 3: .dropChunks(storedBefore: World.at(step - 40))
        case 4: .fetchedAgain(key(random), to: member(random))
        case 5:
            .proofs(
                from: member(random),
                to: member(random),
                sealed: [UInt8(random.number(below: 3))],
                at: World.at(step)
            )
        case 6: .dropEvents(before: World.at(step - 60))
        default: .dropProofs(before: World.at(step - 40))
        }
    }

    private static func change(_ step: Int, _ random: SeededRandom) -> Change<ExchangeWrite> {
        let key = key(random)
        let to = member(random)
        switch random.number(below: 12) {
        case 0...3:
            let chunks =
                random.number(below: 3) == 0 ? [World.offered(chunk(random, step))] : []
            let urgency = Urgency.allCases[Int(random.number(below: 3))]
            let row = World.message(key, urgency: urgency, chunks: chunks, at: World.at(step))
            let limit = Usage(messages: 3, bytes: 1_000)
            return World.accept(
                row,
                to: World.members.filter { $0 != key.from },
                expecting: [.usage(from: key.from, to: to, atMost: limit)]
            )
        case 4, 5: return World.release(key, to: to, at: World.at(step))
        case 6: return World.acknowledge(key, .delivered, .released, .delivered, by: to)
        case 7: return World.acknowledge(key, .opened, .delivered, .opened, by: to)
        case 8: return World.acknowledge(key, .expired, .accepted, .expired, by: to)
        case 9:
            return World.change([.deleteBody(key)], [World.released(key)])
        case 10:
            // Fails after it has written: what it wrote must go with it.
            return World.change(
                [
                    .notice(to, NoticeRow(type: .maintenance, members: []), at: World.at(step)),
                    .event(to, statement: World.digest("unknown"), at: World.at(step)),
                ],
                [World.released(key)]
            )
        default:
            let notice = NoticeRow(type: .listPublished, members: "\(step)".bytes)
            return World.change(
                [.notice(to, notice, at: World.at(step))],
                [World.released(key)]
            )
        }
    }

    /// All that can be asked about the names of these histories.
    private static func everything(_ stored: any ExchangeReader) throws -> [String] {
        var all: [String] = []
        for member in World.members {
            all.append(String(reflecting: try stored.inbox(of: member, limit: 100)))
            all.append(String(reflecting: try stored.mailboxRevision(of: member)))
            all.append(String(reflecting: try stored.events(of: member, after: 2, limit: 100)))
            all.append(String(reflecting: try stored.droppedEvents(of: member)))
            all.append(String(reflecting: try stored.newestEvent(of: member)))
            all.append(String(reflecting: try stored.openChunkBytes(of: member)))
            all.append(String(reflecting: try stored.sent(by: member, since: World.at(50))))
            for state in [nil, DeliveryState.released] {
                all.append(
                    String(
                        reflecting: try stored.deliveries(
                            of: member,
                            state: state,
                            after: 3,
                            limit: 5
                        )
                    )
                )
            }
            for number in 0..<8 {
                let key = World.key(number, from: member)
                all.append(String(reflecting: try stored.sealedBody(of: key)))
                all.append(
                    String(reflecting: try stored.duplicate(key, sealed: World.digest("\(number)")))
                )
                for chunk in 0..<4 {
                    all.append(
                        String(
                            reflecting: try stored.chunk(World.chunk("\(chunk)").sha256, of: key)
                        )
                    )
                }
            }
        }
        all.append(
            String(reflecting: try stored.expiring(before: World.at(7 * 86_400 + 75), limit: 100))
        )
        all.append(String(reflecting: try stored.bodiesEnded(before: World.at(75), limit: 100)))
        all.append(String(reflecting: try stored.trees()))
        for tree in [World.keys, World.transport] {
            guard let row = try stored.trees().first(where: { $0.origin == tree }) else { continue }
            all.append(String(reflecting: try stored.head(of: tree, size: row.size)))
            all.append(String(reflecting: try stored.leaves(of: tree, from: 0, limit: 1_000)))
            all.append(
                String(
                    reflecting: try stored.consistency(of: tree, from: row.size / 2, to: row.size)
                )
            )
        }
        return all
    }
}
