import Audit
import Gateway
import Primitives
import Staff

/// Entries of the access log, as people read them.
struct AuditTable {
    let visit: Visit
    let caption: String

    func html(_ entries: some Sequence<AuditedEntry>) -> HTML {
        """
        <table><caption>\(own: caption)</caption><thead><tr><th scope="col">番号</th>
        <th scope="col">時刻</th><th scope="col">だれが</th><th scope="col">だれの</th>
        <th scope="col">何をした</th><th scope="col">結果</th><th scope="col">受付番号</th></tr>
        </thead><tbody>\(entries.map(row))</tbody></table>
        """
    }

    private func row(_ entry: AuditedEntry) -> HTML {
        let facts = entry.leaf.facts
        let who = entry.actorName.map { person($0, facts.actor.role) }
        let word: HTML =
            facts.outcome == .success
            ? "\(English.said("できた"))" : "\(English.said("できなかった"))"
        return """
            <tr><td>\(Int(entry.index))</td><td>\(TimeWords.dated(entry.leaf.at))</td>
            <td>\(who ?? EventWords.machine(facts.actor))</td><td>\(whose(entry))</td>
            <td>\(EventWords.text(facts.event))\(EventWords.means(facts.event, facts.reason))\
            \(why(entry))</td><td>\(word)</td>
            <td>\(message(facts.object) ?? "")</td></tr>
            """
    }

    /// A name with what the person is.
    func person(_ name: String, _ role: RoleCode) -> String {
        "\(name)（\(visit.label(role.text, "Profession"))）"
    }

    /// The patient, or the person of an account; also of somebody who has left.
    private func whose(_ entry: AuditedEntry) -> HTML {
        if let patient = entry[.patient] { return "\(patient) さん" }
        guard entry.leaf.facts.object.kind == .account,
            let account = entry[.object].flatMap({ AccountID($0) }),
            let name = visit.office.staff.displayName(of: account)
        else { return .nothing }
        return "職員 \(name)"
    }

    /// What somebody said who had to give a reason, or who reviewed it.
    func why(_ entry: AuditedEntry) -> HTML {
        if entry.leaf.facts.event == .accountRoleChanged,
            let change = entry[.details].flatMap({ RoleChange($0) })
        {
            let sides = [change.from, change.to].map { roles in
                roles.map(\.words).joined(separator: "・")
            }
            return "<br>\(sides[0]) → \(sides[1])"
        }
        if let release = DisclosureRelease(entry) {
            return "<br>\(HTML.lines(release.reason))"
        }
        switch entry.leaf.facts.event {
        case .breakGlassUsed, .breakGlassReviewed, .consentEmergencyReviewed, .auditReviewed: break
        default: return .nothing
        }
        if let inspection = AuditInspection(entry) {
            let period = "\(inspection.period.from) – \(inspection.period.to)"
            return """
                <br>\(English.said("定期点検")) \(period) \(InspectionPages.words(inspection.result))\
                <br>\(HTML.lines(inspection.remark))
                """
        }
        let reason = entry.leaf.facts.reason?.text
        let words = reason.flatMap(OrganisationGateway.EmergencyReason.init)?.words
        let said = entry[.details].map { HTML.lines($0) }
        return HTML(
            joining: [words.map { "<br>\($0)" as HTML }, said.map { "<br>\($0)" as HTML }]
                .compactMap(\.self)
        )
    }

    /// The number of a sheet; what else an entry is about has none that a person would look for.
    private func message(_ object: LeafObject) -> String? {
        guard case .clear(let name) = object.name else { return nil }
        let first = name.text.split(separator: "/").first.map(String.init)
        return first.flatMap { MessageID($0)?.text }
    }
}
