import Directory
import Primitives

/// The names an evidence file may hold, and their order.
enum EvidenceName {
    static let receipts: [StatementType] = [
        .accepted, .delivered, .refused, .opened, .confirmed, .expired, .undeliverable,
    ]

    static func receipt(_ type: StatementType) -> String { type.rawValue + ".der" }
    static func disclosure(_ type: StatementType) -> String { "disclosure-\(type.rawValue).json" }
    static func leaf(_ type: StatementType) -> String { type.rawValue + ".leaf.json" }
    static func proof(_ type: StatementType) -> String { type.rawValue + ".tlog-proof" }
    static func list(_ issuer: KeyID) -> String { "crl-\(issuer).pem" }
    static func membership(_ member: MemberID) -> String { "membership-\(member).der" }

    static func precedes(_ left: String, _ right: String) -> Bool {
        let ranks = (rank(left) ?? order.count, rank(right) ?? order.count)
        return ranks.0 == ranks.1 ? ByteText(left) < ByteText(right) : ranks.0 < ranks.1
    }

    /// - Returns: nil for a name of no meaning.
    static func rank(_ name: String) -> Int? {
        if let rank = order.firstIndex(where: { $0.hasSameBytes(as: name) }) { return rank }
        return order.firstIndex { pattern in
            let halves = pattern.split(separator: "*", omittingEmptySubsequences: false)
            guard halves.count == 2, name.hasPrefix(halves[0]), name.hasSuffix(halves[1]),
                name.count > pattern.count
            else { return false }
            let middle = String(name.dropFirst(halves[0].count).dropLast(halves[1].count))
            return pattern.hasPrefix("crl") ? KeyID(middle) != nil : MemberID(middle) != nil
        }
    }

    private static let order: [String] =
        ["verify.txt", "routing.json", "submission.der", "sealed.der", "content.der"]
        + receipts.map(receipt) + receipts.map(disclosure) + ["chain.pem", "crl-*.pem"]
        + receipts.map(leaf) + receipts.map(proof) + ["policy.der", "membership-*.der"]
}
