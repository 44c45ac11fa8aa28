import Consent
import Cryptography
import Directory
import Gateway
import HTTP
import Primitives
import Sheets
import Staff
import Storage

/// A draft on somebody's desk: what is stored, and the page on which it is written.
struct DraftDesk: Sendable {
    let visit: Visit
    let id: MessageID
    private(set) var revision: Int64
    private(set) var savedAt: Timestamp
    var draft: Draft
    let consents: [ConsentRecord]
    private let form: FormField

    /// nil for a draft that is no more.
    init?(_ visit: Visit, _ captures: Captures) async throws(PageRefusal) {
        guard let id = MessageID(captures.text("draft")) else { throw .notFound }
        let stored: OrganisationGateway.StoredDraft
        do throws(GatewayError) { stored = try await visit.gateway.draft(id) } catch .notFound {
            return nil
        } catch { throw .gateway(error) }
        let draft = try Draft(stored: stored)
        guard let form = SheetMaker.form(of: draft.type, visit.catalogue, on: visit.today) else {
            throw .notFound
        }
        self.visit = visit
        self.id = id
        revision = stored.revision
        savedAt = stored.savedAt
        self.draft = draft
        self.form = form
        consents = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.consentRecords()
        }
    }

    var sheet: [UInt8] { SheetMaker(visit: visit, draft: draft, consents: consents).bytes }
    var sheetSha256: Digest { SHA256.hash(sheet) }

    /// Under which the sending is known: the same draft is never sent twice.
    var key: String { Self.key(of: id.text) }
    static func key(of draft: String) -> String { "draft-" + draft }

    mutating func take(_ posted: PostedForm) {
        draft.values = DraftReading(form: form).values(posted)
        if !isReply {
            draft.to = posted.all("to").compactMap { MemberID($0) }
            draft.cc = posted.all("cc").compactMap { MemberID($0) }
                .filter { !draft.to.contains($0) }
        }
        draft.consent = posted["consent"].flatMap { choice in
            choice.hasSameBytes(as: "notice")
                ? .notice(posted["notice"] ?? "") : Draft.ConsentChoice(choice)
        }
    }

    private var isReply: Bool { draft.inReplyTo != nil }

    /// Saves what was taken, over the revision that the page was made of.
    ///
    /// - Returns: false where somebody else has saved it meanwhile.
    mutating func save(over read: Int64?) async throws(PageRefusal) -> Bool {
        guard read == revision else { return false }
        let writer = Draft.Writer(session: visit.session.id, name: visit.session.displayName)
        let goesOn = visit.request.wantsJSON && draft.writer?.session == writer.session
        draft.writer = writer
        let (gateway, agent) = (visit.gateway, visit.agent)
        let bytes = draft.json.canonicalBytes
        do throws(GatewayError) {
            revision =
                goesOn
                ? try await gateway.keepOn(draft: id, bytes, over: revision)
                : try await gateway.keep(draft: id, bytes, over: revision, by: agent)
        } catch .store(.conflict) { return false } catch { throw .gateway(error) }
        savedAt = visit.now
        return true
    }

    // MARK: The page

    func writing(said: HTML? = nil, showsProblems: Bool = false) async throws(PageRefusal) -> HTML {
        var found: [SheetProblem] = []
        if showsProblems {
            let bytes = sheet
            found = try await visit.ask { gateway throws(GatewayError) in
                try await gateway.report(bytes).problems
            }
        }
        var byField: [JSONPointer: [String]] = [:]
        for problem in found { byField[problem.pointer, default: []].append(problem.message) }
        let fields = DraftForm(draft: draft, problems: byField)
        let links = found.map { problem -> HTML in
            "<a href=\"#\(target(problem.pointer))\">\(problem.message)</a>"
        }
        guard case .group(let parts) = form.kind else { throw .notFound }
        let sections = parts.map { part -> HTML in
            let html = fields.html(part, at: JSONPointer(tokens: [part.name]))
            let isBody = part.name.hasSameBytes(as: "body")
            return isBody ? "<h2>3 内容</h2>\(html)" : html
        }
        let path = visit.path("/drafts/\(id)")
        let body: HTML = """
            \(said ?? .nothing)\(try await earlier(path))
            <form id="draft" method="post" action="\(path)" autocomplete="off">\(visit.token)
            <input type="hidden" name="revision" value="\(Int(revision))">
            <p id="saved" class="saved" role="status">保存済 \(TimeWords.exact(savedAt))</p>
            <h2 id="recipients">1 宛先</h2>\(recipients(byField))
            <h2>2 利用者と用件</h2>\(sections)
            <h2 id="consent">4 同意</h2>\(grounds(byField))
            <p class="row"><button class="main" name="next" value="check">確認へ進む</button>
            <button name="next" value="save">一時保存</button>
            <span>文字 \(PageFrame.sizeButtons(visit, named: "next"))</span></p></form>
            <form method="post" action="\(path)/discard">\(visit.token)
            <p><button class="plain">この下書きを破棄する（元に戻せません）</button></p></form>
            """
        let title = visit.name(of: draft.type)
        return PageFrame(title: "\(title)の記入", problems: links, isWriting: true)
            .page(body, for: visit, at: .new)
    }

    /// People of earlier sheets, newest first, while no name has been typed.
    private func earlier(_ path: String) async throws(PageRefusal) -> HTML {
        let name = JSONPointer(tokens: ["patient", "fullName"])
        guard !isReply, draft.values[name] == nil else { return .nothing }
        let people = try await EarlierPeople(visit)
        guard !people.found.isEmpty else { return .nothing }
        let choices = people.found.map { person -> HTML in
            "<option value=\"\(person.message.text)\">\(person.name)　\(person.kana)</option>"
        }
        return """
            <form class="row note" method="post" action="\(path)/copy">\(visit.token)
            <label for="earlier">前回から写す</label>
            <select id="earlier" name="message">\(choices)</select>
            <button>この方の情報を写す</button></form>
            """
    }

    /// Where a problem is mended; what has no field of its own is at its section.
    private func target(_ pointer: JSONPointer) -> String {
        switch pointer.tokens.first {
        case "recipients": "recipients"
        case "consent": "consent"
        default: DraftForm.anchor(pointer)
        }
    }

    // MARK: 宛先

    /// Members that may get this type, with what tells same-named ones apart.
    private func recipients(_ problems: [JSONPointer: [String]]) -> HTML {
        if isReply {
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
            \(words(problems, under: "recipients"))
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
        func box(_ name: String, _ chosen: [MemberID], _ word: String) -> HTML {
            let mark: HTML = chosen.contains(id) ? " checked" : .nothing
            return """
                <label class="choice"><input type="checkbox" name="\(name)" \
                value="\(id.text)"\(mark)>\
                \(word)</label>
                """
        }
        return """
            <tr><td>\(mayGet ? box("to", draft.to, "宛先") : .nothing)</td>
            <td>\(box("cc", draft.cc, "写し"))</td>
            <td>\(profile.displayName)<br><small>\(number)</small></td>
            <td>\(visit.label(profile.organisationType.text, "OrgType"))</td>
            <td>\(profile.address)</td>
            <td class="tel">\(visit.gateway.view.telephone(of: id)?.text ?? "")</td></tr>
            """
    }

    // MARK: 同意

    private func grounds(_ problems: [JSONPointer: [String]]) -> HTML {
        let standing = consents.filter { $0.withdrawal?.isWhole != true }
        let records = standing.map { record -> HTML in
            choice(
                .record(record.id),
                ConsentWords(record, visit).line
            )
        }
        let version = noticeVersion
        let isMedical = SheetMaker.medicalTypes.contains { type in
            visit.ownType?.hasSameBytes(as: type) ?? false
        }
        let notice: HTML = """
            <label class="choice"><input type="radio" name="consent" value="notice"\
            \(version == nil ? .nothing : " checked")>院内掲示による（医療機関どうし・医療機関からの返信）</label>
            <div class="field"><label for="notice">院内掲示の版</label>
            <input type="text" id="notice" name="notice" value="\(version ?? "")"></div>
            """
        return """
            \(words(problems, under: "consent"))
            <fieldset><legend>この提供の根拠<span class="must">※必須</span></legend>
            \(records)\(isMedical ? notice : .nothing)
            \(standing.isEmpty ? "<p>記録された同意がありません。</p>" : .nothing)
            <p><a href="\(visit.path("/consents"))">同意を記録する（先に一時保存してください）</a></p></fieldset>
            """
    }

    private var noticeVersion: String? {
        if case .notice(let version)? = draft.consent { version } else { nil }
    }

    private func choice(_ value: Draft.ConsentChoice, _ label: String) -> HTML {
        let mark: HTML = draft.consent == value ? " checked" : .nothing
        return """
            <label class="choice"><input type="radio" name="consent" value="\(value.text)"\(mark)>\
            \(label)</label>
            """
    }

    private func words(_ problems: [JSONPointer: [String]], under name: String) -> HTML {
        let own = problems.filter { $0.key.tokens.first?.hasSameBytes(as: name) ?? false }
        return HTML(
            joining: own.values.joined().sorted().map { "<p class=\"problem\">\($0)</p>" }
        )
    }
}

extension Draft {
    init(stored: OrganisationGateway.StoredDraft) throws(PageRefusal) {
        let bytes = stored.bytes
        self = try wrap({ PageRefusal.gateway(.malformed($0)) }) { () throws(DecodingRefusal) in
            try Draft(reading: bytes)
        }
    }
}
