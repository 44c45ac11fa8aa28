import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage
import TestKit
import Testing

@testable import Exchange
@testable import Gateway

/// Members that lose their keys, leave, and come back.
@Suite struct RecoveryTests {
    @Test func `lost keys come back by a paper, and are used after a call`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let (care, failures) = (town.office(.careOffice), Town.FailureList())
        town.wire(.careOffice).fail { $0.isDown = true }
        let waiting = try await town.sendLiaison()
        let nurses = DirectoryDesk(
            try required(DeskID("nurses")),
            name: "看護師",
            kind: try required(Department("none"))
        )
        try await town.office(.clinic).addDesk(nurses, by: Town.nurse)
        let paper = try await town.node.recover(town.office(.clinic).member)
        try await town.rejoin(.clinic, with: paper)
        town.wire(.careOffice).fail()
        try await town.settle(failures: failures)
        #expect(!failures.codes.contains("forkSeen"))
        let clinic = town.office(.clinic)
        #expect(try await town.state(waiting) == .queued)
        let error = await #expect(throws: GatewayError.self) { try await town.sendLiaison() }
        #expect(error?.code == "recipientKeyChanged")
        // Whom to call is what the old keys said; the new ones said another number.
        #expect(care.view.telephone(of: clinic.member)?.text == "06-0000-1001")
        #expect(clinic.view.telephone(of: clinic.member)?.text == "06-0000-1002")
        #expect(care.view.member(clinic.member)?.entry?.desks.count == 2)
        // Both ends see the same digits.
        await #expect(throws: GatewayError.self) {
            try await care.confirmFingerprint(with: clinic.member, by: Town.careManager)
        }
        let digits = try await care.showFingerprint(with: clinic.member)
        #expect(try await clinic.showFingerprint(with: care.member) == digits)
        let isForm = digits.groups.count == 8 && digits.groups.allSatisfy { $0.count == 4 }
        #expect(isForm)
        try await care.confirmFingerprint(with: clinic.member, by: Town.careManager)
        #expect(care.view.unchecked(of: clinic.member).isEmpty)
        try await town.settle(rounds: 4, failures: failures)
        #expect(try await town.state(waiting) == .delivered)
        #expect(try await town.events(.careOffice).contains("key.fingerprintChecked"))
        let alarms = try await town.events(.clinic).filter { $0.hasPrefix("key.foreign") }
        #expect(alarms.isEmpty)
        // What was compared is known after a restart.
        let again = try await town.reopen(.careOffice)
        #expect(again.view.unchecked(of: clinic.member).isEmpty)
    }

    @Test func `what a member without a comparison says waits, and is not lost`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let (care, failures) = (town.office(.careOffice), Town.FailureList())
        let key = try await town.sendLiaison()
        try await town.settle()
        let paper = try await town.node.recover(town.office(.clinic).member)
        try await town.rejoin(.clinic, with: paper)
        _ = try await town.office(.clinic).open(key, by: Town.nurse)
        try await town.settle(failures: failures)
        #expect(try await town.state(key) == .delivered)
        let events = try await town.events(.careOffice)
        #expect(events.contains("key.changeHeld recipientKeyChanged"))
        let rejected = events.filter { $0.hasPrefix("receipt.rejected") }
        #expect(rejected.isEmpty)
        let clinic = town.office(.clinic).member
        _ = try await care.showFingerprint(with: clinic)
        try await care.confirmFingerprint(with: clinic, by: Town.careManager)
        #expect(try await town.state(key) == .opened)
    }

    @Test func `a sheet signed by new keys is held until the comparison`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let paper = try await town.node.recover(town.office(.careOffice).member)
        try await town.rejoin(.careOffice, with: paper)
        let failures = Town.FailureList()
        try await town.settle(failures: failures)
        let key = try await town.sendLiaison()
        try await town.settle(failures: failures)
        let clinic = town.office(.clinic)
        let reasons = try await clinic.inbox(limit: 9).map { $0.reason?.rawValue }
        #expect(reasons == ["senderKeyChanged"])
        _ = try await clinic.showFingerprint(with: key.from)
        try await clinic.confirmFingerprint(with: key.from, by: Town.nurse)
        try await town.settle(failures: failures)
        #expect(try await town.state(key) == .delivered)
    }

    @Test func `a withdrawal signed by new keys waits for the comparison, and counts then`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let (clinic, failures) = (town.office(.clinic), Town.FailureList())
        let key = try await town.sendLiaison()
        try await town.settle()
        try await town.rejoin(.careOffice, with: try await town.node.recover(key.from))
        try await town.settle(failures: failures)
        let office = town.office(.careOffice)
        let taken = try await office.withdraw(key.messageID, because: .other, by: Town.nurse)
        #expect(taken == .requested)
        try await town.settle(failures: failures)
        #expect(try await clinic.inbox(limit: 9).map(\.state) == [.delivered])
        #expect(try await town.events(.clinic).contains("key.changeHeld recipientKeyChanged"))
        _ = try await clinic.showFingerprint(with: key.from)
        try await clinic.confirmFingerprint(with: key.from, by: Town.nurse)
        #expect(try await clinic.inbox(limit: 9).map(\.state) == [.withdrawn])
        try await town.settle(failures: failures)
        #expect(try await town.state(key) == .withdrawn)
    }

    @Test func `digits that were shown of other keys are not what was compared`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let (clinic, peer) = (town.office(.clinic), town.office(.careOffice).member)
        try await town.rejoin(.careOffice, with: try await town.node.recover(peer))
        _ = try await clinic.syncDirectory(waitSeconds: 0)
        let first = try await clinic.showFingerprint(with: peer)
        try await town.rejoin(.careOffice, with: try await town.node.recover(peer))
        _ = try await clinic.syncDirectory(waitSeconds: 0)
        let error = await #expect(throws: GatewayError.self) {
            try await clinic.confirmFingerprint(with: peer, by: Town.nurse)
        }
        #expect(error?.code == "fingerprintChanged" && error?.isTemporary == false)
        #expect(!clinic.view.unchecked(of: peer).isEmpty)
        #expect(try await clinic.showFingerprint(with: peer) != first)
        try await clinic.confirmFingerprint(with: peer, by: Town.nurse)
        #expect(clinic.view.unchecked(of: peer).isEmpty)
    }

    @Test func `who leaves has no keys, and may come back within thirty days`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let failures = Town.FailureList()
        let member = town.office(.clinic).member
        await #expect(throws: ExchangeFault.memberCannotReturn) {
            _ = try await town.node.readmit(member)
        }
        try await town.node.setStatus(.left, of: member)
        await #expect(throws: ExchangeFault.memberHasLeft) {
            try await town.node.setStatus(.active, of: member)
        }
        await #expect(throws: ExchangeFault.memberHasLeft) {
            _ = try await town.node.recover(member)
        }
        try await town.settle(failures: failures)
        let view = town.office(.careOffice).view
        let keys = view.member(member)?.certificates.map(\.certificate) ?? []
        let areRevoked = keys.allSatisfy { view.isRevoked($0, at: town.time.now) }
        #expect(keys.count == 2 && areRevoked)
        await #expect(throws: GatewayError.self) { try await town.sendLiaison() }

        let paper = try await town.node.readmit(member)
        #expect(paper.member == member)
        try await town.rejoin(.clinic, with: paper)
        try await town.settle(failures: failures)
        _ = try await town.office(.careOffice).showFingerprint(with: member)
        try await town.office(.careOffice).confirmFingerprint(with: member, by: Town.careManager)
        let key = try await town.sendLiaison()
        try await town.settle(failures: failures)
        #expect(try await town.state(key) == .delivered)

        try await town.node.setStatus(.left, of: member)
        await town.pass(.days(31))
        await #expect(throws: ExchangeFault.memberCannotReturn) {
            _ = try await town.node.readmit(member)
        }
    }

    @Test func `a member on paper has no keys to recover, and each refusal helps`() async throws {
        let town = try await Town.make(places: [.careOffice])
        var profile = try Town.profile(of: .hospital)
        profile.displayName = "幻町医院"
        let paper = try await town.node.addMember(
            profile,
            connection: .paper,
            verifiedBy: "検証者"
        )
        await #expect(throws: ExchangeFault.memberOnPaper) {
            _ = try await town.node.recover(paper.member)
        }
        let faults: [ExchangeFault] = [.memberOnPaper, .memberHasLeft, .memberCannotReturn]
        let areExplained = faults.allSatisfy {
            !$0.summary.isEmpty && !$0.advice.isEmpty && !$0.isTemporary
        }
        #expect(areExplained && Set(faults.map(\.code)).count == 3)
    }

    @Test func `a witness that leaves is none any more, and nobody waits for it`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await town.node.addWitness(town.office(.clinic).member)
        try await town.settle()
        #expect(town.node.view.policy?.quorum == 1)
        try await town.node.setStatus(.left, of: town.office(.clinic).member)
        #expect(town.node.view.policy?.witnesses.isEmpty == true)
        #expect(town.node.view.policy?.quorum == 0)
    }
}
