import Delivery
import Gateway
import HTTP
import Japanese
import Primitives
import Staff
import Storage

/// 利用者の綴り: all sheets of one person, sent and received. What is searched for stands in no
/// address; a person is named there by one of their sheets.
enum PeoplePages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/people", to: &router, ask)
        door.post("/people", to: &router, answer)
        door.get("/people/{message}", to: &router, folder)
    }

    private static let most = 50

    private static func ask(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.readSheets)
        return try await list(visit, searched: false)
    }

    private static func answer(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.readSheets)
        return try await list(visit, searched: true)
    }

    private static func list(
        _ visit: Visit,
        searched: Bool
    ) async throws(PageRefusal) -> Response {
        let name = visit.form["name"] ?? ""
        let found = try await visit.parts.people.search(name, visit)
        let rows = found.prefix(most).map { row($0, visit) }
        let none: HTML =
            searched
            ? "<p class=\"note\">その名前の方の書類はありません。読みがなの一部でも探せます。</p>"
            : "<p class=\"note\">書類のある方はまだいません。</p>"
        let caption = searched ? "見つかった方" : "最近の書類の方"
        let table: HTML = """
            <table><caption>\(own: caption)（新しい順）</caption><thead><tr><th scope="col">氏名</th>
            <th scope="col">フリガナ</th><th scope="col">生年月日</th>
            <th scope="col">最新の書類</th><th scope="col">日時</th></tr></thead>
            <tbody>\(Array(rows))</tbody></table>
            """
        let rest: HTML = HTML.when(
            found.count > most,
            "<p class=\"note\">全 \(found.count) 人のうち新しい \(most) 人です。名前で絞ってください。</p>"
        )
        let body: HTML = """
            <form method="post" action="\(visit.path("/people"))">\(visit.token)
            <div class="field"><label for="name">利用者（患者）の氏名またはフリガナ</label>
            <span class="hint" id="name-hint">一部だけでも探せます。旧字・新字、ひらがな・カタカナは区別しません。</span>
            <input type="text" id="name" name="name" value="\(name)" \
            aria-describedby="name-hint"></div>
            <p><button class="main">探す</button></p></form>
            \(rows.isEmpty ? none : table)\(rest)
            """
        return .page(PageFrame(title: "利用者").page(body, for: visit, at: .people))
    }

    private static func row(_ entry: PeopleIndex.Entry, _ visit: Visit) -> HTML {
        """
        <tr><td><a href="\(visit.path("/people/\(entry.key.messageID)"))">\
        \(entry.person.name.text)</a></td><td>\(entry.person.kana.text)</td>
        <td>\(birthday(entry.person))</td><td>\(visit.name(of: entry.type))</td>
        <td>\(TimeWords.element(entry.at))</td></tr>
        """
    }

    static func birthday(_ person: PeopleIndex.Person) -> String {
        let day = Day(person.birthDate.text)
        return day.flatMap(Wareki.init).map(\.text) ?? person.birthDate.text
    }

    // MARK: One person

    private static func folder(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.readSheets)
        let message = try await subject(captures.text("message"), visit)
        let entries = try await visit.parts.people.folder(of: message, visit)
        guard let person = entries.first?.person else { throw .notFound }
        let shown = entries.prefix(200)
        let keys = shown.map(\.key)
        let known = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.rows(of: keys)
        }
        var papers: [MessageID: PaperRoute] = [:]
        for entry in shown where entry.isPaper {
            let id = entry.key.messageID
            papers[id] = try await visit.ask { gateway throws(GatewayError) in
                try await gateway.paper(id)
            }
        }
        let lines = shown.map { entry in
            let id = entry.key.messageID
            return papers[id].map { line(entry, $0, visit) }
                ?? line(entry, known.sent[id], known.received[entry.key], visit)
        }
        let body: HTML = """
            <dl><dt>フリガナ</dt><dd>\(person.kana.text)</dd>
            <dt>生年月日</dt><dd>\(birthday(person))</dd></dl>
            <table><caption>やりとりした書類（新しい順、全 \(entries.count) 件）</caption>
            <thead><tr><th scope="col">日時</th><th scope="col">送受</th>
            <th scope="col">相手</th><th scope="col">書類</th><th scope="col">状態</th>
            <th scope="col">前回との違い</th></tr></thead><tbody>\(Array(lines))</tbody></table>
            \(provisions(message, visit))\(disclosure(message, visit))\(records(person, visit))
            <p><a href="\(visit.path("/people"))">ほかの方を探す</a></p>
            """
        let title: HTML = "\(person.name.text) さんの綴り"
        return .page(
            PageFrame(title: "利用者の綴り", heading: title).page(body, for: visit, at: .people)
        )
    }

    /// The sheet of which the person is meant. An own one on paper is open to all who read.
    static func subject(
        _ text: String,
        _ visit: Visit
    ) async throws(PageRefusal) -> MessageID {
        guard let id = MessageID(text) else { throw .notFound }
        let isPaper = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.isPaper(id)
        }
        return isPaper ? id : try await visit.permit(of: text).key.messageID
    }

    /// All sheets of the person of a sheet that this reader may see, with leave to read each.
    static func sheets(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> ([PeopleIndex.Entry], [DeskPermit]) {
        let message = try await subject(captures.text("message"), visit)
        let entries = try await visit.parts.people.folder(of: message, visit)
        guard !entries.isEmpty else { throw .notFound }
        var permits: [DeskPermit] = []
        for entry in entries { permits.append(try await visit.permit(entry.key)) }
        return (entries, permits)
    }

    private static func line(
        _ entry: PeopleIndex.Entry,
        _ paper: PaperRoute,
        _ visit: Visit
    ) -> HTML {
        """
        <tr><td>\(TimeWords.element(entry.at))</td><td>送信（紙）</td>
        <td>\(paper.copies.map { visit.name(of: $0.to) }.joined(separator: "、"))</td>
        <td><a href="\(visit.path("/paper/\(paper.id)"))">\(visit.name(of: entry.type))</a></td>
        <td>\(PaperPages.state(paper.leastAdvanced))</td><td></td></tr>
        """
    }

    private static func line(
        _ entry: PeopleIndex.Entry,
        _ sent: OutboxRow?,
        _ received: InboxRow?,
        _ visit: Visit
    ) -> HTML {
        let id = entry.key.messageID.text
        let path = visit.path(sent == nil ? "/sheets/\(id)" : "/sent/\(id)")
        let peers = sent?.copies.map(\.to) ?? [entry.key.from]
        let state =
            sent.map { StateWords($0.copies.map(\.state).leastAdvanced).html }
            ?? StateWords.received(received?.state)
        let isOld = (sent?.replacedBy ?? received?.replacedBy) != nil
        return """
            <tr><td>\(TimeWords.element(entry.at))</td><td>\(own: sent == nil ? "受信" : "送信")</td>
            <td>\(peers.map(visit.name).joined(separator: "、"))</td>
            <td><a href="\(path)">\(visit.name(of: entry.type))</a>\
            \(HTML.when(isOld, "（旧版）"))</td>
            <td>\(state)</td>
            <td><a href="\(visit.path("/people/\(id)/difference"))">違いを見る</a></td></tr>
            """
    }

    /// What went out and came in, for those who may take it along.
    private static func provisions(_ message: MessageID, _ visit: Visit) -> HTML {
        guard visit.session.may(.printSheets) else { return .nothing }
        return """
            <p><a href="\(visit.path("/people/\(message)/record"))">\
            提供・受領の記録（29・30条）</a></p>
            """
    }

    /// What the person is given of all this, for those who may see to it.
    private static func disclosure(_ message: MessageID, _ visit: Visit) -> HTML {
        guard visit.session.may(.disclose) else { return .nothing }
        return """
            <p><a href="\(visit.path("/people/\(message)/disclosure"))">\
            開示等の請求（33–35条）</a></p>
            """
    }

    /// Who saw what of this person, for those who may ask it.
    private static func records(_ person: PeopleIndex.Person, _ visit: Visit) -> HTML {
        guard visit.session.may(.seeAllEntries) else { return .nothing }
        return """
            <form method="post" action="\(visit.path("/audit"))">\(visit.token)
            <input type="hidden" name="patient" value="\(person.name.text)">
            <p><button>この方の閲覧の記録を調べる</button></p></form>
            """
    }
}
