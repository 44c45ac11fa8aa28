import Directory
import Gateway
import Primitives
import Sheets
import Staff

/// 送信前の確認: exactly what goes, to whom, on which ground.
struct CheckPage {
    let visit: Visit
    let desk: DraftDesk
    /// As those get it who get all of it.
    let sheet: Sheet
    /// 抜粋, each for its one recipient.
    let extracts: [Sheet]
    let report: SheetReport
    let found: SendWarnings

    var html: HTML {
        let form = visit.catalogue.filledForm(of: sheet)
        let path = visit.path("/drafts/\(desk.id)")
        let told = report.warnings.map { "\($0.message)" as HTML } + found.lines
        let warnings = told.map { "<li>\($0)</li>" as HTML }
        let body: HTML = """
            \(HTML.when(!warnings.isEmpty, """
                <div class="note"><h2>お確かめください</h2><ul>\(warnings)</ul></div>
                """))
            \(found.choice)
            <h2>宛先</h2>\(recipients)
            <h2>同意</h2><p>\(ground)</p>
            \(clock)
            <h2>送る内容</h2>\(form.map(SheetView.html) ?? .nothing)\(parts)
            <h2>送る添付</h2>\(desk.fileList)
            \(acts(path))
            """
        return PageFrame(title: "送信前の確認").page(body, for: visit, at: .new)
    }

    private var parts: HTML {
        HTML(
            joining: extracts.map { extract in
                let form = visit.catalogue.filledForm(of: extract)?.withoutReferences
                return """
                    <details><summary>\(extract.recipients.first?.name ?? "") へ送る抜粋を見る</summary>\
                    \(form.map(SheetView.html) ?? .nothing)</details>
                    """
            }
        )
    }

    private func acts(_ path: String) -> HTML {
        guard onPaper.isEmpty else { return paper(path) }
        guard visit.session.may(.send) else {
            return """
                <p class="note">下書きとして保存されています。送信の役割を持つ職員に、この下書きの送信を頼んでください。</p>
                <p><a class="button" href="\(path)">戻って直す</a></p>
                """
        }
        return """
            <form method="post" action="\(path)/send">\(visit.token)
            <input type="hidden" name="sha256" value="\(desk.shownSha256.hex)">
            <p>「\(own: found.sendWord)」を押すと、\(holdWords)取り消せます。</p>
            <p class="row"><button class="main">\(own: found.sendWord)</button>
            <a class="button" href="\(path)">戻って直す</a></p></form>
            <details><summary>電子で送れないとき（紙で送る）</summary>\(paper(path))</details>
            """
    }

    /// Recipients without a gateway.
    private var onPaper: [MemberID] {
        (desk.draft.to + desk.draft.cc).filter {
            visit.gateway.view.member($0)?.membership.standing.connection == .paper
        }
    }

    /// 紙で送る: with a cover sheet, to all of its recipients.
    private func paper(_ path: String) -> HTML {
        let names = onPaper.map(visit.name(of:)).joined(separator: "、")
        let only: HTML = HTML.when(
            !names.isEmpty,
            """
            <p>\(names) は紙（FAX・郵送）だけで受け取ります。\
            電子で受け取る宛先が一緒に選ばれているときは、宛先を分けて二つの書類にしてください。</p>
            """
        )
        let back: HTML = "<a class=\"button\" href=\"\(path)\">戻って直す</a>"
        let obstacle: String? =
            !visit.session.may(.send)
            ? "下書きとして保存されています。送信の役割を持つ職員に頼んでください。"
            : sheet.supersedes != nil
                ? "訂正版は紙では送れません。別件として送ってください。"
                : !extracts.isEmpty
                    ? "抜粋は紙では送れません。抜粋をやめるか、宛先を分けてください。"
                    : sheet.attachments.isEmpty ? nil : "添付のある書類は紙では送れません。添付を外してください。"
        if let obstacle { return "\(only)<p class=\"note\">\(own: obstacle)</p><p>\(back)</p>" }
        return """
            \(only)\(noFax)<form method="post" action="\(path)/paper">\(visit.token)
            <input type="hidden" name="sha256" value="\(desk.shownSha256.hex)">
            <p>送付票（氏名を伏せ、総枚数と受取番号を入れたもの）と書類を印刷できます。\
            この書類は電子では送られず、下書きには戻せません。</p>
            <p class="row"><button>\(own: found.paperWord)</button>\
            \(names.isEmpty ? .nothing : back)</p></form>
            """
    }

    /// C-15: what is for staff alone is printed for the post only.
    private var noFax: HTML {
        let banners = visit.catalogue.staffOnlyBanners(of: sheet)
        return HTML.when(
            !banners.isEmpty,
            """
            <p class="note">「\(banners.joined(separator: "・"))」の書類は、FAXでは送れません。\
            紙では、先方の担当者あての親展で郵送してください。</p>
            """
        )
    }

    private var holdWords: HTML {
        guard sheet.urgency != .emergency else { return "すぐに送られます。相手が開くまでは" }
        let seconds = visit.gateway.settings.hold.components.seconds
        return "\(Int(seconds))秒間は送られません。その間は"
    }

    private var recipients: HTML {
        let rows = (desk.draft.to.map { ($0, "宛先") } + desk.draft.cc.map { ($0, "写し") }).map {
            member,
            word -> HTML in
            let summary = visit.gateway.view.member(member)
            let profile = summary?.membership.profile
            let meant = desk.draft.desks[member]
            let named = meant.map { visit.deskName($0, of: member) }
            let place: HTML = HTML.when(
                visit.desks(of: member).count > 1 || named != nil,
                "<br>\(named ?? English.said("窓口の指定なし"))"
            )
            return """
                <tr><td>\(own: word)</td><td><b>\(visit.name(of: member))</b>
                \(place)\(ExtractPages.choice(member, desk))</td>
                <td>\(profile?.officeNumbers.first?.value ?? "")</td>
                <td>\(profile?.address ?? "")</td>
                <td class="tel">\
                \(visit.gateway.view.telephone(of: member, at: meant)?.text ?? "")</td></tr>
                """
        }
        let caption = onPaper.isEmpty ? "この相手だけが開けます" : "紙で渡す相手"
        return """
            <table><caption>\(own: caption)</caption><thead><tr><th scope="col">区分</th>
            <th scope="col">機関</th><th scope="col">事業所番号</th><th scope="col">所在地</th>
            <th scope="col">電話</th></tr></thead><tbody>\(rows)</tbody></table>
            """
    }

    private var ground: String {
        let consent = sheet.consent
        let words = [
            visit.label(consent.status.rawValue, "ConsentStatus"),
            consent.obtainedOn.map(TimeWords.date) ?? "",
            visit.label(consent.method?.text, "ConsentMethod"), consent.giverName ?? "",
            consent.obtainedByPerson.map { English.said("説明") + " " + $0 } ?? "",
            consent.noticeVersion ?? "",
        ]
        return words.filter { !$0.isEmpty }.joined(separator: "　")
    }

    /// 入院時情報連携加算: until when it must arrive.
    private var clock: HTML {
        guard let clock = visit.gateway.addOnClock(of: sheet) else { return .nothing }
        let lines = clock.deadlines.map { deadline -> HTML in
            let isOver = deadline.end <= visit.now
            return isOver
                ? "<li>\(deadline.limit.label) 過ぎました</li>"
                : "<li>\(deadline.limit.label) \(TimeWords.day(deadline.day)) 24:00 までに到着</li>"
        }
        return """
            <h2>入院時情報連携加算</h2><ul>\(lines)</ul><p>算定の可否は保険者の判断によります。</p>
            """
    }
}
