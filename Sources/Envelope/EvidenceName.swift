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

    static let order: FileOrder = {
        let places = EvidencePlace.allCases
        return FileOrder(
            ["verify.txt", "routing.json", submission, "sealed.der", "content.der"]
                + places.map(\.receipt) + places.map(\.disclosure) + ["chain.pem", "crl-*.pem"]
                + places.map(\.leaf) + places.map(\.proof) + [
                    "policy.der", "membership-*.der", "entry-*.der",
                ]
        )
    }()
}
