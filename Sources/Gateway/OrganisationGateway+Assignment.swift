import Audit
import Delivery
package import Primitives
import Storage

// 担当: who of the desk sees to a received sheet. A fact of this organisation alone.
extension OrganisationGateway {
    /// Makes sheets somebody's, or nobody's, all or none of them; on record with their name. Of two
    /// who do so at once the later one is told.
    package func assign(
        _ permits: [DeskPermit],
        to account: AccountID?,
        named name: String?
    ) async throws(GatewayError) {
        var acts: [AuditFacts] = []
        var expects: [Precondition] = []
        var writes: [GatewayWrite] = []
        for permit in permits {
            let row = try await inboxRow(permit.key)
            guard row.sheet != nil else { throw .outOfOrder }
            guard row.assignee != account else { continue }
            let part = AuditObject.part(Self.sheetPart, of: permit.key.messageID)
            var act = facts(.sheetAssigned, by: permit.agent, on: part, peer: permit.key.from)
            act.details = name
            act.patient = try await patient(ofReceived: permit.key)
            acts.append(act)
            expects.append(.inboxRevision(permit.key, row.revision))
            writes.append(.assign(permit.key, account))
        }
        guard !acts.isEmpty else { return }
        try await record(acts, expects: expects, writes: writes)
    }
}
