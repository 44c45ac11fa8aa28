import Delivery
import Gateway
import HTTP
import Primitives
import Staff

/// 日次照合: days on which a peer knows other messages than this organisation, until somebody has
/// talked to that peer. Ids alone are shown, which say nothing of a person.
enum DayPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/days", to: &router, show)
        door.post("/days", to: &router, settle)
    }

    private static func show(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.seeStatus)
        let days = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.differingDays()
        }
        let body: HTML =
            days.isEmpty
            ? "<p class=\"good\">相手の機関と食い違う日はありません。</p>"
            : """
            <p class="problem">✗ 次の日に送り合った書類が、相手の機関の記録と食い違っています。</p>
            <ol><li>相手に電話し、下の番号の書類があるかを互いに確かめてください。</li>
            <li>当方に無い書類は、相手から新しく送り直してもらいます。相手に無い書類は、当方から新しく送り直します。</li>
            <li>どちらかの機械が古い控えから戻されていないかを確かめてください。\
            どちらにも覚えがなければ、交換所の運営者に知らせてください。</li>
            <li>済んだら「確かめた」を押してください。押した人の名前が記録に残ります。</li></ol>
            \(days.map { one($0, visit) })
            """
        let note: HTML = """
            <p class="note">毎朝、前の日に送り合った書類の番号を、相手の機関と突き合わせます。\
            古い版を使っている相手とは突き合わせず、食い違いにもなりません。</p>
            """
        return .page(PageFrame(title: "日次照合").page("\(body)\(note)", for: visit, at: .status))
    }

    private static func one(_ item: OrganisationGateway.DifferingDay, _ visit: Visit) -> HTML {
        let difference = item.difference
        let (here, there) = (
            list(difference.missingHere, visit), list(difference.missingThere, visit)
        )
        let own = item.messages.sent.union(item.messages.received).sorted()
        let known: HTML =
            difference.missingHere == nil
            ? "<dt>当方にある書類</dt><dd>\(list(own, visit))</dd>" : .nothing
        return """
            <h2>\(TimeWords.day(item.day)) \(visit.name(of: item.peer))</h2>
            <dl><dt>相手の電話</dt><dd class="tel">\(item.telephone?.text ?? "")</dd>
            <dt>当方に無い書類</dt><dd>\(here)</dd>
            <dt>相手に無い書類</dt><dd>\(there)</dd>\(known)</dl>
            <form method="post" action="\(visit.path("/days"))">\(visit.onceToken)
            <input type="hidden" name="day" value="\(item.day.description)">
            <input type="hidden" name="peer" value="\(item.peer.text)">
            <p><button class="main">確かめた</button></p></form>
            """
    }

    private static func list(_ messages: [MessageID]?, _ visit: Visit) -> HTML {
        guard let messages else { return "相手の番号の一覧がまだ届いていません" }
        guard !messages.isEmpty else { return "ありません" }
        return "<ul>\(messages.map { "<li>\($0.text)</li>" as HTML })</ul>"
    }

    private static func settle(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.seeStatus)
        guard let day = visit.form["day"].flatMap({ Day($0) }),
            let peer = visit.form["peer"].flatMap({ MemberID($0) })
        else { throw .notFound }
        let agent = visit.agent
        try await visit.ask { gateway throws(GatewayError) in
            try await gateway.settleDay(day, with: peer, by: agent)
        }
        return .seeOther(visit.path("/days"))
    }
}
