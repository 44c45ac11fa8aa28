import Audit
import Cryptography
import Delivery
import Envelope
import Foundation
import Gateway
import Primitives
import TestKit
import Testing

/// An office's own log, exported while it works and judged by an outsider.
struct AuditBundleFlowTests {
    @Test func `an exported day holds for both verifiers, is witnessed, and is on record`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await work(town)
        let office = town.office(.clinic)
        let today = try period(town.time.now.dayInJapan)
        let bundle = try required(
            try await office.auditBundle(of: today, withOpenings: true, by: Town.nurse)
        )
        let silent = try required(
            try await office.auditBundle(of: today, withOpenings: false, by: Town.nurse)
        )
        let facts = try AuditBundleVerifier.verify(bundle, root: town.root)
        #expect(facts.by == PartyID(office.member))
        #expect(facts.shown.lowerBound == 0 && facts.before == nil && facts.after == nil)
        #expect(facts.entries == Int(facts.size))
        #expect((facts.openings ?? 0) > 0)
        try agree([bundle, silent], town)
        let name = Data((Town.nurse.name ?? "").utf8)
        #expect(Data(bundle.bytes).range(of: name) != nil)
        #expect(Data(silent.bytes).range(of: name) == nil)
        let acts = try await office.auditEntries(of: nil, message: nil, by: Town.nurse)
            .filter { $0.leaf.facts.event == .auditExported }
        #expect(acts.map(\.actorName) == [Town.nurse.name, Town.nurse.name])
        let hashes = [bundle, silent].map { LeafObject.Name.clear(objectName(of: $0)) }
        #expect(acts.map(\.leaf.facts.object.name) == hashes)
    }

    @Test func `a day that is over shows what came after it, below a witness's line`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await work(town)
        let day = town.time.now.dayInJapan
        town.time.advance(by: .days(1))
        try await work(town)
        let office = town.office(.clinic)
        let first = try required(
            try await office.auditBundle(of: try period(day), withOpenings: true, by: Town.nurse)
        )
        let second = try required(
            try await office.auditBundle(
                of: try period(day.adding(days: 1)),
                withOpenings: false,
                by: Town.nurse
            )
        )
        let facts = try [first, second].map {
            try AuditBundleVerifier.verify($0, root: town.root)
        }
        #expect(facts[0].before == nil && facts[0].after != nil)
        #expect(facts[1].before != nil && facts[1].after == nil)
        #expect(facts[0].witnesses.map(\.name) == ["exchange.example/witness"])
        // One ends where the other begins.
        #expect(facts[0].shown.upperBound == facts[1].shown.lowerBound + 1)
        try agree([first, second], town)
    }

    private func work(_ town: Town) async throws {
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.named("care-liaison-1", for: office) { _ in }
        let sent = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        try await town.settle()
        let key = MessageKey(from: office.member, messageID: sent.messageID)
        try await town.office(.clinic).confirm(key, by: Town.nurse)
        try await town.settle()
    }

    private func agree(_ bundles: [AuditBundle], _ town: Town) throws {
        let files = bundles.map(\.bytes)
        let others = try SecondVerifier.verdicts(onBundles: files, root: town.root)
        #expect(others == files.map { SecondVerifier.ours(onBundle: $0, root: town.root) })
        #expect(others.allSatisfy { $0.fault == nil })
    }

    private func period(_ day: Day) throws -> AuditPeriod {
        try required(AuditPeriod(from: day, to: day))
    }

    private func objectName(of bundle: AuditBundle) -> ObjectName {
        guard let name = ObjectName(SHA256.hash(bundle.bytes).hex) else {
            preconditionFailure("a hash names an object")
        }
        return name
    }
}
