import Audit
import Japanese
import Primitives

/// All work on the machine that a log tells of, in order.
struct MaintenanceWorks {
    enum Verdict: String {
        case planned, unplanned, ownApproval, outsidePlan, late, notEnded
        /// Of a change while work was under way.
        case during
    }

    let entries: [AuditedEntry]

    init(_ entries: [AuditedEntry]) { self.entries = entries }

    /// Whether work was under way at a place of the log.
    func isDuring(_ place: UInt64) -> Bool {
        entries.contains { begun in
            guard begun.leaf.facts.event == .maintenanceStarted, begun.index < place else {
                return false
            }
            return other(.maintenanceEnded, of: begun).map { place < $0.index } ?? true
        }
    }

    /// Whether work that has begun was done as it was approved.
    func isAsPlanned(_ begun: AuditedEntry) -> Bool {
        guard verdict(of: begun) == .planned else { return false }
        return other(.maintenanceEnded, of: begun).map { verdict(of: $0) == nil } ?? false
    }

    func verdict(of entry: AuditedEntry) -> Verdict? {
        switch entry.leaf.facts.event {
        case .maintenanceApproved: nil
        case .maintenanceStarted: beginning(entry)
        case .maintenanceEnded: plan(of: entry).flatMap { $0.to < entry.leaf.at ? .late : nil }
        default: .during
        }
    }

    private func beginning(_ entry: AuditedEntry) -> Verdict {
        guard let approval = other(.maintenanceApproved, of: entry),
            approval.index < entry.index, let plan = plan(of: entry)
        else { return .unplanned }
        let names = [approval, entry].map { SearchText.letters($0.actorName ?? "") }
        if names[0].hasSameBytes(as: names[1]) { return .ownApproval }
        guard plan.from <= entry.leaf.at, entry.leaf.at <= plan.to else { return .outsidePlan }
        return other(.maintenanceEnded, of: entry) == nil ? .notEnded : .planned
    }

    private func other(_ event: AuditEvent, of entry: AuditedEntry) -> AuditedEntry? {
        entries.first {
            $0.leaf.facts.event == event
                && $0.leaf.facts.object.name == entry.leaf.facts.object.name
        }
    }

    /// The time that was approved, as it stands in front of the words.
    private func plan(of entry: AuditedEntry) -> (from: Timestamp, to: Timestamp)? {
        let words = other(.maintenanceApproved, of: entry)?[.details] ?? ""
        let times = words.prefix { $0 != " " }.split(separator: "/").map { Timestamp(String($0)) }
        guard times.count == 2, let from = times[0], let to = times[1] else { return nil }
        return (from, to)
    }
}
