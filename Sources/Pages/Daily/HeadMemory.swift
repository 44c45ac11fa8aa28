import Delivery
import Gateway
import Primitives
import Storage

/// Heads of sheets that lists have shown: a sheet never changes, so each is opened once. In memory
/// alone, and bounded.
final class HeadMemory: Sendable {
    private let known = Lock<[MessageKey: OrganisationGateway.SheetHead]>([:])
    private static let most = 20_000

    func head(
        ofReceived key: MessageKey,
        at gateway: OrganisationGateway
    ) async throws(GatewayError) -> OrganisationGateway.SheetHead? {
        if let head = known.withLock({ $0[key] }) { return head }
        guard let head = try await gateway.head(ofReceived: key) else { return nil }
        remember(head, key)
        return head
    }

    func head(
        ofSent row: OutboxRow,
        at gateway: OrganisationGateway
    ) async throws(GatewayError) -> OrganisationGateway.SheetHead {
        let key = MessageKey(from: gateway.member, messageID: row.message)
        if let head = known.withLock({ $0[key] }) { return head }
        let head = try await gateway.head(ofSent: row)
        remember(head, key)
        return head
    }

    private func remember(_ head: OrganisationGateway.SheetHead, _ key: MessageKey) {
        known.withLock { heads in
            if heads.count >= Self.most { heads.removeAll() }
            heads[key] = head
        }
    }
}
