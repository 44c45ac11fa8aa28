import Cryptography
import Delivery
import Directory
import Exchange
import ExchangeAPI
import Gateway
import Primitives
import Storage
import TestKit
import Testing

/// Keys, members and the directory as they change while sheets are under way.
@Suite struct TrustFlowTests {
    @Test func `a recipient whose key is revoked gets nothing more`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        // Nor does its owner get a new one.
        town.wire(.clinic).fail { $0.lostRenewals = [.encryption] }
        try await revoke(.memberEncryption, of: .clinic, town)
        try await town.settle(failures: Town.FailureList())
        let row = try await town.office(.careOffice).track(key.messageID)
        #expect(row.blockedFor != nil && !row.wasAttempted)
        let error = await #expect(throws: GatewayError.self) { try await town.sendLiaison() }
        #expect(error?.advice.isEmpty == false)
    }

    @Test func `a signer is believed until the moment of the revocation`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let before = try await town.sendLiaison()
        try await Courier(town.office(.careOffice)) { _ in }.round()
        town.time.advance(by: .minutes(1))
        try await revoke(.memberSigning, of: .careOffice, town)
        let failures = Town.FailureList()
        try await town.settle(failures: failures)
        #expect(try await town.rows(before) == 1)
        _ = try await town.office(.clinic).open(before, by: Town.nurse)
        let after = try await town.sendLiaison()
        try await town.settle(failures: failures)
        #expect(failures.codes.contains("revoked"))
        #expect(try await town.state(after) == .queued)
        #expect(try await town.rows(after) == 0)
    }

    @Test func `a suspended recipient gets no new sheet`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await town.node.setStatus(.suspended, of: town.office(.clinic).member)
        try await town.settle(failures: Town.FailureList())
        let error = await #expect(throws: GatewayError.self) { try await town.sendLiaison() }
        #expect(error?.code.isEmpty == false)
        #expect(try await town.office(.careOffice).outbox(limit: 10).isEmpty)
    }

    @Test(arguments: [true, false])
    func `a forged directory is an alarm, and the old view stands`(isDropped: Bool) async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let before = town.office(.careOffice).view.members.count
        for status in [MemberStatus.suspended, .active, .suspended] {
            try await town.node.setStatus(status, of: town.office(.clinic).member)
        }
        await town.node.tidy { _ in }
        town.wire(.careOffice).fail {
            if isDropped {
                $0.directory = { leaves in
                    leaves.dropFirst().enumerated().map { place, leaf in
                        WireLeaf(index: leaves[place].index, leaf: leaf.leaf, object: leaf.object)
                    }
                }
            } else {
                $0.checkpoint = { note in
                    var note = note
                    note[note.count - 3] = note[note.count - 3] == 0x41 ? 0x42 : 0x41
                    return note
                }
            }
        }
        let failures = Town.FailureList()
        try await town.settle(failures: failures)
        #expect(
            failures.codes.contains("forkSeen")
                || failures.codes.contains("exchangeAnswerMalformed")
        )
        let member = town.office(.careOffice).view.member(town.office(.clinic).member)
        #expect(member?.membership.standing.status == .active)
        #expect(town.office(.careOffice).view.members.count == before)
        town.wire(.careOffice).fail()
        try await town.settle(failures: Town.FailureList())
        let mended = town.office(.careOffice).view.member(town.office(.clinic).member)
        #expect(mended?.membership.standing.status == .suspended)
    }

    @Test func `a message nobody fetches expires by a signed statement`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await Courier(town.office(.careOffice)) { _ in }.round()
        #expect(try await town.state(key) == .accepted)
        town.wire(.clinic).fail { $0.isDown = true }
        town.time.advance(by: .days(8))
        let failures = Town.FailureList()
        try await town.settle(failures: failures)
        #expect(try await town.state(key) == .expired)
        let types = try await town.office(.careOffice).receipts(of: key).map(\.statement.type)
        #expect(types == [.accepted, .expired])
        town.wire(.clinic).fail()
        try await town.settle(failures: failures)
        // The recipient learns that there was something that it will not get.
        let row = try await town.office(.clinic).inbox(limit: 10).first { $0.key == key }
        #expect(row?.state == .expired && row?.sheet == nil)
    }

    @Test func `a message that has lapsed is taken back where it was accepted after all`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        town.wire(.careOffice).fail { $0.submitted = { _ in [] } }
        let failures = Town.FailureList()
        try await town.settle(rounds: 1, failures: failures)
        town.wire(.careOffice).fail { $0.isDown = true }
        town.time.advance(by: .days(8))
        try await town.settle(failures: failures)
        #expect(try await town.state(key) == .undeliverable)
        town.wire(.careOffice).fail()
        try await town.settle(failures: failures)
        #expect(try await town.state(key) == .withdrawn)
        let course = try await town.office(.careOffice).course(of: key.messageID)
        #expect(course.takenBackFor == .other)
        #expect(course.copies.first?.answer?.outcome == .neverOpened)
    }

    @Test func `a promise without a leaf is an alarm, and a late proof clears it`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        town.wire(.careOffice).fail {
            $0.proved = { $0.map { WireProof(statement: $0.statement, proof: nil) } }
        }
        try await town.settle()
        town.time.advance(by: .hours(25))
        try await town.settle()
        let alarm = "audit.alarm receiptWithoutLeaf"
        #expect(try await town.events(.careOffice).count { $0 == alarm } == 1)
        town.wire(.careOffice).fail()
        try await town.settle()
        let receipts = try await town.office(.careOffice).receipts(of: key)
        #expect(receipts.allSatisfy { $0.proof != nil })
    }

    @Test func `a receipt out of its turn or of another changes nothing and is on record`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        _ = try await town.office(.clinic).confirm(key, by: Town.nurse)
        // Confirmed comes first: opened is dropped on the way.
        town.wire(.careOffice).fail {
            $0.told = { events in
                events.filter {
                    guard case .statement(let wire) = $0.body else { return true }
                    let type = try? SignedStatement(reading: wire.bytes).type
                    return type != .opened
                }
            }
        }
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
        #expect(try await town.events(.careOffice).contains("receipt.rejected outOfOrder"))
    }

    @Test func `a receipt whose bytes were changed is rejected and moves nothing`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        town.wire(.careOffice).fail {
            $0.told = { events in
                events.map {
                    guard case .statement(let wire) = $0.body else { return $0 }
                    let changed = wire.bytes.dropLast() + [(wire.bytes.last ?? 0) ^ 1]
                    return WireEvent(
                        cursor: $0.cursor,
                        at: $0.at,
                        body: .statement(WireStatement(bytes: Array(changed)))
                    )
                }
            }
        }
        let key = try await town.sendLiaison()
        try await town.settle()
        #expect(try await town.state(key) == .accepted)
        #expect(try await town.office(.careOffice).receipts(of: key).count == 1)
        #expect(try await town.events(.careOffice).contains("receipt.rejected badSignature"))
    }

    @Test func `receipts whose events are no longer kept are fetched one by one`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let keys = [try await town.sendLiaison(), try await town.sendLiaison()]
        town.wire(.careOffice).fail { $0.told = { _ in [] } }
        try await town.settle()
        #expect(try await town.state(keys[0]) == .accepted)
        town.wire(.careOffice).fail { $0.forgotten = 1_000 }
        try await town.settle(rounds: 1)
        for key in keys { #expect(try await town.state(key) == .delivered) }
        #expect(
            try await town.events(.careOffice).allSatisfy { !$0.hasPrefix("receipt.rejected") }
        )
        // What comes after goes its usual way: the second round asks beyond the cursor.
        let failures = Town.FailureList()
        try await town.settle(rounds: 2, failures: failures)
        #expect(failures.codes == [])
    }

    private func revoke(
        _ role: CertificateRole,
        of place: World.Place,
        _ town: Town
    ) async throws {
        let member = town.office(place).member
        let certificate = try #require(
            town.node.view.certificates(of: PartyID(member), role: role).last
        )
        try await town.node.revoke(
            certificate.sha256,
            of: member,
            since: town.time.now,
            reason: .keyCompromise
        )
        await town.node.tidy { _ in }
    }
}
