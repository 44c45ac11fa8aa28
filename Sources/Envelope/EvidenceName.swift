import Delivery
import Directory
import Primitives

/// A statement's place in an evidence file, in the order of the file. An answer to a withdrawal may
/// be there twice: by the exchange that had let the message out, and by its recipient.
enum EvidencePlace: String, CaseIterable {
    case accepted, delivered, refused, opened, confirmed, expired
    case withdrawal, withdrawalreleased, withdrawalanswer, undeliverable

    /// nil for a statement of another kind.
    init?(_ statement: SignedStatement) {
        switch statement.type {
        case .withdrawalAnswer:
            let isReleased = statement.withdrawalOutcome == .released
            self = isReleased ? .withdrawalreleased : .withdrawalanswer
        default:
            guard let place = EvidencePlace(rawValue: statement.type.rawValue) else { return nil }
            self = place
        }
    }

    var receipt: String { rawValue + ".der" }
    var disclosure: String { "disclosure-\(rawValue).json" }
    var leaf: String { rawValue + ".leaf.json" }
    var proof: String { rawValue + ".tlog-proof" }
}

/// The names an evidence file may hold, and their order.
enum EvidenceName {
    static let submission = "submission.der"

    static func list(_ issuer: KeyID) -> String { "crl-\(issuer).pem" }
    static func membership(_ member: MemberID) -> String { "membership-\(member).der" }

    static func entry(_ member: MemberID) -> String { "entry-\(member).der" }

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

    private static let order: [String] = {
        let places = EvidencePlace.allCases
        return ["verify.txt", "routing.json", submission, "sealed.der", "content.der"]
            + places.map(\.receipt) + places.map(\.disclosure) + ["chain.pem", "crl-*.pem"]
            + places.map(\.leaf) + places.map(\.proof) + [
                "policy.der", "membership-*.der", "entry-*.der",
            ]
    }()
}
