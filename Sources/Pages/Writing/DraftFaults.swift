import Primitives
import Sheets

/// 送信前の確認 of a draft that cannot be sent yet: what is wrong, by step, each with a link to its
/// field.
struct DraftFaults {
    let desk: DraftDesk
    let problems: [SheetProblem]

    var html: HTML {
        var links: [HTML] = []
        for step in desk.steps {
            for problem in problems where step.covers(problem.pointer) {
                let way = "\(desk.path)?step=\(step.id)&wrong=1"
                let place = "\(way)#\(DraftPage.target(problem.pointer))"
                links.append("<a href=\"\(place)\">\(own: step.title): \(problem.message)</a>")
            }
        }
        // What no step can mend is told all the same.
        let others = problems.filter { problem in
            !desk.steps.contains { $0.covers(problem.pointer) }
        }
        links += others.map { "\($0.message)" }
        let body: HTML = """
            <p>まだ送信できません。項目を選ぶと、その記入欄に移ります。入力した内容は保存されています。</p>
            <p><a class="button main" href="\(desk.path)">記入に戻る</a></p>\(recipients)
            """
        return PageFrame(title: "送信前の確認", problems: links)
            .page(body, for: desk.visit, at: .new)
    }

    /// Who may not get the whole may get an extract.
    private var recipients: HTML {
        let members = desk.draft.to + desk.draft.cc
        guard members.count > 1 else { return .nothing }
        let items = members.map { member -> HTML in
            "<li>\(desk.visit.name(of: member))\(ExtractPages.choice(member, desk))</li>"
        }
        return "<h2>宛先</h2><ul>\(items)</ul>"
    }
}
