import Audit
import Delivery
import Directory
import Gateway
import HTTP
import Primitives
import Sheets
import Staff
import Storage

/// What stands on the page of a received sheet.
struct SheetPage {
    let visit: Visit
    let opened: OrganisationGateway.OpenedSheet
    /// When the emergency ends in which somebody of another desk reads it.
    let until: Timestamp?
    let row: InboxRow?
    let receipts: [OrganisationGateway.TrackedReceipt]
    let isOwed: Bool
    let thread: ThreadList

    private var sheet: Sheet { opened.sheet }
    private var message: MessageID { opened.key.messageID }

    var body: HTML {
        let form = visit.catalogue.filledForm(of: sheet)
        return """
            \(done)\(emergency)<div class="side"><div>\(points)\(top)\
            \(form.map(SheetView.html) ?? .nothing)\(attachments)</div>
            <aside class="noprint" aria-label="この書類への操作">\(acts)</aside></div>
            """
    }

    /// What was done just now.
    private var done: HTML {
        guard isConfirmed, visit.request.query("done")?.hasSameBytes(as: "confirmed") == true
        else { return .nothing }
        return """
            <p class="good" role="status">受領を確認しました。差出機関（\(visit.name(of: opened.key.from))）に、\
            確認した職員の名前と時刻を知らせます。</p>
            """
    }

    private var points: HTML {
        KeyPointsBox(
            points: visit.catalogue.keyPoints(of: sheet),
            lead: "\(UrgencyWords.label(.routine, sheet.urgency)) \(asked)",
            showsFlags: until == nil
        ).html
    }

    /// Who sent it, that it is genuine, and on which ground it came.
    private var top: HTML {
        let sender = sheet.sender
        let person = [visit.label(sender.role?.text, "Profession"), sender.personName ?? ""]
        return """
            <dl><dt>差出人</dt><dd>\(sender.name) \(person.joined(separator: " "))\
            （電話 \(sender.phone ?? English.said("記載なし"))）</dd>
            <dt>署名</dt><dd>確認済（\(visit.name(of: opened.key.from))）</dd>
            <dt>同意の根拠</dt><dd>\(ground)</dd></dl>\(extract)
            """
    }

    private var extract: HTML {
        HTML.when(
            sheet.extract != nil,
            """
            <p class="note">この書類は抜粋です。省いた項目と全文の送り先は、下の書類の初めにあります。\
            空欄は「なし」とは限りません。</p>
            """
        )
    }

    private var asked: HTML {
        guard sheet.wantsReply else {
            let isReport = sheet.json["replyExpectation"]?.string == "reportOnly"
            return isReport ? "報告まで" : .nothing
        }
        guard isOwed else { return "<strong>返信ください</strong>（返信済み、または不要になりました）" }
        let due: HTML = sheet.replyDueOn.map { "（\(TimeWords.day($0)) まで）" } ?? .nothing
        return "<span class=\"label\">返信ください\(due)</span>"
    }

    private var ground: String {
        let consent = sheet.consent
        let words = [
            visit.label(consent.status.rawValue, "ConsentStatus"),
            consent.obtainedOn.map(TimeWords.date) ?? "",
            visit.label(consent.method?.text, "ConsentMethod"),
        ]
        return words.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private var attachments: HTML {
        guard !sheet.attachments.isEmpty else { return .nothing }
        let items = sheet.attachments.enumerated().map { index, item -> HTML in
            let path = visit.path("/sheets/\(message)/attachments/\(index)")
            return "<li><a href=\"\(path)\">\(item.name)</a>（\(visit.words(about: item))）</li>"
        }
        return "<h2>添付</h2><ul>\(items)</ul>"
    }

    private var emergency: HTML {
        guard let until else { return .nothing }
        return """
            <p class="problem" role="status">緊急閲覧中です（\(TimeWords.clock(until)) まで、この書類だけ）。\
            閲覧は記録され、窓口責任者が確認します。</p>
            """
    }

    private var acts: HTML {
        guard until == nil else { return "\(state)\(thread.html)\(readers)" }
        return """
            \(state)\(assignment)\(replies)\(confirmation)\(printing)
            <p><a href="\(visit.path("/sheets/\(message)/return"))">宛先違い・人違いの連絡</a></p>
            <p><a href="\(visit.path("/people/\(message)/difference"))">前回との違い</a></p>
            <p><a href="\(visit.path("/people/\(message)"))">この方の綴り</a></p>
            <p><a href="\(visit.path("/evidence/\(message)"))">証拠を書き出す</a></p>
            \(thread.html)\(readers)
            """
    }

    /// 担当, and the form that changes it.
    private var assignment: HTML {
        guard let row else { return .nothing }
        let name = visit.assignee(row)
        let now: HTML = name.isEmpty ? "<p>担当なし</p>" : "<p>担当: \(name)</p>"
        guard visit.session.may(.assign) else { return now }
        return """
            \(now)<form method="post" action="\(visit.path(AssignPages.path))">\(visit.token)
            <input type="hidden" name="sheet" value="\(message.text)">
            <input type="hidden" name="back" value="\(visit.path("/sheets/\(message)"))">
            <p>\(AssignPages.choice(visit, now: row.assignee)) <button>担当にする</button></p></form>
            """
    }

    private var isConfirmed: Bool {
        receipts.contains { $0.statement.type == .confirmed }
    }

    private var state: HTML {
        "<p>\(StateWords(isConfirmed ? .confirmed : .opened).html)</p>"
    }

    private var confirmation: HTML {
        guard !isConfirmed, visit.session.may(.confirm) else { return .nothing }
        return """
            <form method="post" action="\(visit.path("/sheets/\(message)/confirm"))">\(visit.token)
            <p><button>受領確認する</button></p></form>
            """
    }

    private var printing: HTML {
        guard visit.session.may(.printSheets) else { return .nothing }
        return """
            <form method="post" action="\(visit.path("/sheets/\(message)/print"))">\(visit.token)
            <p><button>印刷する（PDF）</button></p></form>
            """
    }

    /// A button for each type that answers this one and that this organisation may send.
    private var replies: HTML {
        guard visit.session.may(.reply), let rules = visit.catalogue.delivery(of: sheet.type) else {
            return .nothing
        }
        let own = visit.gateway.view.member(visit.gateway.member)?.membership.profile
        let types = rules.replies.map(\.type).filter { type in
            let directions = visit.catalogue.delivery(of: type)?.directions ?? []
            return own.map { own in
                directions.contains {
                    $0.from.contains(OrganisationType(own.organisationType.text))
                }
            } ?? false
        }
        return HTML(
            joining: types.map { type in
                """
                <form method="post" action="\(visit.path("/sheets/\(message)/reply"))">\
                \(visit.onceToken)
                <input type="hidden" name="type" value="\(type.text)">
                <p><button class="main">返信する（\(visit.name(of: type))）</button></p></form>
                """
            }
        )
    }

    /// Who here opened and took it over, as the receipts say.
    private var readers: HTML {
        let known = receipts.filter { [.opened, .confirmed].contains($0.statement.type) }
        guard !known.isEmpty else { return .nothing }
        let items = known.map { receipt -> HTML in
            let word = receipt.statement.type == .opened ? "開封" : "受領確認"
            return """
                <li>\(TimeWords.element(receipt.statement.storedAt)) \(own: word) \
                \(receipt.person ?? "")</li>
                """
        }
        return "<h2>この書類の記録</h2><ul>\(items)</ul>"
    }
}
