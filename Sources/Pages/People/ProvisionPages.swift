import Delivery
import Directory
import Gateway
import HTTP
import Japanese
import Primitives
import Staff
import Storage

/// 提供・受領の記録: what of one person went out and came in, as the law has it recorded. As a page,
/// which prints, and as a file.
enum ProvisionPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/people/{message}/record", to: &router, show)
        door.post("/people/{message}/record", to: &router, save)
    }

    private static func show(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        let (entries, permits) = try await sheets(visit, captures)
        let agent = visit.agent
        let record = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.provisionRecord(of: permits, by: agent)
        }
        let folder = visit.path("/people/\(entries[0].key.messageID)")
        let body: HTML = """
            <p class="noprint"><a class="button" href="\(folder)">この方の綴りに戻る</a></p>
            \(head(entries[0].person, visit))\(notes(record, visit))
            \(table(record))
            <form method="post" class="noprint" action="\(folder)/record">\(visit.token)
            <p><button>この記録をCSVで保存する</button></p></form>
            """
        return .page(PageFrame(title: "提供・受領の記録（29・30条）").page(body, for: visit, at: .people))
    }

    private static func save(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        let (_, permits) = try await sheets(visit, captures)
        let agent = visit.agent
        let file = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.exportedProvisionRecord(of: permits, by: agent)
        }
        let name = "provision-record-\(visit.today).csv"
        return .file(file.bytes, name: name, type: "text/csv; charset=utf-8")
    }

    private static func sheets(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> ([PeopleIndex.Entry], [DeskPermit]) {
        try await visit.demand(.readSheets)
        // It is made to leave the program.
        try await visit.demand(.printSheets)
        return try await PeoplePages.sheets(visit, captures)
    }

    private static func head(_ person: PeopleIndex.Person, _ visit: Visit) -> HTML {
        """
        <dl><dt>本人の氏名</dt><dd>\(person.name.text)</dd>
        <dt>フリガナ</dt><dd>\(person.kana.text)</dd>
        <dt>生年月日</dt><dd>\(PeoplePages.birthday(person))</dd>
        <dt>記録する機関</dt><dd>\(visit.office.name)</dd>
        <dt>作成</dt><dd>\(TimeWords.dated(visit.now))</dd></dl>
        """
    }

    private static func notes(_ record: ProvisionRecord, _ visit: Visit) -> HTML {
        """
        <p>相手に届いた書類だけが載ります。届いていない書類、差し戻された書類、\
        開かれる前に取り消した書類は載りません。</p>
        <p>法人の代表者の氏名は宛先帳にないため、載りません。必要なときは書き加えてください。</p>
        \(HTML.when(
            !visit.reader.others.isEmpty,
            "<p class=\"note\">ほかの窓口あてに届いた書類は載りません。</p>"
        ))\(HTML.when(
            record.hasLegalException,
            """
            <p class="note">法令に基づく例外で提供した書類があります。\
            本人や家族に渡す前に、見せてよいかを確かめてください。</p>
            """
        ))
        """
    }

    private static func table(_ record: ProvisionRecord) -> HTML {
        guard !record.lines.isEmpty else { return "<p class=\"note\">提供も受領もまだありません。</p>" }
        return """
            <table><caption>提供と受領（古い順、全 \(record.lines.count) 件）</caption>
            <thead><tr><th scope="col">提供・受領と経緯</th><th scope="col">日時</th>
            <th scope="col">相手先</th><th scope="col">情報の項目</th>
            <th scope="col">同意などの根拠</th><th scope="col">受付番号</th></tr></thead>
            <tbody>\(record.lines.map(row))</tbody></table>
            """
    }

    private static func row(_ line: ProvisionLine) -> HTML {
        """
        <tr><td>\(own: line.direction.word)<br>\(line.way)</td>
        <td>\(TimeWords.dated(line.at))</td><td>\(peer(line.peer))</td><td>\(line.items)</td>
        <td>\(HTML.lines(line.ground))</td><td>\(line.message.text)</td></tr>
        """
    }

    private static func peer(_ peer: ProvisionLine.Peer) -> HTML {
        let numbers = peer.numbers.map { number -> HTML in
            "<br>\(own: number.kind.words) <span class=\"number\">\(number.value)</span>"
        }
        let address: HTML = HTML.when(!peer.address.isEmpty, "<br>\(peer.address)")
        return
            "\(peer.name)\(HTML.when(!peer.type.isEmpty, "<br>\(peer.type)"))\(numbers)\(address)"
    }
}
