import Audit
import Cryptography
import Delivery
import Directory
import Primitives
import Storage
import TestKit

/// What came of a month: its table, or one line of JSON.
struct MonthReport: Sendable {
    struct Seconds: Sendable {
        var founding = 0.0
        var month = 0.0
        var judging = 0.0

        var all: Double { founding + month + judging }
    }

    private(set) var organisations = 0
    private(set) var sheets = 0
    private(set) var answers = 0
    private(set) var accepted = 0
    private(set) var copies: [DeliveryState: Int] = [:]
    private(set) var opened = 0
    private(set) var confirmed = 0
    private(set) var refused: [String: Int] = [:]
    private(set) var renewed: [CertificateRole: Int] = [:]
    private(set) var revoked = 0
    private(set) var left = 0
    private(set) var daysTold = 0
    private(set) var delay = Duration.zero
    private(set) var waited = 0
    private(set) var leaves: [TreeKind: UInt64] = [:]
    var troubles: [String: Int] = [:]
    var findings: [Finding] = []
    var seconds = Seconds()

    var isGood: Bool { findings.isEmpty }

    // MARK: Counting

    /// Counts what the stores hold.
    mutating func count(_ remains: Remains, _ people: People, since start: Timestamp) async throws {
        organisations = remains.offices.count
        sheets = people.sent.count
        answers = people.sent.count { $0.isAnswer }
        refused = people.refused
        (revoked, left) = (people.revoked.count, people.left.count)
        for office in remains.offices { try await count(office) }
        let members = remains.offices.map(\.member)
        let known = try await remains.exchange.read { stored throws(StoreError) in
            var certificates: [[UInt8]] = []
            var daysTold = 0
            for member in members {
                certificates += try stored.certificates(of: member).map(\.der)
                daysTold += try stored.events(of: member, after: 0, limit: .max).count {
                    if case .reconciliation = $0.content { true } else { false }
                }
            }
            return (try stored.trees(), certificates, daysTold)
        }
        let (trees, certificates) = (known.0, known.1)
        daysTold = known.2
        for tree in trees { leaves[tree.origin.kind, default: 0] += tree.size }
        for der in certificates {
            let certificate = try Certificate(reading: der)
            guard certificate.notBefore >= start, let role = certificate.role else { continue }
            renewed[role, default: 0] += 1
        }
    }

    private mutating func count(_ office: Remains.Office) async throws {
        let (rows, receipts) = try await office.store.read { stored throws(StoreError) in
            let rows = try stored.outbox(state: nil, limit: .max)
            var types: [StatementType] = []
            for row in rows {
                let key = MessageKey(from: office.member, messageID: row.message)
                types += try stored.receipts(of: key).map(\.statement.type)
            }
            return (rows, types)
        }
        accepted += receipts.count { $0 == .accepted }
        opened += receipts.count { $0 == .opened }
        confirmed += receipts.count { $0 == .confirmed }
        for row in rows {
            for copy in row.copies { copies[copy.state, default: 0] += 1 }
            if let reason = row.blockedFor { refused[reason.rawValue, default: 0] += 1 }
        }
    }

    /// How long after the outage what was sent in it needed to arrive.
    mutating func measure(
        _ remains: Remains,
        _ sent: [People.Sent],
        in outage: ClosedRange<Timestamp>
    ) async throws {
        for one in sent where outage.contains(one.at) {
            waited += 1
            let office = try remains.office(one.key.from)
            let arrivals = try await office.store.read { stored throws(StoreError) in
                try stored.receipts(of: one.key).filter { $0.statement.type == .delivered }
                    .map(\.statement.storedAt)
            }
            delay = max(delay, arrivals.max()?.since(outage.upperBound) ?? .zero)
        }
    }

    // MARK: Words

    private var arrived: Int {
        [DeliveryState.delivered, .opened, .confirmed, .replied].reduce(0) {
            $0 + (copies[$1] ?? 0)
        }
    }

    private var numbers: [(name: String, value: Int)] {
        [
            ("organisations", organisations), ("sheets sent", sheets), ("of them answers", answers),
            ("accepted", accepted), ("copies delivered", arrived), ("copies opened", opened),
            ("copies confirmed", confirmed), ("copies answered", copies[.replied] ?? 0),
            ("copies withdrawn", copies[.withdrawn] ?? 0),
            ("copies refused by the recipient", copies[.refused] ?? 0),
            ("copies undeliverable, with notice", copies[.undeliverable] ?? 0),
            ("copies expired, with notice", copies[.expired] ?? 0),
            ("signing certificates renewed", renewed[.memberSigning] ?? 0),
            ("encryption certificates renewed", renewed[.memberEncryption] ?? 0),
            ("transport certificates renewed", renewed[.memberTransport] ?? 0),
            ("members revoked", revoked), ("members left", left),
            ("days told to peers", daysTold),
            ("hours of outage", Month.outageHours), ("sheets sent in the outage", waited),
            ("largest delay after the outage, seconds", Int(delay.components.seconds)),
            ("leaves of keys", Int(leaves[.keys] ?? 0)),
            ("leaves of transport", Int(leaves[.transport] ?? 0)),
            ("lost", found(.lost)), ("duplicated", found(.duplicated)),
            ("contradictions", found(.contradiction)),
            ("seconds of founding", Int(seconds.founding)),
            ("seconds of the month", Int(seconds.month)),
            ("seconds of judging", Int(seconds.judging)), ("seconds", Int(seconds.all)),
        ]
    }

    private func refusals(_ counts: [String: Int]) -> [(name: String, value: Int)] {
        counts.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }

    var json: String {
        var object = JSONObject()
        for (name, value) in numbers { object[name.camelCase] = .integer(Int64(value)) }
        for (name, counts) in [("refusedFor", refused), ("reported", troubles)] {
            var reasons = JSONObject()
            for (code, count) in counts { reasons[code] = .integer(Int64(count)) }
            object[name] = .object(reasons)
        }
        return JSON.object(object).canonicalText
    }

    var text: String {
        let rows =
            numbers + refusals(refused).map { ("refused: \($0.name)", $0.value) }
            + refusals(troubles).map { ("reported: \($0.name)", $0.value) }
        let widest = rows.map(\.0.count).max() ?? 0
        return rows.map { name, value in
            let value = value.description
            let gap = widest + 9 - name.count - value.count
            return name + String(repeating: " ", count: gap) + value
        }.joined(separator: "\n")
    }

    private func found(_ kind: Finding.Kind) -> Int { findings.count { $0.kind == kind } }
}

extension String {
    /// The words of a row as one name.
    fileprivate var camelCase: String {
        let words = split { !$0.isLetter }
        return words.dropFirst().reduce(words.first.map(String.init) ?? "") {
            $0 + $1.prefix(1).uppercased() + $1.dropFirst()
        }
    }
}
