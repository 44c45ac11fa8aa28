import Delivery
import Gateway
import HTTP
import Japanese
import Paper
import Primitives
import Sheets
import Staff
import Storage

/// 開示等の請求: a person, or somebody for them, asks for what is kept of them here. The request is
/// taken in, a second person decides on what is held back, and the copy is a file.
enum DisclosurePages {
    static func add(to router: inout Router, _ door: Door) {
        let path = "/people/{message}/disclosure"
        door.get(path, to: &router, list)
        door.post(path, to: &router, take)
        door.get(path + "/{request}", to: &router, show)
        door.post(path + "/{request}/release", to: &router, release)
        door.post(path + "/{request}/copy", to: &router, copy)
    }

    /// The whole folder of a person.
    struct Folder {
        let person: PeopleIndex.Person
        let permits: [DeskPermit]
        /// Where the folder is.
        let home: String
        var path: String { home + "/disclosure" }
    }

    /// All of it, or nothing: who does not see every desk's sheets would hand out a part of them.
    ///
    /// - Returns: nil for somebody who works at some desks alone.
    private static func folder(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Folder? {
        let (entries, permits) = try await PeoplePages.sheets(visit, captures)
        guard visit.reader.others.isEmpty else { return nil }
        let home = visit.path("/people/\(captures.text("message"))")
        return Folder(person: entries[0].person, permits: permits, home: home)
    }

    private static func refused(_ visit: Visit) -> Response {
        let body: HTML = """
            <p class="note">開示する写しには、すべての窓口の書類が入ります。\
            窓口を限らずに書類を見られる職員に頼んでください。</p>
            <p><a href="\(visit.path("/people"))">利用者の一覧に戻る</a></p>
            """
        return .page(
            PageFrame(title: "開示等の請求", isRefused: true).page(body, for: visit, at: .people),
            status: 403
        )
    }

    // MARK: Requests

    private static func list(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.disclose)
        guard let folder = try await folder(visit, captures) else { return refused(visit) }
        return .page(try await page(folder, visit))
    }

    private static func take(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.disclose)
        guard let folder = try await folder(visit, captures) else { return refused(visit) }
        let form = DisclosureForm(visit: visit)
        guard let claim = form.claim else {
            return .page(try await page(folder, visit, form.problems), status: 400)
        }
        let (permits, reader) = (folder.permits, visit.reader)
        try await visit.ask { gateway throws(GatewayError) in
            try await gateway.take(claim, of: permits, by: reader)
        }
        return .seeOther(folder.path)
    }

    private static func page(
        _ folder: Folder,
        _ visit: Visit,
        _ problems: [HTML] = []
    ) async throws(PageRefusal) -> HTML {
        let permits = folder.permits
        let requests = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.disclosureRequests(of: permits)
        }
        let body: HTML = """
            <p><a class="button" href="\(folder.home)">この方の綴りに戻る</a></p>
            <p>本人や代理人から、ここにある書類の開示などを求められたときに使います。\
            請求を記録し、伏せる部分を確かめてから、渡す写しをPDFで作ります。</p>
            \(head(folder.person))\(table(requests, folder))
            <h2>請求を記録する</h2>
            <form method="post" action="\(folder.path)">\(visit.onceToken)
            \(DisclosureForm(visit: visit).html)
            <p><button class="main">請求を記録する</button></p></form>
            """
        return PageFrame(title: "開示等の請求（33–35条）", problems: problems)
            .page(body, for: visit, at: .people)
    }

    static func head(_ person: PeopleIndex.Person) -> HTML {
        """
        <dl><dt>本人の氏名</dt><dd>\(person.name.text)</dd>
        <dt>フリガナ</dt><dd>\(person.kana.text)</dd>
        <dt>生年月日</dt><dd>\(PeoplePages.birthday(person))</dd></dl>
        """
    }

    private static func table(_ requests: [DisclosureRequest], _ folder: Folder) -> HTML {
        guard !requests.isEmpty else { return "<p class=\"note\">請求はまだ記録されていません。</p>" }
        let rows = requests.map { request -> HTML in
            """
            <tr><td>\(TimeWords.date(request.claim.receivedOn))</td>
            <td>\(request.claim.kind.words)</td><td>\(request.claim.asker)</td>
            <td>\(TimeWords.dated(request.recordedAt)) \(request.recordedBy)</td>
            <td><a href="\(folder.path)/\(Int(request.id))">伏せる部分の確認と写し</a></td></tr>
            """
        }
        return """
            <table><caption>記録した請求（新しい順）</caption><thead><tr><th scope="col">請求日</th>
            <th scope="col">請求の内容</th><th scope="col">請求した人</th>
            <th scope="col">記録した日時と人</th><th scope="col">次に行うこと</th></tr></thead>
            <tbody>\(rows)</tbody></table>
            """
    }

    // MARK: One request

    private static func show(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.disclose)
        guard let folder = try await folder(visit, captures) else { return refused(visit) }
        let found = try await disclosure(folder, visit, captures)
        return .page(DisclosurePage(visit: visit, folder: folder, found: found).html([]))
    }

    private static func release(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.releaseHeldBack)
        guard let folder = try await folder(visit, captures) else { return refused(visit) }
        let found = try await disclosure(folder, visit, captures)
        let page = DisclosurePage(visit: visit, folder: folder, found: found)
        let reason = visit.form["reason"] ?? ""
        var problems: [HTML] = []
        if page.chosen == nil { problems.append("<a href=\"#part\">開示する部分を選んでください</a>") }
        if let problem = visit.problem(withText: reason) {
            problems.append("<a href=\"#reason\">\(problem)</a>")
        }
        guard let chosen = page.chosen, problems.isEmpty else {
            return .page(page.html(problems), status: 400)
        }
        let reader = visit.reader
        try await visit.ask { gateway throws(GatewayError) in
            try await gateway.release(
                chosen.part,
                of: chosen.sheet.key.messageID,
                because: reason,
                in: found,
                by: reader
            )
        }
        return .seeOther(page.path)
    }

    private static func copy(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.disclose)
        guard let folder = try await folder(visit, captures) else { return refused(visit) }
        let found = try await disclosure(folder, visit, captures)
        guard found.unopened.isEmpty, !found.listed.isEmpty else {
            let page = DisclosurePage(visit: visit, folder: folder, found: found)
            return .page(page.html(["<a href=\"#sheets\">写しを作れません。書類の一覧を見てください</a>"]), status: 400)
        }
        guard let volume = Decimal.value((visit.form["volume"] ?? "1").utf8) else {
            throw .notFound
        }
        let (permits, agent) = (folder.permits, visit.agent)
        let drawn = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.exported(found, volume: volume, of: permits, by: agent) { copy in
                await pdf(DisclosurePaper(visit: visit, person: folder.person, copy: copy), visit)
            }
        }
        let bytes = try wrap(PageRefusal.paper) { () throws(PaperRefusal) in try drawn.get() }
        let number = found.volumes.count > 1 ? "-\(volume)" : ""
        let name = "disclosure-\(visit.today)\(number).pdf"
        return .file(bytes, name: name, type: "application/pdf")
    }

    private static func pdf(
        _ paper: DisclosurePaper,
        _ visit: Visit
    ) async -> Result<[UInt8], PaperRefusal> {
        let documents = English.$spoken.withValue(nil) { paper.documents }
        do throws(PaperRefusal) {
            return .success(try await visit.parts.press(PaperJob(documents, madeAt: visit.now)))
        } catch { return .failure(error) }
    }

    private static func disclosure(
        _ folder: Folder,
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> DisclosureReview {
        guard let id = Decimal.value(captures.text("request").utf8) else { throw .notFound }
        let (permits, agent) = (folder.permits, visit.agent)
        return try await visit.ask { gateway throws(GatewayError) in
            try await gateway.disclosure(UInt64(id), of: permits, by: agent)
        }
    }
}

extension DisclosureClaim.Kind {
    var words: String { English.said(japanese) }

    var japanese: String {
        switch self {
        case .disclosure: "開示（33条）"
        case .correction: "訂正・追加・削除（34条）"
        case .stop: "利用停止・消去・提供の停止（35条）"
        }
    }
}

extension DisclosureClaim {
    /// Who asks.
    var asker: String { proxy.map { "\(English.said("代理人")) \($0)" } ?? English.said("本人") }
}

/// What is typed of a request. Nothing is chosen beforehand.
struct DisclosureForm {
    let visit: Visit

    private var kind: DisclosureClaim.Kind? {
        visit.form["kind"].flatMap(DisclosureClaim.Kind.init(rawValue:))
    }
    private var isProxy: Bool? {
        visit.form["asker"].flatMap { ["person": false, "proxy": true][ByteText($0)] }
    }
    private var proxy: String { visit.form["proxy"] ?? "" }
    private var day: Day? { TypedDay(visit.form["receivedOn"] ?? "")?.day }

    /// nil where something is missing or wrong.
    var claim: DisclosureClaim? {
        guard problems.isEmpty, let kind, let isProxy, let day else { return nil }
        return DisclosureClaim(kind, proxy: isProxy ? proxy : nil, receivedOn: day)
    }

    var problems: [HTML] {
        var problems: [HTML] = []
        if kind == nil { problems.append("<a href=\"#kind\">請求の内容を選んでください</a>") }
        switch isProxy {
        case nil: problems.append("<a href=\"#asker\">請求した人を選んでください</a>")
        case true? where visit.problem(withText: proxy) != nil:
            problems.append("<a href=\"#proxy\">代理人の氏名と資格を入力してください</a>")
        case false? where !proxy.isEmpty:
            problems.append("<a href=\"#proxy\">本人の請求のときは、代理人を入力しないでください</a>")
        default: break
        }
        if let day {
            if visit.today < day { problems.append("<a href=\"#receivedOn\">請求日が今日より後です</a>") }
        } else {
            problems.append("<a href=\"#receivedOn\">請求日を入力してください（例: R8.11.19）</a>")
        }
        return problems
    }

    var html: HTML {
        let kinds = DisclosureClaim.Kind.allCases.map { choice("kind", $0.rawValue, $0.words) }
        let askers = [("person", "本人"), ("proxy", "代理人")].map {
            choice("asker", $0.0, English.said($0.1))
        }
        return """
            <fieldset id="kind"><legend>請求の内容<span class="must">※必須</span></legend>\
            <div class="choices">\(kinds)</div></fieldset>
            <fieldset id="asker"><legend>請求した人<span class="must">※必須</span></legend>\
            <div class="choices">\(askers)</div></fieldset>
            <div class="field"><label for="proxy">代理人の氏名と資格</label>
            <span class="hint" id="proxy-hint">代理人のときだけ。例: 架空 花子（長女、委任状と本人確認書類を確認）</span>
            <input type="text" id="proxy" name="proxy" value="\(proxy)" \
            aria-describedby="proxy-hint"></div>
            <div class="field"><label for="receivedOn">請求日<span class="must">※必須</span></label>
            <span class="hint" id="receivedOn-hint">例: R8.11.19、令和8年11月19日</span>
            <input type="text" id="receivedOn" name="receivedOn" required \
            value="\(visit.form["receivedOn"] ?? "")" aria-describedby="receivedOn-hint"></div>
            """
    }

    private func choice(_ name: String, _ value: String, _ words: String) -> HTML {
        let isChosen = visit.form[name].map { $0.hasSameBytes(as: value) } ?? false
        return """
            <label class="choice"><input type="radio" name="\(name)" required \
            value="\(value)"\(HTML.when(isChosen, " checked"))>\(words)</label>
            """
    }
}
