import Audit
import Delivery
import Primitives

extension Writer {
    /// Whether `condition` is still true, inside the open transaction.
    func holds(_ condition: Precondition) throws(StoreError) -> Bool {
        switch condition {
        case .decidedAt(let time):
            clock.now.since(time) <= Limits.decisionAge
        case .treeOpen(let tree):
            heads.open[tree] != nil
        case .treeSize(let tree, let size):
            heads.open[tree]?.size == size
        case .statementUnknown(let slot):
            try !connection.exists("SELECT 1 FROM statement WHERE slot = ?1", slot.digest)
        case .messageUnknown, .copyState, .certificateStanding, .codeStanding, .usage:
            try holdsAtExchange(condition)
        case .outboxRevision, .inboxUnknown, .inboxRevision, .recordRevision, .cursor,
            .pairSequence, .expectationWaits:
            try holdsAtGateway(condition)
        }
    }

    private func holdsAtExchange(_ condition: Precondition) throws(StoreError) -> Bool {
        let stored = ExchangeSnapshot(connection: connection)
        switch condition {
        case .messageUnknown(let key, let sealed):
            return try stored.duplicate(key, sealed: sealed) == .unknown
        case .copyState(let key, let to, let state):
            return try stored.copy(key, to: to)?.state == state
        case .certificateStanding(let sha256):
            guard let certificate = try stored.certificate(sha256) else { return false }
            return certificate.revokedAt == nil
        case .codeStanding(let member, let tries):
            guard let code = try stored.joiningCode(of: member) else { return false }
            return code.keys != nil && code.tries == tries
        case .usage(let from, let to, let most):
            let usage = try stored.usage(from: from, to: to)
            return usage.messages <= most.messages && usage.bytes <= most.bytes
        default:
            preconditionFailure("a condition of the other store")
        }
    }

    private func holdsAtGateway(_ condition: Precondition) throws(StoreError) -> Bool {
        let stored = GatewaySnapshot(connection: connection)
        switch condition {
        case .outboxRevision(let message, let revision):
            return try stored.outbox(message)?.revision == revision
        case .inboxUnknown(let key, let content):
            guard try stored.inbox(key) == nil else { return false }
            guard let content else { return true }
            return try stored.inbox(content: content) == nil
        case .inboxRevision(let key, let revision):
            return try stored.inbox(key)?.revision == revision
        case .recordRevision(let kind, let id, let revision):
            return try stored.record(kind, id)?.revision == revision
        case .expectationWaits(let name):
            guard let row = try stored.expectation(name) else { return false }
            return row.isOpen && row.passedAt == nil
        case .cursor(let name, let value):
            return try stored.cursor(name) == value
        case .pairSequence(let direction, let peer, let sequence):
            return try stored.pair(direction, with: peer)?.sequence == sequence
        default:
            preconditionFailure("a condition of the other store")
        }
    }
}
