package import Audit
import Cryptography
package import Primitives
import Storage

// 定期点検 of the own log: that it was looked through, and when it is to be looked through again.
extension OrganisationGateway {
    /// The last inspection, and by when the next one is due.
    package struct InspectionState: Sendable {
        /// With who made it and when; nil before the first.
        package let last: (inspection: AuditInspection, by: AuditedEntry)?
        package let dueOn: Day
        package let isOverdue: Bool
    }

    /// Records that a person has looked through the log of a period, as it stands now.
    ///
    /// - Throws: `malformed` without a remark, and for days that are still to come.
    package func inspect(
        _ period: AuditPeriod,
        _ result: AuditInspection.Result,
        _ remark: String,
        by agent: Agent
    ) async throws(GatewayError) {
        let isBlank = remark.allSatisfy(\.isWhitespace)
        guard !isBlank, remark.unicodeScalars.count <= Self.emergencyTextScalars,
            period.to <= time.now.dayInJapan
        else { throw .malformed(DecodingRefusal(.badForm)) }
        let head = try await auditCheckpoint().head
        let inspection = AuditInspection(of: period, at: head, result, remark)
        let bytes = inspection.json.canonicalBytes
        var act = facts(.auditReviewed, by: agent, on: .report(SHA256.hash(bytes)))
        act.reason = AuditReason(AuditInspection.reason)
        act.details = String(decoding: bytes, as: UTF8.self)
        try await record([act])
    }

    /// Due a month after the last day that was inspected; before the first, after the log began.
    package func inspectionState() async throws(GatewayError) -> InspectionState {
        let origin = accessOrigin
        let (places, openedAt) = try await read { stored throws(StoreError) in
            (
                try stored.leaves(of: .auditReviewed, in: origin, .all),
                try stored.trees().first { $0.origin == origin }?.openedAt
            )
        }
        var last: (inspection: AuditInspection, by: AuditedEntry)?
        // Single accesses are reviewed far more often than the log is inspected.
        for place in places.reversed().prefix(Limits.inspectionReach) where last == nil {
            for entry in try await entries(at: [place]) {
                last = AuditInspection(entry).map { ($0, entry) }
            }
        }
        let since = last?.inspection.period.to ?? (openedAt ?? time.now).dayInJapan
        let dueOn = since.adding(days: Limits.inspectionDays)
        return InspectionState(last: last, dueOn: dueOn, isOverdue: dueOn < time.now.dayInJapan)
    }
}
