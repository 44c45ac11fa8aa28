import Audit
import Cryptography
import Delivery
import Directory
import Foundation
import Primitives
import Storage
import TestKit

/// Fixed names, rows and changes for the tests of stores.
enum StorageWorld {
    static let hospital = demand(MemberID("m" + String(repeating: "a", count: 26)))
    static let office = demand(MemberID("m" + String(repeating: "b", count: 25) + "a"))
    static let clinic = demand(MemberID("m" + String(repeating: "c", count: 25) + "a"))
    static let members = [hospital, office, clinic]
    static let exchange = demand(ExchangeID("x" + String(repeating: "d", count: 25) + "a"))
    static let host = demand(LogHost("exchange.example"))
    static let keys = TreeOrigin.keys(host, fiscalYear: 2026)
    static let transport = TreeOrigin.transport(host, fiscalYear: 2026)
    static let access = TreeOrigin.access(host, member: hospital, fiscalYear: 2026)
    static let trees = [keys, transport, access]
    static let start = SimulatedTime.start
    static let source = AuditSource(
        node: demand(NodeName("node-1")),
        productVersion: demand(ProductVersion("0.1.0"))
    )
    static let dataKey = DataKey(
        reference: 1,
        secret: SecretBytes(copying: [UInt8](repeating: 7, count: 32)),
        random: SeededRandom(seed: 7)
    )
    static let random = SeededRandom(seed: 8)

    static func demand<Value>(_ value: Value?) -> Value {
        guard let value else { preconditionFailure("a fixture has its form") }
        return value
    }

    static func digest(_ text: String) -> Digest { SHA256.hash(text.bytes) }

    static func at(_ seconds: Int) -> Timestamp { start.adding(.seconds(seconds)) }

    static func messageID(_ number: Int) -> MessageID {
        demand(MessageID("01933b5c-0000-7000-8000-" + Decimal.text(number, width: 12)))
    }

    static func key(_ number: Int, from: MemberID = hospital) -> MessageKey {
        MessageKey(from: from, messageID: messageID(number))
    }

    static func sealed(_ label: String) -> SealedColumn {
        SealedColumn(keyReference: 1, bytes: "sealed \(label)".bytes)
    }

    /// A row that stands for a signed statement; stores do not look inside.
    static func statement(
        _ type: StatementType,
        _ slot: StatementSlot,
        by issuer: PartyID = PartyID(exchange),
        marked mark: String = ""
    ) -> StatementRow {
        let bytes = "statement \(type) \(slot) \(mark)".bytes
        return StatementRow(
            sha256: SHA256.hash(bytes),
            type: type,
            issuer: issuer,
            bytes: bytes,
            slot: slot,
            disclosure: nil,
            storedAt: start
        )
    }

    // MARK: Entries and changes

    static func opened(_ tree: TreeOrigin, at: Timestamp = start) -> AuditEntry {
        let facts = AuditFacts(
            .treeOpened,
            by: .system,
            for: owner(of: tree),
            on: .tree(tree),
            at: at
        )
        return AuditEntry(facts, in: tree.kind, random: random)
    }

    static func closed(_ tree: TreeOrigin, at: Timestamp) -> AuditEntry {
        let facts = AuditFacts(
            .treeClosed,
            by: .system,
            for: owner(of: tree),
            on: .tree(tree),
            at: at
        )
        return AuditEntry(facts, in: tree.kind, random: random)
    }

    /// An entry of an exchange about one message, recording a statement.
    static func accepted(
        _ key: MessageKey,
        _ statement: Digest,
        at: Timestamp = start
    ) -> AuditEntry {
        var facts = AuditFacts(
            .messageAccepted,
            by: .member,
            for: PartyID(exchange),
            on: .message(key.messageID),
            at: at
        )
        facts.peer = PartyID(key.from)
        facts.statementSha256 = statement
        return AuditEntry(facts, in: .transport, random: random)
    }

    /// An entry of an exchange that records no statement.
    static func released(_ key: MessageKey, at: Timestamp = start) -> AuditEntry {
        let facts = AuditFacts(
            .messageReleased,
            by: .member,
            for: PartyID(exchange),
            on: .message(key.messageID),
            at: at
        )
        return AuditEntry(facts, in: .transport, random: random)
    }

    /// An entry of an organisation about one message.
    static func queued(_ message: MessageID, at: Timestamp = start) -> AuditEntry {
        let nurse = Agent(
            .person,
            name: "看護師 佐藤花子",
            role: demand(RoleCode("nurse")),
            assurance: .none
        )
        let facts = AuditFacts(
            .messageQueued,
            by: nurse,
            for: PartyID(hospital),
            on: .message(message),
            at: at
        )
        return AuditEntry(facts, in: .access, random: random)
    }

    static func change<Write>(
        expecting expects: [Precondition] = [],
        _ writes: [Write],
        _ audit: [AuditEntry],
        in trees: [TreeOrigin] = trees
    ) -> Change<Write> {
        Proposal(expects: expects) { _ in (writes, audit) }.finished([], in: trees, by: dataKey)
    }

    private static func owner(of tree: TreeOrigin) -> PartyID {
        tree.kind == .access ? PartyID(hospital) : PartyID(exchange)
    }
}
