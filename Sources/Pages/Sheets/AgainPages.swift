import Delivery
import Directory
import Gateway
import HTTP
import Primitives
import Sheets
import Staff
import Storage

/// 訂正版を作る, 同じ内容で作り直す: a sheet that was sent becomes a draft again.
enum AgainPages {
    static func add(to router: inout Router, _ door: Door) {
        door.post("/sent/{message}/correct", to: &router) { visit, captures throws(PageRefusal) in
            try await begin(visit, captures, .correction)
        }
        door.post("/sent/{message}/again", to: &router) { visit, captures throws(PageRefusal) in
            try await begin(visit, captures, .repetition)
        }
    }

    private static func begin(
        _ visit: Visit,
        _ captures: Captures,
        _ kind: Draft.Again
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.draft)
        guard let message = MessageID(captures.text("message")) else { throw .notFound }
        let agent = visit.agent
        let known = try await visit.ask { gateway throws(GatewayError) in
            let row = try await gateway.track(message)
            return (row: row, sheet: try await gateway.review(message, by: agent))
        }
        // An extract is written anew with the whole that it is of.
        guard kind == .repetition || known.row.replacedBy == nil, known.sheet.extract == nil else {
            throw .gateway(.outOfOrder)
        }
        var draft = Draft(again: known.sheet, as: kind, visit.parts.random)
        if let form = SheetMaker.form(of: draft.type, visit.catalogue, on: visit.today) {
            draft.spread(form)
        }
        address(&draft, as: known.sheet, known.row.copies, visit)
        let extracts = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.extracts(of: message)
        }
        for extract in extracts {
            address(&draft, as: extract.sheet, extract.row.copies, visit)
            let kept = visit.catalogue.kept(in: extract.sheet)
            for copy in extract.row.copies { draft.extracts[copy.to] = kept }
        }
        let new = try await DraftPages.keep(draft, withFilesOf: message, visit)
        return .seeOther(visit.path("/drafts/\(new)"))
    }

    private static func address(
        _ draft: inout Draft,
        as sheet: Sheet,
        _ copies: [OutboxCopy],
        _ visit: Visit
    ) {
        for copy in copies {
            let desks = visit.desks(of: copy.to).map(\.deskID)
            draft.desks[copy.to] = copy.desk.flatMap { desks.contains($0) ? $0 : nil }
            if isCopy(copy.to, sheet, visit) {
                draft.cc.append(copy.to)
            } else {
                draft.to.append(copy.to)
            }
        }
    }

    /// Whether the sheet names a member as one that gets a copy (cc).
    private static func isCopy(_ member: MemberID, _ sheet: Sheet, _ visit: Visit) -> Bool {
        let profile = visit.gateway.view.membership(of: member)?.profile
        let numbers = profile?.officeNumbers.map(\.value) ?? []
        return sheet.recipients.contains { party in
            party.purpose == .cc && party.officeNumber.map(numbers.contains) ?? false
        }
    }
}

extension SentPage {
    /// What can be written anew of this message.
    var again: HTML {
        guard visit.session.may(.draft), head.extractOf == nil else { return .nothing }
        let path = visit.path("/sent/\(row.message)")
        let hasArrived = row.copies.contains { !$0.state.isEnd }
        let correction: HTML = HTML.when(
            row.isSealed && row.replacedBy == nil && hasArrived,
            """
            <form method="post" action="\(path)/correct">\(visit.onceToken)
            <button>訂正版を作る</button></form>
            """
        )
        let repetition: HTML = HTML.when(
            row.copies.contains(where: \.state.isEnd),
            """
            <form method="post" action="\(path)/again">\(visit.onceToken)
            <button>同じ内容で作り直す</button></form>
            """
        )
        return "<div class=\"row\">\(correction)\(repetition)</div>"
    }
}
