import Consent
import Primitives
import Sheets
import Staff

/// 409: two have written in one draft. Shows both versions of each field that differs, with a
/// choice; made of the form alone.
struct DraftConflict {
    /// As it is stored, by somebody else.
    let theirs: Draft
    /// The same with what was typed here.
    let mine: DraftDesk

    private static let prefix = "keep:"
    private var visit: Visit { mine.visit }

    /// Puts what the other had saved where that was chosen.
    static func settle(_ draft: inout Draft, _ stored: Draft, _ posted: PostedForm) {
        for (name, choice) in posted.fields
        where name.hasPrefix(prefix) && choice.hasSameBytes(as: "theirs") {
            switch String(name.dropFirst(prefix.count)) {
            case "recipients":
                (draft.to, draft.cc, draft.desks) = (stored.to, stored.cc, stored.desks)
            case "consent": draft.consent = stored.consent
            case let place:
                guard let pointer = JSONPointer(place) else { continue }
                draft.values[pointer] = stored.values[pointer]
            }
        }
    }

    /// The page; nil where both say the same, such as after a double click.
    var html: HTML? {
        let choices = differences
        guard !choices.isEmpty else { return nil }
        let isOwn = theirs.writer?.account == visit.session.account
        let name = theirs.writer?.name ?? English.said("ほかの職員")
        let who: HTML =
            isOwn ? "ほかの画面で、あなたがこの下書きを保存しました" : "あなたが書いている間に、\(name) さんがこの下書きを保存しました"
        let body: HTML = """
            <p class="problem">\(who)（\(TimeWords.exact(mine.savedAt))）。</p>
            <p>いまの入力はまだ保存されていません。項目ごとに残すほうを選び、「選んだ内容で保存する」を押してください。</p>
            <form method="post" action="\(mine.path)">\(visit.token)
            <input type="hidden" name="revision" value="\(Int(mine.revision))">\(typed)
            \(HTML(joining: choices))
            <p class="row"><button class="main" name="next" value="save">選んだ内容で保存する</button></p>
            </form>
            """
        let title = isOwn ? "ほかの画面で先に保存しました" : "ほかの職員が先に保存しました"
        return PageFrame(title: title, isRefused: true)
            .page(body, for: visit, at: .new)
    }

    /// What was posted, to be posted again with the choices; who goes on asks for no other save.
    private var typed: HTML {
        let left = ["token", "revision", "next", "go"]
        let fields = visit.form.fields.filter { field in
            !field.name.hasPrefix(Self.prefix)
                && !left.contains { $0.hasSameBytes(as: field.name) }
        }
        return HTML(
            joining: fields.map { name, value in
                // A hidden field keeps its line ends, which one line does not.
                value.utf8.contains(UInt8(ascii: "\n"))
                    ? "<textarea hidden name=\"\(name)\">\n\(value)</textarea>"
                    : "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
            }
        )
    }

    private var differences: [HTML] {
        let all = mine.draft.values.merging(theirs.values) { first, _ in first }
        var found: [HTML] = []
        let isForSame = mine.draft.to == theirs.to && mine.draft.cc == theirs.cc
        if !isForSame || mine.draft.desks != theirs.desks {
            let (own, others) = (recipients(mine.draft), recipients(theirs))
            found.append(choice("recipients", English.said("宛先"), own, others))
        }
        for place in mine.form.places(all)
        where !mine.draft.values.isSame(as: theirs.values, at: place.pointer) {
            let words = [mine.draft, theirs].map { place.words($0.values[place.pointer] ?? []) }
            found.append(choice(place.pointer.description, place.label, words[0], words[1]))
        }
        if mine.draft.consent != theirs.consent {
            found.append(choice("consent", English.said("同意"), ground(mine.draft), ground(theirs)))
        }
        return found
    }

    /// Chosen beforehand is what was typed here, unless nothing was.
    private func choice(_ name: String, _ label: String, _ own: String, _ other: String) -> HTML {
        func option(_ value: String, _ who: String, _ words: String, _ isChosen: Bool) -> HTML {
            """
            <label class="choice"><input type="radio" name="\(Self.prefix)\(name)" \
            value="\(value)"\(isChosen ? " checked" : .nothing)><span>\(own: who): \
            \(words.isEmpty ? "（空欄）" : HTML.lines(words))</span></label>
            """
        }
        return """
            <fieldset><legend>\(label)</legend>
            \(option("mine", "あなたの入力", own, !own.isEmpty))
            \(option("theirs", "保存されている内容", other, own.isEmpty))</fieldset>
            """
    }

    private func recipients(_ draft: Draft) -> String {
        func name(_ member: MemberID) -> String {
            visit.name(of: member, at: draft.desks[member])
        }
        return (draft.to.map(name) + draft.cc.map { name($0) + English.said("（写し）") })
            .joined(separator: "、")
    }

    private func ground(_ draft: Draft) -> String {
        switch draft.consent {
        case nil: ""
        case .notice(let version)?: English.said("院内掲示") + " \(version)"
        case .record(let id)?:
            mine.consents.first { $0.id == id }.map { ConsentWords($0, visit).line }
                ?? English.said("同意の記録あり")
        }
    }
}
