package import Audit
package import Primitives
import Storage

// 保守: work on the machine is approved, begun and ended on record. The log is the only place where
// it stands.
extension OrganisationGateway {
    /// Approves work before it is done, by somebody else than who will do it.
    ///
    /// - Throws: `malformed` for a time without length, or one that is over.
    package func approveMaintenance(
        _ work: String,
        from: Timestamp,
        to: Timestamp,
        by agent: Agent
    ) async throws(GatewayError) -> MaintenanceID {
        guard from < to, time.now < to else {
            throw .malformed(DecodingRefusal(.badForm, at: "/to"))
        }
        let plan = MaintenanceID.make(random)
        try await note(.maintenanceApproved, plan, "\(from)/\(to) \(work)", by: agent)
        return plan
    }

    /// Work begins, with an approval or without one: an auditor sees which.
    ///
    /// - Throws: `notFound` where no such plan was approved; `outOfOrder` where it has begun.
    package func startMaintenance(
        _ plan: MaintenanceID?,
        _ work: String,
        by agent: Agent
    ) async throws(GatewayError) -> MaintenanceID {
        if let plan {
            let events = try await maintenance(plan)
            guard events.contains(.maintenanceApproved) else { throw .notFound }
            guard !events.contains(.maintenanceStarted) else { throw .outOfOrder }
        }
        let plan = plan ?? MaintenanceID.make(random)
        try await note(.maintenanceStarted, plan, work, by: agent)
        return plan
    }

    /// - Throws: `notFound`; `outOfOrder` where it has not begun, or has ended.
    package func endMaintenance(
        _ plan: MaintenanceID,
        _ remark: String,
        by agent: Agent
    ) async throws(GatewayError) {
        let events = try await maintenance(plan)
        guard !events.isEmpty else { throw .notFound }
        guard events.contains(.maintenanceStarted), !events.contains(.maintenanceEnded) else {
            throw .outOfOrder
        }
        try await note(.maintenanceEnded, plan, remark, by: agent)
    }

    private func note(
        _ event: AuditEvent,
        _ plan: MaintenanceID,
        _ words: String,
        by agent: Agent
    ) async throws(GatewayError) {
        var act = facts(event, by: agent, on: .maintenance(plan))
        act.purpose = .maintenance
        act.details = words
        try await record([act])
    }

    /// What is on record of a plan.
    private func maintenance(_ plan: MaintenanceID) async throws(GatewayError) -> Set<AuditEvent> {
        let checkpoint = try await auditCheckpoint()
        let whole = LogSurvey(
            gateway: self,
            checkpoint: checkpoint,
            range: 0..<checkpoint.head.size
        )
        let entries = try await entries(at: whole.places(of: AuditQuestion.maintaining))
        let name = AuditObject.maintenance(plan).name
        let own = entries.filter { $0.leaf.facts.object.name == .clear(name) }
        return Set(own.map(\.leaf.facts.event))
    }

    /// Approvals, beginnings and ends, and the changes in between.
    func maintenance(
        _ inquiry: Inquiry,
        _ survey: LogSurvey
    ) async throws(GatewayError) -> AuditTableau {
        let whole = LogSurvey(
            gateway: self,
            checkpoint: survey.checkpoint,
            range: 0..<survey.checkpoint.head.size
        )
        let works = MaintenanceWorks(
            try await entries(at: whole.places(of: AuditQuestion.maintaining))
        )
        let changes = try await survey.places(of: AuditQuestion.changing).filter(works.isDuring)
        let own = works.entries.map(\.index).filter(survey.range.contains)
        let places = (own + changes).sorted()
        let shown = try await entries(at: places.suffix(inquiry.most))
        let rows = shown.map { entry in
            [.time, .person, .act, .remark].map(entry.cell)
                + [works.verdict(of: entry).map { .code($0.rawValue) } ?? .nothing]
        }
        var table = AuditTableau(
            [.time, .person, .act, .remark, .state],
            rows,
            entries: shown,
            of: places.count
        )
        let begun = works.entries.filter {
            survey.range.contains($0.index) && $0.leaf.facts.event == .maintenanceStarted
        }
        table.figures = [(.unplanned, begun.filter { !works.isAsPlanned($0) }.count)]
        return table
    }
}
