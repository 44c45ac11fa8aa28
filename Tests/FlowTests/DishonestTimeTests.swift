import Audit
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

/// An operator who says another time than it was, or that nothing was revoked.
@Suite struct DishonestTimeTests {
    private static let alarm = "audit.alarm receiptBackdated"

    /// A sheet that was accepted, with the proof of that, and the exchange's receipt of it.
    private func accepted() async throws -> (town: Town, receipt: SignedStatement) {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        let receipts = try await town.office(.careOffice).receipts(of: key)
        #expect(receipts.allSatisfy { $0.proof != nil })
        let bytes = try #require(receipts.first { $0.statement.type == .accepted }).statement.bytes
        return (town, try SignedStatement(reading: bytes))
    }

    /// The receipt with another time, signed by the exchange, and its leaf in a tree that the
    /// exchange signs: at a time and a place of the operator's choice.
    private func forged(
        _ receipt: SignedStatement,
        earlierBy back: Duration,
        leafAt: Timestamp,
        index: Int,
        _ town: Town
    ) async throws -> (row: StatementRow, proof: ReceiptProof) {
        let body = try receipt.body(as: AcceptedStatement.self)
        let head = ReceiptHead(
            issuer: body.issuer,
            message: body.head.message,
            previous: body.head.previous,
            at: body.head.at.adding(.zero - back),
            logOrigin: body.head.logOrigin
        )
        let message = body.head.message.messageID
        let offer = try await town.office(.careOffice).store.read { stored throws(StoreError) in
            try stored.outboxBytes(of: message)
        }
        let submission = try SignedStatement(reading: try #require(offer).submission)
            .body(as: SubmissionStatement.self)
        let signed = try await town.node.sign(
            AcceptedStatement(head: head, submission: submission, expiresAt: body.expiresAt),
            with: town.node.identity.receipts
        )
        var facts = AuditFacts(
            .messageAccepted,
            by: Agent(.peer, name: nil, role: try #require(RoleCode("unknown")), assurance: .none),
            for: body.issuer,
            on: .message(head.message.messageID),
            at: leafAt
        )
        facts.statementSha256 = signed.sha256
        let entry = AuditEntry(facts, in: .transport, random: SystemRandom())
        let key = try await town.node.dataKey()
        let leaf = entry.sealed(origin: head.logOrigin, by: key)
            .leaf(at: leafAt, source: Town.source("exchange"))
        var tree = MerkleTree()
        for place in 0...index { tree.append(leaf: place == index ? leaf.bytes : [UInt8(place)]) }
        let checkpoint = try await town.node.identity.log.checkpoint(head.logOrigin, tree.head)
        let proof = TlogProof(
            index: UInt64(index),
            hashes: tree.inclusion(index: UInt64(index), size: tree.size),
            checkpoint: checkpoint
        )
        let slot = StatementSlot.message(.accepted, head.message)
        return (
            StatementRow(signed, slot: slot, storedAt: town.time.now),
            ReceiptProof(leaf: leaf.bytes, tlogProof: proof.bytes)
        )
    }

    @Test func `a receipt that is older than its leaf is an alarm, with the evidence`()
        async throws
    {
        let (town, receipt) = try await accepted()
        let office = town.office(.careOffice)
        #expect(try await town.events(.careOffice).contains(Self.alarm) == false)
        for (back, isFound) in [(Duration.minutes(4), false), (.hours(1), true)] {
            let said = try receipt.body(as: AcceptedStatement.self).head.at
            let (row, proof) = try await forged(
                receipt,
                earlierBy: back,
                leafAt: said,
                index: 200,
                town
            )
            try await office.checkTime(
                of: try SignedStatement(reading: row.bytes),
                proof,
                here: town.time.now
            )
            #expect(try await town.events(.careOffice).contains(Self.alarm) == isFound)
            let name = SettingName(rawValue: "receiptBackdated.\(row.sha256.hex)")
            let evidence = try await office.read { stored throws(StoreError) in
                try stored.setting(name)
            }
            #expect(evidence.map { $0.starts(with: proof.leaf) } ?? false == isFound)
        }
    }

    @Test func `a leaf that was written back as well does not fit the leaves before it`()
        async throws
    {
        let (town, receipt) = try await accepted()
        let head = try receipt.body(as: AcceptedStatement.self).head
        let (row, proof) = try await forged(
            receipt,
            earlierBy: .hours(1),
            leafAt: head.at.adding(.zero - .hours(1)),
            index: 200,
            town
        )
        let statement = try SignedStatement(reading: row.bytes)
        try await town.office(.careOffice).checkTime(
            of: statement,
            proof,
            here: town.time.now
        )
        #expect(try await town.events(.careOffice).contains(Self.alarm))
    }

    @Test func `a revocation that is hidden from one member is missed after a sheet of another`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic, .hospital])
        town.wire(.clinic).fail { $0.directory = { _ in [] } }
        try await town.revoke(.memberEncryption, of: .hospital)
        try await town.settle(failures: Town.FailureList())
        let fork = "audit.alarm forkSeen"
        #expect(try await town.events(.clinic).contains(fork) == false)
        _ = try await town.sendLiaison()
        for _ in 0..<2 {
            town.time.advance(by: .minutes(2))
            try await town.settle(failures: Town.FailureList())
        }
        #expect(try await town.events(.clinic).contains(fork))
    }

    @Test func `where lists are hidden from it for three days, a member takes in nothing more`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        town.wire(.clinic).fail { $0.directory = { _ in [] } }
        for _ in 0..<73 {
            town.time.advance(by: .hours(1))
            await town.node.tidy { _ in }
        }
        let key = try await town.sendLiaison()
        try await town.settle(failures: Town.FailureList())
        let row = try await town.office(.clinic).inbox(limit: 10).first { $0.key == key }
        #expect(row?.state == nil && row?.reason == ReasonCode(rawValue: "listStale"))
        #expect(try await town.events(.clinic).contains("message.quarantined listStale"))
        town.wire(.clinic).fail()
        town.time.advance(by: .hours(1))
        try await town.settle(failures: Town.FailureList())
        #expect(try await town.state(key) == .delivered)
    }
}
