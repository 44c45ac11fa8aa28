import Primitives
import Sheets
import Staff

/// 新規作成 記入: a step of a draft as a form. Every button of it saves first.
struct DraftPage {
    let desk: DraftDesk
    /// What stands in the way of sending, everywhere in the draft.
    let problems: [SheetProblem]
    /// Whether the problems of this step stand at its fields.
    let showsProblems: Bool

    private var visit: Visit { desk.visit }
    private var step: DraftStep { desk.step }

    func html(_ earlier: EarlierPeople?) -> HTML {
        let shown = showsProblems ? problems.filter { step.covers($0.pointer) || isOnePage } : []
        var byField: [JSONPointer: [String]] = [:]
        for problem in shown { byField[problem.pointer, default: []].append(problem.message) }
        let path = visit.path("/drafts/\(desk.id)")
        let form: HTML = """
            <form id="draft" method="post" action="\(path)" autocomplete="off">\(visit.token)
            <input type="hidden" name="revision" value="\(Int(desk.revision))">
            <input type="hidden" name="step" value="\(step.id)">
            <input type="hidden" name="type" value="\(desk.draft.type.text)">
            <p id="saved" class="saved" role="status">保存済 \(TimeWords.exact(desk.savedAt))</p>
            \(HTML.when(!isOnePage, "<h2 id=\"step\">\(number) \(own: step.title)</h2>"))
            \(fields(byField, earlier))\(buttons)</form>
            """
        let links = shown.map { problem -> HTML in
            "<a href=\"#\(DraftPage.target(problem.pointer))\">\(problem.message)</a>"
        }
        let isCorrection = desk.draft.supersedes != nil
        let title =
            visit.name(of: desk.draft.type) + English.said(isCorrection ? "の訂正版の記入" : "の記入")
        return PageFrame(title: title, problems: links, isWriting: true).page(
            isOnePage ? form : "<div class=\"stepped\">\(list)<div>\(form)</div></div>",
            for: visit,
            at: .new
        )
    }

    private var isOnePage: Bool { desk.steps.count == 1 }
    private var index: Int { desk.steps.firstIndex { $0.id.hasSameBytes(as: step.id) } ?? 0 }
    private var number: String { "\(index + 1)/\(desk.steps.count)" }

    /// Where a problem is mended; what has no field of its own is at its section.
    static func target(_ pointer: JSONPointer) -> String {
        switch pointer.tokens.first {
        case "recipients": "recipients"
        case "consent": "consent"
        case "attachments": "attachments"
        default: DraftForm.anchor(pointer)
        }
    }

    // MARK: The parts of the page

    private func fields(_ problems: [JSONPointer: [String]], _ earlier: EarlierPeople?) -> HTML {
        let form = DraftForm(draft: desk.draft, problems: problems)
        let heads = isOnePage
        var parts: [HTML] = []
        if step.asksRecipients {
            parts.append("<h2 id=\"recipients\">\(own: heads ? "1 宛先" : "送る相手")</h2>")
            parts.append(DraftRecipients(desk: desk, problems: problems).html)
        }
        if heads { parts.append("<h2>2 利用者と用件</h2>") }
        for part in step.parts {
            if part.name.hasSameBytes(as: "patient"), let earlier {
                parts.append(earlier.html(desk))
            }
            if heads, part.isBody { parts.append("<h2>3 内容</h2>") }
            parts.append(form.html(part, at: JSONPointer(tokens: [part.name])))
        }
        if step.asksGround {
            parts.append("<h2 id=\"consent\">\(own: heads ? "4 同意" : "提供の根拠")</h2>")
            parts.append(DraftGrounds(desk: desk, problems: problems).html)
        }
        if step.asksFiles {
            parts.append(
                """
                <h2 id="attachments">5 添付</h2>\(problems.words(under: "attachments"))
                \(desk.fileList)
                <p><button name="go" value="attachments">添付を加える・外す</button></p>
                """
            )
        }
        if step.parts.contains(where: { part in
            desk.draft.copied.keys.contains { step.covers($0) && $0.tokens.first == part.name }
        }) {
            parts.append(
                """
                <p class="note">「前回」の印がある項目は、前の書類から写したものです。確かめて直すと印が消えます。\
                <button name="go" value="unchanged">前回から変更なし</button></p>
                """
            )
        }
        return HTML(joining: parts)
    }

    private var buttons: HTML {
        let after = desk.steps.dropFirst(index + 1).first
        let next: HTML =
            after.map { step in
                """
                <button class="main" name="next" value="step:\(step.id)">\
                次へ: \(own: step.title)</button>
                """
            } ?? .nothing
        let check: HTML = after == nil ? "<button class=\"main\"" : "<button"
        return """
            <p class="row">\(next)\(check) name="next" value="check">確認へ進む</button>
            <button name="next" value="save">一時保存</button></p>
            <p><button class="plain" name="next" value="discard">この下書きを破棄する</button></p>
            """
    }

    /// The steps, in free order: each is a button that saves.
    private var list: HTML {
        let items = desk.steps.map { other -> HTML in
            let current: HTML =
                other.id.hasSameBytes(as: step.id) ? " aria-current=\"step\"" : .nothing
            let state = StepState(other, desk, problems)
            return """
                <li><button form="draft" name="go" value="step:\(other.id)"\(current)>\
                \(own: other.title)<small>\(state.words)</small></button></li>
                """
        }
        return """
            <nav class="steps" aria-label="記入の手順"><ol>\(items)
            <li><button form="draft" name="go" value="check">送信前の確認</button></li></ol></nav>
            """
    }
}
