/// What kinds of statement there are (`envelope.md` 3). The `type` is the name space of a
/// signature: one kind can never pass for another.
package enum StatementType: String, CaseIterable, Sendable {
    case submission, accepted, delivered, refused, opened, confirmed, expired, undeliverable
    case withdrawal, withdrawalAnswer
    case rotation, revocation, membership, directoryEntry, policy
    case reconciliation
    case backup
}
