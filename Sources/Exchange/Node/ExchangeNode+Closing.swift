import Audit
package import Delivery
import Directory
import ExchangeAPI
package import Primitives
import Storage

// What an operator does about deliveries that neither arrive nor end by themselves.
extension ExchangeNode {
    /// A copy that was released, never acknowledged, and is past its end.
    package struct Unacknowledged: Sendable {
        package let key: MessageKey
        package let to: MemberID
        package let releasedAt: Timestamp?
        package let expiresAt: Timestamp
        /// From when on it may be closed for want of a receipt.
        package let closableAt: Timestamp
    }

    /// Oldest first.
    package func unacknowledged() async throws(ExchangeFault) -> [Unacknowledged] {
        let now = time.now
        return try await wrap(ExchangeFault.refused) { () async throws(Refusal) in
            try await read { stored throws(StoreError) in
                try stored.unacknowledged(expiredBy: now, limit: 1000).map {
                    copy throws(StoreError) in
                    guard let message = try stored.message(copy.key) else { throw .damaged }
                    return Unacknowledged(
                        key: copy.key,
                        to: copy.to,
                        releasedAt: copy.releasedAt,
                        expiresAt: message.expiresAt,
                        closableAt: message.expiresAt.adding(CloseDecision.patience)
                    )
                }
            }
        }
    }

    /// Ends a copy for good. The same again changes nothing.
    ///
    /// - Throws: `notFound`; `outOfOrder` where it was acknowledged or has ended otherwise, where
    ///   it is too early, and where the member that is said to have left has not.
    package func close(
        _ key: MessageKey,
        to recipient: MemberID,
        because reason: UndeliverableReason
    ) async throws(ExchangeFault) {
        let hasLeft = view.membership(of: recipient)?.standing.status == .left
        guard reason != .memberLeft || hasLeft else { throw .refused(Refusal(.outOfOrder)) }
        try await wrap(ExchangeFault.refused) { () async throws(Refusal) in
            try await settle { () async throws(Refusal) -> Decision<Void> in
                let (copy, message) = try await read { stored throws(StoreError) in
                    (try stored.copy(key, to: recipient), try stored.message(key))
                }
                guard let copy, let message else { throw Refusal(.notFound) }
                return CloseDecision(moment: moment, reason: reason).decide(copy, of: message)
            }
        }
        mailboxes.notify(key.from)
        mailboxes.notify(recipient)
    }
}
