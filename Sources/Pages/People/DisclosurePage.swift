import Delivery
import Gateway
import Primitives
import Sheets
import Staff

/// The page of one request: every sheet of the person, what of each is held back and why, the form
/// of the second person, and the buttons that make the copy.
struct DisclosurePage {
    let visit: Visit
    let folder: DisclosurePages.Folder
    let found: DisclosureReview

    var path: String { "\(folder.path)/\(found.request.id)" }

    /// The part that the form names.
    var chosen: (sheet: DisclosureSheet, part: HeldPart)? {
        guard let name = visit.form["part"] else { return nil }
        return held.first { Self.name($0.sheet, $0.part).hasSameBytes(as: name) }
    }

    private var held: [(sheet: DisclosureSheet, part: HeldPart)] {
        found.sheets.flatMap { sheet in sheet.held.map { (sheet, $0) } }
    }

    private static func name(_ sheet: DisclosureSheet, _ part: HeldPart) -> String {
        "\(sheet.key.messageID) \(part.ground.rawValue) \(part.place)"
    }

    func html(_ problems: [HTML]) -> HTML {
        let claim = found.request.claim
        let body: HTML = """
            <p><a class="button" href="\(folder.path)">請求の一覧に戻る</a></p>
            \(DisclosurePages.head(folder.person))
            <dl><dt>請求の内容</dt><dd>\(claim.kind.words)</dd>
            <dt>請求した人</dt><dd>\(claim.asker)</dd>
            <dt>請求日</dt><dd>\(TimeWords.date(claim.receivedOn))</dd>
            <dt>記録した人</dt><dd>\(found.request.recordedBy)</dd></dl>
            \(notes)\(table)\(review)\(copies)
            """
        return PageFrame(title: "開示する写しと伏せる部分", problems: problems)
            .page(body, for: visit, at: .people)
    }

    private var notes: HTML {
        """
        <ul><li>伏せる部分は空欄になります。法令に基づく例外で提供した書類と、それへの返信や訂正は、\
        一覧にも記録の抜粋にも載りません。</li>
        <li>文章の中に書かれた本人以外の方のことや、本人に知らせていないことは、自動では見分けられません。\
        渡す前に、写しを読んで確かめてください。</li>
        <li>添付ファイルは写しに入りません。中を確かめ、渡すものは書類の画面から保存してください。</li>
        <li>氏名・フリガナ・生年月日の書き方が違う書類は、別の方の綴りにあります。</li></ul>
        \(HTML.when(
            found.request.claim.kind == .correction,
            "<p class=\"note\">訂正するときは、送信箱の書類から訂正版を作ります。</p>"
        ))\(HTML.when(
            found.request.claim.kind == .stop,
            "<p class=\"note\">提供を止めるときは、同意の画面で撤回を記録します。</p>"
        ))
        """
    }

    // MARK: What there is

    private var table: HTML {
        let rows = found.sheets.map(row)
        return """
            <table id="sheets"><caption>ここにあるこの方の書類（古い順、全 \(rows.count) 件）</caption>
            <thead><tr><th scope="col">日時</th><th scope="col">送受</th><th scope="col">相手</th>
            <th scope="col">書類</th><th scope="col">写し</th><th scope="col">伏せる部分と理由</th></tr></thead>
            <tbody>\(rows)</tbody></table>
            """
    }

    private func row(_ sheet: DisclosureSheet) -> HTML {
        let parts = sheet.parts.map { part -> HTML in
            let release = sheet.releases.first { $0.part == part }
            let state: HTML =
                release.map { release in
                    """
                    <br><b>開示する</b> \(TimeWords.element(release.at)) \(release.by)\
                    <br>\(HTML.lines(release.reason))
                    """
                } ?? "<br>伏せる"
            return "<li>\(label(part, sheet))（\(part.ground.words)）\(state)</li>"
        }
        let new: HTML = HTML.when(sheet.isUnopened, "<b>未開封</b><br>")
        return """
            <tr><td>\(TimeWords.dated(sheet.at))</td><td>\(own: sheet.way.japanese)</td>
            <td>\(sheet.peers.map(visit.name).joined(separator: "、"))</td>
            <td><a href="\(place(of: sheet))">\(visit.name(of: sheet.sheet.type))</a></td>
            <td>\(new)\(own: sheet.extent)</td>
            <td>\(HTML.when(!parts.isEmpty, "<ul>\(parts)</ul>"))</td></tr>
            """
    }

    private func label(_ part: HeldPart, _ sheet: DisclosureSheet) -> String {
        part.isWhole
            ? English.said("書類の全部") : visit.catalogue.label(of: part, in: sheet.sheet.type)
    }

    private func place(of sheet: DisclosureSheet) -> String {
        let id = sheet.key.messageID
        return switch sheet.way {
        case .sent: visit.path("/sent/\(id)")
        case .onPaper: visit.path("/paper/\(id)")
        case .received: visit.path("/sheets/\(id)")
        }
    }

    // MARK: What is decided

    private var review: HTML {
        guard !held.isEmpty else { return .nothing }
        let who = StaffRight.releaseHeldBack.roles.map(\.words).joined(separator: "・")
        guard visit.session.may(.releaseHeldBack),
            visit.session.account != found.request.account
        else {
            return "<p class=\"note\">伏せた部分を開示すると決められるのは、請求を記録した人とは別の \(who) です。</p>"
        }
        let choices = held.map { sheet, part -> HTML in
            let name = Self.name(sheet, part)
            let isChosen = visit.form["part"].map { $0.hasSameBytes(as: name) } ?? false
            let type = visit.name(of: sheet.sheet.type)
            return """
                <label class="choice"><input type="radio" name="part" required \
                value="\(name)"\(HTML.when(isChosen, " checked"))>\
                \(TimeWords.dated(sheet.at)) \(type) – \(label(part, sheet))\
                （\(part.ground.words)）</label>
                """
        }
        return """
            <h2>伏せた部分を開示すると決める</h2>
            <form method="post" action="\(path)/release">\(visit.token)
            <fieldset id="part"><legend>開示する部分<span class="must">※必須</span></legend>\
            <div class="choices">\(choices)</div></fieldset>
            <div class="field"><label for="reason">開示してよいと判断した理由\
            <span class="must">※必須</span></label>
            <span class="hint" id="reason-hint">この請求に限ります。氏名とともに記録に残ります。</span>
            <textarea id="reason" name="reason" required aria-describedby="reason-hint">
            \(visit.form["reason"] ?? "")</textarea></div>
            <p><button>この部分を開示すると記録する</button></p></form>
            """
    }

    private var copies: HTML {
        guard found.unopened.isEmpty else {
            return "<p class=\"note\">未開封の書類があります。開いて確かめてから、写しを作ってください。</p>"
        }
        guard !found.listed.isEmpty else {
            return "<p class=\"note\">写しに入る書類はありません。</p>"
        }
        let count = found.volumes.count
        let buttons = found.volumes.indices.map { index -> HTML in
            let number = index + 1
            return count == 1
                ? "<button class=\"main\" name=\"volume\" value=\"1\">本人に渡す写しを作る（PDF）</button>"
                : """
                <button class="main" name="volume" value="\(number)">\
                本人に渡す写しを作る（PDF、\(number) / \(count)）</button>
                """
        }
        return """
            <h2>写しを作る</h2>
            <p>書類の一覧、書類、閲覧などの記録の抜粋が入ります。作ったことは記録されます。写しはここには残りません。</p>
            <form method="post" action="\(path)/copy">\(visit.token)
            <p class="row">\(buttons)</p></form>
            """
    }
}

extension HeldPart.Ground {
    var words: String { English.said(own) }

    private var own: String {
        switch self {
        case .legalException: "法令に基づく例外。本人や家族に知らせない"
        case .special: "未告知・虐待の疑いなど、取扱いに注意が必要"
        case .thirdParty: "本人以外の方の情報"
        }
    }
}

extension DisclosureSheet {
    /// How much of it the person is given.
    var extent: String {
        if !isListed { return "載せない" }
        if held.contains(where: \.isWhole) { return "全部を伏せる" }
        return held.isEmpty ? "全部" : "一部を伏せる"
    }
}

extension DisclosureSheet.Way {
    var japanese: String {
        switch self {
        case .sent: "送信"
        case .onPaper: "送信（紙）"
        case .received: "受信"
        }
    }
}
