import Gateway
import HTTP
import Primitives
import Sheets
import Staff
import Storage

/// 抜粋 (C-14): what of a draft one of its recipients gets, where it does not get all of it.
enum ExtractPages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/drafts/{draft}/extract", to: &router, DraftPages.of(show))
        door.post("/drafts/{draft}/extract", to: &router, DraftPages.of(keep))
    }

    /// How much a recipient gets, with the way to change it; nothing where there is one alone, who
    /// gets the whole.
    static func choice(_ member: MemberID, _ desk: DraftDesk) -> HTML {
        guard desk.draft.to.count + desk.draft.cc.count > 1 else { return .nothing }
        let way = "\(desk.path)/extract?to=\(member)"
        let isPart = desk.draft.extracts[member] != nil
        return """
            <br><span class="state">\(own: isPart ? "抜粋" : "全文")</span> \
            <a href="\(way)">\(own: isPart ? "抜粋の項目を変える" : "この宛先には抜粋を送る")</a>
            """
    }

    private static func show(_ desk: DraftDesk) async throws(PageRefusal) -> Response {
        let member = try recipient(desk.visit.request.query("to"), desk)
        return .page(page(desk, member, isEmpty: false))
    }

    /// 全文に戻す, or what was ticked: whole sections and single fields.
    private static func keep(_ stored: DraftDesk) async throws(PageRefusal) -> Response {
        var desk = stored
        let form = desk.visit.form
        let member = try recipient(form["to"], desk)
        let whole = form["go"]?.hasSameBytes(as: "whole") ?? false
        let sections = form.all("section").compactMap { Decimal.value($0.utf8) }
        let single = Set(form.all("keep").map { ByteText($0) })
        let names = fields(desk).enumerated().flatMap { index, section in
            section.fields.map(\.name).filter {
                sections.contains(index) || single.contains(ByteText($0))
            }
        }
        guard whole || !names.isEmpty else {
            return .page(page(desk, member, isEmpty: true), status: 400)
        }
        desk.draft.extracts[member] = whole ? nil : names
        guard try await desk.save(over: desk.revision) else {
            throw .gateway(.store(.conflict(nil)))
        }
        return .seeOther("\(desk.path)/check")
    }

    private static func recipient(
        _ word: String?,
        _ desk: DraftDesk
    ) throws(PageRefusal) -> MemberID {
        guard let member = word.flatMap({ MemberID($0) }),
            (desk.draft.to + desk.draft.cc).contains(member)
        else { throw .notFound }
        return member
    }

    /// What an extract may have of the form.
    private static func fields(_ desk: DraftDesk) -> [FormSection] {
        desk.visit.catalogue.sectionsOfExtract(of: desk.draft.type, on: desk.visit.today)
    }

    private static func page(_ desk: DraftDesk, _ member: MemberID, isEmpty: Bool) -> HTML {
        let visit = desk.visit
        let kept = Set((desk.draft.extracts[member] ?? []).map { ByteText($0) })
        let sections = fields(desk).enumerated().map { index, section -> HTML in
            let names = section.fields.map { ByteText($0.name) }
            let isWhole = kept.isSuperset(of: names)
            let mark: HTML = isWhole ? " checked" : .nothing
            let boxes = section.fields.map { field in
                box(field, isKept: !isWhole && kept.contains(ByteText(field.name)))
            }
            return """
                <fieldset><legend>\(section.title ?? English.said("書類の始め"))</legend>
                <label class="choice"><input type="checkbox" name="section" \
                value="\(index)"\(mark)>ここの項目をすべて送る</label>
                <details><summary>項目を選んで送る</summary>\(boxes)</details></fieldset>
                """
        }
        let problem: HTML = HTML.when(
            isEmpty,
            "<p class=\"problem\">送る項目を一つ以上選んでください。</p>"
        )
        let body: HTML = """
            \(problem)<p>\(visit.name(of: member)) には、選んだ項目だけを、別に署名した書類（抜粋）として送ります。\
            利用者・同意・差出人の欄はいつも送ります。添付と、選ばなかった項目は送りません。\
            省いた項目の名前と、全文の送り先は、相手に示されます。</p>
            <form method="post" action="\(desk.path)/extract">\(visit.token)
            <input type="hidden" name="to" value="\(member.text)">\(sections)
            <p class="row"><button class="main">この項目で抜粋にする</button>
            <button name="go" value="whole">全文を送る</button>
            <a class="button" href="\(desk.path)">戻って直す</a></p></form>
            """
        return PageFrame(title: "抜粋の項目").page(body, for: visit, at: .new)
    }

    private static func box(_ field: FormField, isKept: Bool) -> HTML {
        let mark: HTML = isKept ? " checked" : .nothing
        return """
            <label class="choice"><input type="checkbox" name="keep" \
            value="\(field.name)"\(mark)>\(field.label)</label>
            """
    }
}

extension FilledForm {
    /// Before it is sent, its numbers are not those that it will have.
    var withoutReferences: FilledForm {
        FilledForm(title: title, margin: margin, rows: rows, others: others)
    }
}
