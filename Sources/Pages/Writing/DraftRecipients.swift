import Directory
import Gateway
import Primitives
import Sheets

/// 宛先 of a draft: members that may get this type, with what tells same-named ones apart.
struct DraftRecipients {
    let desk: DraftDesk
    let problems: [JSONPointer: [String]]

    private var visit: Visit { desk.visit }
    private var draft: Draft { desk.draft }

    var html: HTML {
        if draft.inReplyTo != nil {
            let names = draft.to.map(visit.name(of:)).joined(separator: "、")
            return "<p>\(names)（返信のため、変えられません）</p>"
        }
        let rules = visit.catalogue.delivery(of: draft.type)
        let kinds = Set((rules?.directions ?? []).flatMap(\.to).map(\.text))
        let copies = Set((rules?.directions ?? []).flatMap(\.copyOnly).map(\.text))
            .union((rules?.copyOnlyIfNamed ?? []).map(\.text))
        let members = visit.gateway.view.members.filter { member in
            member.memberID != visit.gateway.member
                && member.membership.standing.status == .active
        }
        let rows = members.compactMap { member -> HTML? in
            let kind = member.membership.profile.organisationType.text
            let mayGet = kinds.contains(kind)
            guard mayGet || copies.contains(kind) else { return nil }
            return row(member, mayGet: mayGet)
        }
        guard !rows.isEmpty else {
            return "<p class=\"problem\">この書類を送れる相手が宛先帳にありません。</p>"
        }
        return """
            \(problems.words(under: "recipients"))
            <table><caption>送る相手を選んでください</caption><thead><tr><th scope="col">宛先</th>
            <th scope="col">写し</th><th scope="col">機関</th><th scope="col">種類</th>
            <th scope="col">所在地</th><th scope="col">電話</th></tr></thead>
            <tbody>\(rows)</tbody></table>
            """
    }

    private func row(_ member: MemberSummary, mayGet: Bool) -> HTML {
        let profile = member.membership.profile
        let id = member.memberID
        let number = profile.officeNumbers.first?.value ?? ""
        let paper: HTML = HTML.when(
            member.membership.standing.connection == .paper,
            "<br><span class=\"state\">紙のみ</span>"
        )
        func box(_ name: String, _ chosen: [MemberID], _ word: String) -> HTML {
            let mark: HTML = chosen.contains(id) ? " checked" : .nothing
            return """
                <label class="choice"><input type="checkbox" name="\(name)" \
                value="\(id.text)"\(mark)>\
                \(own: word)</label>
                """
        }
        return """
            <tr><td>\(mayGet ? box("to", draft.to, "宛先") : .nothing)</td>
            <td>\(box("cc", draft.cc, "写し"))</td>
            <td>\(profile.displayName)<br><small class="number">\(number)</small>
            \(paper)\(desks(of: id))</td>
            <td>\(visit.label(profile.organisationType.text, "OrgType"))</td>
            <td>\(profile.address)</td>
            <td class="tel">\(visit.gateway.view.telephone(of: id)?.text ?? "")</td></tr>
            """
    }
}

extension DraftRecipients {
    /// 窓口 of a member that has several.
    fileprivate func desks(of member: MemberID) -> HTML {
        let all = visit.desks(of: member)
        guard all.count > 1 else { return .nothing }
        let options = all.map { desk -> HTML in
            let mark: HTML = draft.desks[member] == desk.deskID ? " selected" : .nothing
            return """
                <option value="\(member.text)/\(desk.deskID.text)"\(mark)>\(desk.name)</option>
                """
        }
        return """
            <br><label>窓口 <select name="desk"><option value="">指定しない</option>
            \(options)</select></label>
            """
    }
}

extension [JSONPointer: [String]] {
    /// What is said of a part of the sheet that has no fields of its own.
    func words(under name: String) -> HTML {
        let own = filter { $0.key.tokens.first?.hasSameBytes(as: name) ?? false }
        return HTML(
            joining: own.values.joined().sorted().map { "<p class=\"problem\">\($0)</p>" }
        )
    }
}
