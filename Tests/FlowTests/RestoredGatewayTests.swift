import Audit
import Cryptography
import Delivery
import Directory
import Envelope
import ExchangeAPI
import Primitives
import Storage
import TestKit
import Testing

@testable import Gateway

/// An office whose disk was lost and that goes on from a backup: nothing is silent, nothing is said
/// twice, and nothing that others have is lost.
@Suite struct RestoredGatewayTests {
    /// A town in which the clinic was copied after one sheet and has taken in others since: one
    /// that is opened, one that is not, one that was taken back.
    private struct Story {
        let town: Town
        let before: MessageKey
        let opened: MessageKey
        let unopened: MessageKey
        let withdrawn: MessageKey
        let copiedAt: Timestamp
        let lost: Digest

        init() async throws {
            town = try await Town.make(places: [.careOffice, .clinic])
            before = try await town.sendLiaison()
            try await town.settle()
            town.time.advance(by: .hours(1))
            try await town.settle()
            copiedAt = town.time.now
            try await town.copyFolder(of: .clinic, to: "backup")
            opened = try await town.sendLiaison()
            unopened = try await town.sendLiaison()
            withdrawn = try await town.sendLiaison()
            try await town.settle()
            _ = try await town.office(.clinic).open(opened, by: Town.nurse)
            _ = try await town.office(.clinic).open(before, by: Town.nurse)
            let office = town.office(.careOffice)
            _ = try await office.withdraw(
                withdrawn.messageID,
                because: .other,
                by: Town.careManager
            )
            town.time.advance(by: .minutes(2))
            try await town.settle()
            lost = try await Self.receipt(.opened, opened, town)
        }

        static func receipt(
            _ type: StatementType,
            _ key: MessageKey,
            _ town: Town
        ) async throws -> Digest {
            let clinic = town.office(.clinic)
            let slot = StatementSlot.copy(type, key, clinic.member)
            let row: ReceiptRow? = try await clinic.read { stored throws(StoreError) in
                try stored.receipt(in: slot)
            }
            return try #require(row).statement.sha256
        }

        func putBack(marked: Bool = true) throws {
            let mark = RestoreMark(backupAt: copiedAt, restoredAt: town.time.now)
            try town.putBack("backup", at: .clinic, mark: marked ? mark : nil)
        }

        func states() async throws -> [MessageKey: DeliveryState?] {
            let rows = try await town.office(.clinic).inbox(limit: 9)
            return Dictionary(uniqueKeysWithValues: rows.map { ($0.key, $0.state) })
        }
    }

    @Test func `a restored folder takes nothing before its recovery`() async throws {
        let story = try await Story()
        let (town, clinic) = (story.town, story.town.office(.clinic))
        let size = try await town.checkpointSize(of: .clinic)
        try story.putBack()
        await #expect(throws: StoreError.restored) { try await town.reopen(.clinic) }
        let done = try await town.recover(.clinic)
        #expect(done.recovery.missing?.head.size == size)
        #expect(done.recovery.found.size < size)
        #expect(done.recovery.missingLeaves == size - done.recovery.found.size)
        #expect(done.recovery.origin == clinic.accessOrigin)
        #expect(done.origin == town.office(.clinic).accessOrigin)
        #expect(done.origin.isNewer(than: clinic.accessOrigin))
        let error = await #expect(throws: GatewayError.self) { try await town.recover(.clinic) }
        #expect(error?.code == "nothingToRecover" && error?.isTemporary == false)
        try await town.reopen(.clinic)
        let events = try await town.events(.clinic)
        #expect(events.contains("tree.recovered restored"))
        #expect(events.contains("backup.restored"))
    }

    @Test func `what others have comes back, and no receipt is made a second time`() async throws {
        let story = try await Story()
        let town = story.town
        let receipts = try await town.receipts(of: .careOffice)
        let states = try await story.states()
        try story.putBack()
        try await town.recover(.clinic)
        let failures = Town.FailureList()
        for _ in 0..<2 {
            town.time.advance(by: .minutes(2))
            try await town.settle(failures: failures)
        }
        #expect(failures.codes.isEmpty)
        #expect(try await story.states() == states)
        #expect(try await Story.receipt(.opened, story.opened, town) == story.lost)
        #expect(try await town.receipts(of: .careOffice) == receipts)
        let restoration = try await town.office(.clinic).restoration()
        #expect(restoration?.isComplete == true && restoration?.lost == 0)
        #expect(restoration?.returned == 4 && restoration?.backupAt == story.copiedAt)
        // And everything goes on.
        _ = try await town.office(.clinic).open(story.unopened, by: Town.nurse)
        let key = try await town.sendLiaison()
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
        #expect(try await town.state(story.unopened) == .opened)
    }

    @Test func `what the exchange cannot give now is not called lost, and comes later`()
        async throws
    {
        let story = try await Story()
        let town = story.town
        let states = try await story.states()
        try story.putBack()
        try await town.recover(.clinic)
        town.wire(.clinic).fail { $0.refusingFetch = Refusal(.maintenance) }
        try await town.settle(failures: Town.FailureList())
        var restoration = try await town.office(.clinic).restoration()
        #expect(restoration?.isComplete == false && restoration?.lost == 0)
        #expect(try await story.states()[story.unopened] == nil)
        town.wire(.clinic).fail()
        for _ in 0..<2 {
            town.time.advance(by: .minutes(2))
            try await town.settle(failures: Town.FailureList())
        }
        restoration = try await town.office(.clinic).restoration()
        #expect(restoration?.isComplete == true && restoration?.lost == 0)
        #expect(try await story.states() == states)
    }

    @Test func `every promise is kept in the log that went on, and anybody can check it`()
        async throws
    {
        let story = try await Story()
        let town = story.town
        let old = town.office(.clinic).accessOrigin
        try story.putBack()
        try await town.recover(.clinic)
        for _ in 0..<2 {
            town.time.advance(by: .minutes(2))
            try await town.settle()
        }
        let clinic = town.office(.clinic)
        let page = try await clinic.auditPage(from: 0)
        let copy = LogCopy(
            origin: page.checkpoint.origin,
            leaves: page.leaves,
            checkpoints: [page.checkpoint]
        )
        let audit = LogAudit(of: copy, key: page.key)
        #expect(audit.isWhole && audit.recoveries.map(\.origin) == [old])
        #expect(try await clinic.auditLog().isWhole)
        #expect(try await clinic.concealed(in: page.leaves, from: 0).isEmpty)
        for type in [StatementType.delivered, .opened] {
            for key in [story.before, story.opened] {
                let receipt = try await Story.receipt(type, key, town)
                guard case .kept = audit.promise(of: receipt, logOrigin: old) else {
                    Issue.record("\(type) of \(key.messageID) lost its leaf")
                    continue
                }
                let proof = try #require(try await clinic.proof(ofReceipt: receipt))
                let row = try await clinic.read { stored throws(StoreError) in
                    try stored.receipt(receipt)
                }
                let statement = try SignedStatement(reading: try #require(row).statement.bytes)
                #expect(statement.logOrigin == old)
                try proof.verify(statement, promisedIn: old, key: page.key)
                // A promise to another log is none of this one's.
                let other = TreeOrigin.access(Town.host, member: clinic.member, fiscalYear: 1999)
                #expect(throws: AuditRefusal.wrongOrigin) {
                    try proof.verify(statement, promisedIn: other, key: page.key)
                }
            }
        }
        let alarms = try await town.events(.careOffice).filter { $0.hasPrefix("audit.alarm") }
        #expect(alarms.isEmpty)
        let unproved = try await town.office(.careOffice).read { stored throws(StoreError) in
            try stored.unprovedReceipts(
                except: PartyID(town.office(.careOffice).member),
                storedBefore: town.time.now.adding(.zero - .minutes(1)),
                limit: 99
            )
        }
        #expect(unproved.isEmpty)
    }

    @Test func `evidence from before and after holds for both verifiers`() async throws {
        let story = try await Story()
        let town = story.town
        let office = town.office(.careOffice)
        let early = try await office.evidence(of: story.opened, to: nil, withContent: true)
        try story.putBack()
        try await town.recover(.clinic)
        town.time.advance(by: .minutes(2))
        try await town.settle()
        _ = try await town.office(.clinic).open(story.unopened, by: Town.nurse)
        town.time.advance(by: .minutes(2))
        try await town.settle()
        var files = [early.bytes]
        for key in [story.before, story.opened, story.unopened] {
            for place in [World.Place.careOffice, .clinic] {
                let file = try await town.office(place)
                    .evidence(of: key, to: nil, withContent: true)
                files.append(file.bytes)
            }
        }
        let others = try SecondVerifier.verdicts(on: files, root: town.root)
        for (bytes, other) in zip(files, others) {
            let ours = SecondVerifier.ours(bytes, root: town.root, now: town.time.now)
            #expect(ours.fault == nil && other == ours)
        }
        // What the clinic shows of its own receipts stands under the name that its log has now.
        let receipt = try await Story.receipt(.opened, story.opened, town)
        let shown = try await town.office(.clinic).proof(ofReceipt: receipt)
        let proof = try TlogProof(reading: try #require(shown).tlogProof)
        #expect(proof.checkpoint.origin == town.office(.clinic).accessOrigin)
        #expect(proof.extra != nil)
    }

    @Test func `a recovery does not excuse a leaf that is dropped`() async throws {
        let story = try await Story()
        let town = story.town
        let old = town.office(.clinic).accessOrigin
        try story.putBack()
        // The exchange, in league with the clinic, has nothing more to be adopted.
        town.wire(.clinic).fail {
            $0.listed = { $0.map { InboxPage(revision: $0.revision, items: []) } }
        }
        try await town.recover(.clinic)
        town.time.advance(by: .minutes(2))
        try await town.settle(failures: Town.FailureList())
        let page = try await town.office(.clinic).auditPage(from: 0)
        let audit = LogAudit(
            of: LogCopy(
                origin: page.checkpoint.origin,
                leaves: page.leaves,
                checkpoints: [page.checkpoint]
            ),
            key: page.key
        )
        #expect(audit.isWhole)
        #expect(audit.promise(of: story.lost, logOrigin: old) == .missing)
    }

    @Test func `a copy that nobody marked is found out, and recovered as one`() async throws {
        let story = try await Story()
        let town = story.town
        try story.putBack(marked: false)
        try await town.reopen(.clinic)
        let failures = Town.FailureList()
        try await town.settle(failures: failures)
        #expect(failures.codes.contains("storeRestored"))
        let size = try await town.storedEvents(.clinic).count
        _ = await #expect(throws: GatewayError.self) {
            try await town.office(.clinic).open(story.before, by: Town.nurse)
        }
        #expect(try await town.storedEvents(.clinic).count == size)
        let done = try await town.recover(.clinic)
        #expect(done.backupAt == nil && done.recovery.found.size == UInt64(size))
        town.time.advance(by: .minutes(2))
        try await town.settle()
        #expect(try await Story.receipt(.opened, story.opened, town) == story.lost)
        let events = try await town.events(.clinic)
        #expect(events.contains("tree.recovered rolledBack"))
        #expect(events.contains("receipt.readopted restored"))
    }

    @Test func `only the own signature stops an office`() async throws {
        let story = try await Story()
        let town = story.town
        let origin = town.office(.clinic).accessOrigin
        let keys = MemoryKeyStore(seed: [9])
        let other = try CheckpointSigner(
            store: keys,
            key: try await keys.generate(.log, label: "log")
        )
        let head = TreeHead(size: 9999, root: story.lost)
        let foreign = try await other.checkpoint(origin, head)
        // An exchange of the version before shows nothing; a false one shows what nobody signed.
        for seen in [nil, foreign] {
            town.wire(.clinic).fail {
                $0.cosigned = { answer in
                    guard case .conflict(let size, _) = answer.outcome else { return answer }
                    return WitnessAnswer(answer.origin, .conflict(size: size, seen: seen))
                }
            }
            try await town.reopen(.clinic)
            let key = try await town.sendLiaison()
            let failures = Town.FailureList()
            try await town.settle(failures: failures)
            #expect(!failures.codes.contains("storeRestored"))
            #expect(try await town.state(key) == .delivered)
        }
        #expect(!(try await town.events(.clinic).contains("audit.alarm gap")))
    }

    @Test func `the same backup put back twice leaves the first recovery behind`() async throws {
        let story = try await Story()
        let town = story.town
        try story.putBack()
        let first = try await town.recover(.clinic)
        town.time.advance(by: .minutes(2))
        try await town.settle()
        try story.putBack()
        let second = try await town.recover(.clinic)
        #expect(second.origin.isNewer(than: first.origin))
        #expect(second.recovery.origin == first.recovery.origin)
        #expect(second.recovery.missing?.origin == first.origin)
        town.time.advance(by: .minutes(2))
        try await town.settle()
        #expect(try await Story.receipt(.opened, story.opened, town) == story.lost)
        #expect(try await town.office(.clinic).auditLog().isWhole)
    }

    @Test func `what waited to be sent waits for a person`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic], hold: .seconds(60))
        let key = try await town.sendLiaison()
        try await town.copyFolder(of: .careOffice, to: "backup")
        let mark = RestoreMark(backupAt: town.time.now, restoredAt: town.time.now)
        let taken = try await town.office(.careOffice)
            .withdraw(key.messageID, because: .other, by: Town.careManager)
        #expect(taken == .cancelled)
        try await town.settle()
        try town.putBack("backup", at: .careOffice, mark: mark)
        try await town.recover(.careOffice)
        for _ in 0..<3 {
            town.time.advance(by: .minutes(2))
            try await town.settle()
        }
        #expect(try await town.state(key) == .queued)
        let reason = try await town.office(.careOffice).track(key.messageID).blockedFor
        #expect(reason?.rawValue == "restored")
        #expect(try await town.rows(key) == 0)
    }

    @Test func `messages that others have and nobody here are counted`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await town.settle()
        try await town.copyFolder(of: .careOffice, to: "backup")
        let mark = RestoreMark(backupAt: town.time.now, restoredAt: town.time.now)
        _ = try await town.sendLiaison()
        try await town.settle()
        try town.putBack("backup", at: .careOffice, mark: mark)
        try await town.recover(.careOffice)
        town.time.advance(by: .minutes(2))
        try await town.settle()
        #expect(try await town.office(.careOffice).restoration()?.uncopied == 1)
    }
}

extension Town {
    /// What an office holds of receipts, by their hashes.
    fileprivate func receipts(of place: World.Place) async throws -> Set<Digest> {
        let member = office(place).member
        let rows = try await office(place).read { stored throws(StoreError) in
            var rows: [ReceiptRow] = []
            for row in try stored.outbox(state: nil, limit: 99) {
                rows += try stored.receipts(of: MessageKey(from: member, messageID: row.message))
            }
            return rows
        }
        return Set(rows.map(\.statement.sha256))
    }
}
