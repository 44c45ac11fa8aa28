import Audit
import Delivery
package import Primitives
import Storage

// 担当: who of the desk sees to a received sheet. A fact of this organisation alone.
extension OrganisationGateway {
    /// Makes a sheet somebody's, or nobody's; on record with their name. Of two who do so at once
    /// the later one is told.
    package func assign(
        _ permit: DeskPermit,
        to account: AccountID?,
        named name: String?
    ) async throws(GatewayError) {
        let row = try await inboxRow(permit.key)
        guard row.sheet != nil else { throw .outOfOrder }
        guard row.assignee != account else { return }
        let part = AuditObject.part(Self.sheetPart, of: permit.key.messageID)
        var act = facts(.sheetAssigned, by: permit.agent, on: part, peer: permit.key.from)
        act.details = name
        try await record(
            [act],
            expects: [.inboxRevision(permit.key, row.revision)],
            writes: [.assign(permit.key, account)]
        )
    }
}
