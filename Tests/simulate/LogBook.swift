import Audit
import Cryptography
import Delivery
import Directory
import Primitives
import Storage
import TestKit

/// The audit logs of a world, each checked by itself, and what was said against them: whatever has
/// left a process is a statement that its store holds and its log records.
final class LogBook: Sendable {
    /// A statement that left one process or more.
    struct Spoken: Sendable {
        let bytes: [UInt8]
        var parties: [PartyID] = []
    }

    private struct State: Sendable {
        var keys: TreeOrigin?
        var audits: [TreeOrigin: LogAudit] = [:]
        var stored: [PartyID: Set<Digest>] = [:]
    }

    private let witness: Witness
    private let view: DirectoryView
    private let state = Lock(State())

    init(_ view: DirectoryView, _ witness: Witness) {
        self.witness = witness
        self.view = view
    }

    /// The logs and the statements of the exchange.
    func add(_ store: ModelExchangeStore) async throws {
        guard let party = view.exchange.map({ PartyID($0) }) else { return }
        let witness = witness
        let (copies, held) = try await store.read { stored throws(StoreError) in
            (try Self.copies(stored), try Self.known(witness.spoken[party], stored.statement))
        }
        let keys = copies.first { $0.origin.kind == .keys }?.origin
        state.withLock { $0.keys = keys }
        add(copies, held, of: party)
    }

    /// The log and the statements of an office.
    func add(_ store: ModelGatewayStore, of member: MemberID) async throws {
        let (witness, party) = (witness, PartyID(member))
        let (copies, held) = try await store.read { stored throws(StoreError) in
            (try Self.copies(stored), try Self.known(witness.spoken[party], stored.receipt))
        }
        add(copies, held, of: party)
    }

    /// All that was ever said, each statement once.
    var spoken: [Digest: Spoken] {
        var spoken: [Digest: Spoken] = [:]
        for (party, statements) in witness.spoken {
            for (digest, bytes) in statements {
                spoken[digest, default: Spoken(bytes: bytes)].parties.append(party)
            }
        }
        return spoken
    }

    /// Every statement that was ever said stands in the stores of all who said it, alone in its
    /// place, and in its maker's log.
    func judge(_ spoken: Spoken, _ digest: Digest) {
        let statement: SignedStatement
        do throws(StatementRefusal) { statement = try SignedStatement(reading: spoken.bytes) } catch
        {
            let parties = spoken.parties
            return witness.find(.contradiction, "\(parties) said what is no statement: \(error)")
        }
        // What is said of a day promises nothing and is kept by whom it is told.
        guard statement.type != .reconciliation else { return }
        let state = state.withLock { $0 }
        for party in spoken.parties { judge(statement, digest, of: party, by: state) }
    }

    private func judge(
        _ statement: SignedStatement,
        _ digest: Digest,
        of party: PartyID,
        by state: State
    ) {
        // What is said of a key or an office itself stands in the directory and nowhere else.
        let isKept = statement.messageKey == nil || state.stored[party]?.contains(digest) == true
        if !isKept { witness.find(.lost, "\(party) said \(digest.hex) and does not hold it") }
        let named = statement.json["logOrigin"]?.string.flatMap { TreeOrigin($0) }
        guard statement.issuer == party,
            let origin = statement.messageKey == nil ? state.keys : named
        else { return }
        switch state.audits[origin]?.promise(of: digest, logOrigin: origin) {
        case .kept, .uncovered: break
        case .missing, .otherLog, nil:
            witness.find(.contradiction, "\(statement.type) \(digest.hex) is in no log")
        }
    }

    private func add(_ copies: [LogCopy], _ held: Set<Digest>, of party: PartyID) {
        state.withLock { $0.stored[party] = held }
        for copy in copies {
            guard let key = view.logKey(of: copy.origin) else {
                witness.find(.contradiction, "\(copy.origin) has no key")
                continue
            }
            let audit = LogAudit(of: copy, key: key)
            state.withLock { $0.audits[copy.origin] = audit }
            for fault in audit.faults {
                witness.find(.contradiction, "\(copy.origin): \(fault)")
            }
        }
    }

    private static func copies(_ log: any AuditReader) throws(StoreError) -> [LogCopy] {
        try log.trees().map { tree throws(StoreError) in
            LogCopy(
                origin: tree.origin,
                leaves: try log.leaves(of: tree.origin, from: 0, limit: .max),
                checkpoints: [try log.checkpoint(of: tree.origin)?.checkpoint].compactMap(\.self)
            )
        }
    }

    private static func known<Row>(
        _ statements: [Digest: [UInt8]]?,
        _ row: (Digest) throws(StoreError) -> Row?
    ) throws(StoreError) -> Set<Digest> {
        var known: Set<Digest> = []
        for digest in (statements ?? [:]).keys where try row(digest) != nil {
            known.insert(digest)
        }
        return known
    }
}
