import Delivery
import Gateway
import Primitives
import Storage

/// Heads of sheets that lists have shown: a sheet never changes, so each is opened once. In memory
/// alone, and bounded.
final class HeadMemory: Sendable {
    private let known = Lock<[Place: OrganisationGateway.SheetHead]>([:])
    /// How often something was erased at each, when its heads were last asked for.
    private let erasures = Lock<[MemberID: Int]>([:])
    private static let most = 20_000

    /// What one organisation may see says nothing of what another may.
    private struct Place: Hashable, Sendable {
        let office: MemberID
        let key: MessageKey
    }

    /// nil also for a sheet that this person may not see.
    func head(
        ofReceived row: InboxRow,
        for visit: Visit
    ) async throws(PageRefusal) -> OrganisationGateway.SheetHead? {
        guard visit.reader.reaches(row) else { return nil }
        return try await visit.ask { gateway throws(GatewayError) in
            try await head(indexing: row.key, at: gateway)
        }
    }

    /// Of any sheet, for what is searched: it leaves out what its asker may not see.
    func head(
        indexing key: MessageKey,
        at gateway: OrganisationGateway
    ) async throws(GatewayError) -> OrganisationGateway.SheetHead? {
        letGo(of: gateway)
        let place = Place(office: gateway.member, key: key)
        if let head = known.withLock({ $0[place] }) { return head }
        guard let head = try await gateway.head(ofReceived: key) else { return nil }
        remember(head, place)
        return head
    }

    func head(
        ofSent row: OutboxRow,
        at gateway: OrganisationGateway
    ) async throws(GatewayError) -> OrganisationGateway.SheetHead {
        letGo(of: gateway)
        let key = MessageKey(from: gateway.member, messageID: row.message)
        let place = Place(office: gateway.member, key: key)
        if let head = known.withLock({ $0[place] }) { return head }
        let head = try await gateway.head(ofSent: row)
        remember(head, place)
        return head
    }

    /// Of what was erased nothing stays.
    private func letGo(of gateway: OrganisationGateway) {
        let count = gateway.erasures
        let isNew = erasures.withLock { known in
            known.updateValue(count, forKey: gateway.member) ?? 0 != count
        }
        guard isNew else { return }
        known.withLock { heads in
            heads = heads.filter { $0.key.office != gateway.member }
        }
    }

    private func remember(_ head: OrganisationGateway.SheetHead, _ place: Place) {
        known.withLock { heads in
            if heads.count >= Self.most { heads.removeAll() }
            heads[place] = head
        }
    }
}
