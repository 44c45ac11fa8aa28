import Gateway
import HTTP
import Primitives
import Staff
import Storage

/// 担当にする: whose a received sheet is, of the ticked rows of the inbox or of the one that is read.
enum AssignPages {
    static let path = "/inbox/assign"

    static func add(to router: inout Router, _ door: Door) {
        door.post(path, to: &router, assign)
    }

    private static func assign(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.assign)
        // Nothing is given away where one of them may not be.
        let permits = try await visit.tickedPermits()
        let person = try chosen(visit)
        if let person { try await check(person, permits, visit) }
        try await visit.ask { gateway throws(GatewayError) in
            try await gateway.assign(permits, to: person?.id, named: person?.displayName)
        }
        return .seeOther(visit.way(back: visit.form["back"] ?? visit.path("/inbox")))
    }

    /// nil: nobody.
    private static func chosen(_ visit: Visit) throws(PageRefusal) -> Colleague? {
        guard let text = visit.form["assignee"] else { throw .notFound }
        guard !text.isEmpty else { return nil }
        let colleagues = visit.office.staff.colleagues
        guard let person = colleagues.first(where: { $0.id.text.hasSameBytes(as: text) }) else {
            throw .notFound
        }
        return person
    }

    /// Nobody is given what they may not open.
    private static func check(
        _ person: Colleague,
        _ permits: [DeskPermit],
        _ visit: Visit
    ) async throws(PageRefusal) {
        let agent = visit.agent
        let known = try await visit.ask { gateway throws(GatewayError) in
            (
                reader: try await gateway.reader(agent, account: person.id, at: person.desks),
                rows: try await gateway.rows(of: permits.map(\.key)).received
            )
        }
        for row in known.rows.values where !known.reader.reaches(row) {
            throw .notTheirDesk(
                name: person.displayName,
                desk: row.sheet?.desk.map(visit.deskName) ?? ""
            )
        }
    }

    /// Whom a sheet may be given to, for a form that names the sheets.
    static func choice(_ visit: Visit, now assignee: AccountID?) -> HTML {
        let chosen = assignee ?? visit.session.account
        let options = visit.office.staff.colleagues.map { person -> HTML in
            let state: HTML = person.id == chosen ? " selected" : .nothing
            return "<option value=\"\(person.id.text)\"\(state)>\(person.displayName)</option>"
        }
        return """
            <label for="assignee">担当</label> <select id="assignee" name="assignee">\(options)\
            <option value="">（担当なし）</option></select>
            """
    }
}

extension Visit {
    /// 担当 in words; empty: nobody.
    func assignee(_ row: InboxRow) -> String {
        row.assignee.map { office.staff.displayName(of: $0) ?? English.said("（登録なし）") } ?? ""
    }
}
