package import Delivery
package import Primitives

package typealias EmergencyID = Identifier<Universal>

/// What somebody did in an emergency without the right or the consent that it wants otherwise. A
/// second person looks at it afterwards.
package struct EmergencyRow: Hashable, Sendable {
    package let id: EmergencyID
    package let kind: EmergencyKind
    package let message: MessageKey
    /// nil: of a person at the machine's console.
    package let account: AccountID?
    package let usedAt: Timestamp
    /// Who and why; once it was reviewed, also by whom, and what they said.
    package let sealed: SealedColumn
    package var review: EmergencyReview?

    package init(
        id: EmergencyID,
        _ kind: EmergencyKind,
        _ message: MessageKey,
        by account: AccountID?,
        at usedAt: Timestamp,
        sealed: SealedColumn
    ) {
        self.id = id
        self.kind = kind
        self.message = message
        self.account = account
        self.usedAt = usedAt
        self.sealed = sealed
    }
}

package struct EmergencyReview: Hashable, Sendable {
    package let verdict: EmergencyVerdict
    package let at: Timestamp

    package init(_ verdict: EmergencyVerdict, at: Timestamp) {
        self.verdict = verdict
        self.at = at
    }
}

package enum EmergencyKind: String, Hashable, Sendable {
    /// 緊急閲覧: a sheet for another desk was opened.
    case reading
    /// 緊急例外: a sheet was sent without a consent.
    case consent
}

package enum EmergencyVerdict: String, CaseIterable, Hashable, Sendable {
    case justified, unjustified
}
