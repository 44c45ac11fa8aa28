import Delivery
import Directory
import Gateway
import Primitives
import Sheets
import Staff
import Storage

/// What stands on the page of an own message.
struct SentPage {
    let visit: Visit
    let course: OrganisationGateway.Course
    let receipts: [OrganisationGateway.TrackedReceipt]
    let addOn: OrganisationGateway.TrackedAddOn?
    let returns: [OrganisationGateway.ReturnNotice]
    let head: OrganisationGateway.SheetHead
    /// 抜粋 that were sent of it.
    let extracts: [OrganisationGateway.SentExtract]
    let thread: ThreadList

    var row: OutboxRow { course.row }

    var body: HTML {
        """
        <dl><dt>書類</dt><dd>\(visit.name(of: row.sheetType))\
        \(HTML.when(head.extractOf != nil, "（抜粋）"))\
        \(HTML.when(row.replacedBy != nil, "（旧版）"))</dd>\(parts)
        \(head.patientName.map { "<dt>利用者（患者）</dt><dd>\($0)</dd>" } ?? .nothing)
        <dt>受付番号</dt><dd>\(row.message.text)</dd>
        <dt>届ける期限</dt><dd>\(TimeWords.element(row.expiresAt))</dd></dl>
        \(hold)\(blocked)\(notices)\(taken)
        <h2>配達状況</h2>\(copies)\(clock)\(acts)\(thread.html)\(proofs)
        """
    }

    private var parts: HTML {
        guard !extracts.isEmpty else { return .nothing }
        let links = extracts.map { extract -> HTML in
            let names = extract.row.copies.map { visit.name(of: $0.to) }.joined(separator: "、")
            return "<a href=\"\(visit.path("/sent/\(extract.row.message)"))\">\(names)</a> "
        }
        return "<dt>抜粋を送った相手</dt><dd>\(links)（取り消しは、それぞれの書類で行います）</dd>"
    }

    /// 60-second hold: nothing has left yet.
    private var hold: HTML {
        guard row.copies.contains(where: { $0.state == .queued }), !row.isSealed else {
            return .nothing
        }
        guard row.holdUntil > visit.now else { return "<p class=\"note\">送信しています。</p>" }
        return """
            <p class="note" role="status">\(TimeWords.exact(row.holdUntil)) に送信します。\
            それまでは下の「取り消す」で止められ、相手には何も届きません。</p>
            """
    }

    private var blocked: HTML {
        guard let reason = row.blockedFor else { return .nothing }
        let said = visit.parts.sayCode(reason.rawValue)
        return "<p class=\"problem\">送信を止めています。\(said)</p>"
    }

    private var notices: HTML {
        HTML(
            joining: returns.map { notice in
                let word = notice.reason == .wrongPatient ? "人違い" : "宛先違い"
                return """
                    <div class="problem"><p>相手から「\(own: word)」の連絡がありました。</p>
                    \(notice.handling.map { "<p>相手の説明: \($0)</p>" } ?? .nothing)
                    <p>相手に電話して届いた書類の扱いを確かめ、事故として記録してください。\
                    正しい相手には、新しい書類として送ってください。</p></div>
                    """
            }
        )
    }

    private var taken: HTML {
        guard course.takenBackFor != nil else {
            let isCancelled = row.copies.allSatisfy { $0.state == .withdrawn }
            return HTML.when(
                isCancelled,
                """
                <p class="good" role="status">送信を取り消しました。相手には何も届きません。</p>
                """
            )
        }
        return "<p class=\"note\" role=\"status\">取消を申し出ました。相手ごとの結果は下に出ます。</p>"
    }

    private var copies: HTML {
        let worst = course.copies.sorted { $0.copy.state.rank < $1.copy.state.rank }
        return HTML(
            joining: worst.map { item in
                let name = visit.name(of: item.copy.to)
                let whole = visit.name(of: item.copy.to, at: item.copy.desk)
                return """
                    <h3>\(whole)（電話 \(item.telephone?.text ?? English.said("登録なし"))）</h3>
                    \(Strip(item.copy, receipts, name: name, wantsReply: head.wantsReply).html)
                    \(item.warnings.map { "<p class=\"problem\">\($0.kind.words)</p>" as HTML })
                    \(refusal(item))\(answer(item))
                    """
            }
        )
    }

    private func refusal(_ item: OrganisationGateway.Course.Copy) -> HTML {
        guard let code = item.refusal else { return .nothing }
        return """
            <p class="problem">相手のシステムが受け取りませんでした。\
            \(visit.parts.sayCode(code.rawValue))対応する人: \(code.whoMustAct.words)</p>
            """
    }

    private func answer(_ item: OrganisationGateway.Course.Copy) -> HTML {
        guard let answer = item.answer else { return .nothing }
        let words: HTML =
            switch answer.outcome {
            case .neverReleased: "交換所から出ていません（署名あり）。"
            case .released: "交換所から出た後でした。相手の返事を待っています。"
            case .neverOpened: "相手は開いておらず、開きません（署名あり）。"
            case .alreadyOpened(let at):
                "\(TimeWords.short(at)) に開かれていました。電話し、使わないよう頼んでください。"
            }
        return "<p class=\"note\">取消の結果: \(words)</p>"
    }

    private var clock: HTML {
        guard let addOn else { return .nothing }
        let lines = addOn.arrivals.map { arrival -> HTML in
            let met = addOn.clock.met(by: arrival.at)
            let word: HTML = met.map { "\($0.limit.label) の期間内に到着" } ?? "期間外に到着"
            return
                "<li>\(visit.name(of: arrival.to)): \(word)（\(TimeWords.element(arrival.at))）</li>"
        }
        let open = addOn.clock.deadlines.map { deadline -> HTML in
            deadline.end <= visit.now
                ? "<li>\(deadline.limit.label) 過ぎました</li>"
                : "<li>\(deadline.limit.label) \(TimeWords.day(deadline.day)) 24:00 まで</li>"
        }
        return """
            <h2>入院時情報連携加算</h2><ul>\(lines.isEmpty ? open : lines)</ul>
            <p>算定の可否は保険者の判断によります。</p>
            """
    }

    private var acts: HTML {
        let path = visit.path("/sent/\(row.message)")
        let isLive = row.copies.contains { !$0.state.isEnd } && course.takenBackFor == nil
        let reasons = RetractionReason.allCases.map { reason -> HTML in
            "<option value=\"\(reason.rawValue)\">\(reason.words)</option>"
        }
        let withdrawal: HTML = HTML.when(
            isLive && visit.session.may(.withdraw),
            """
            <form class="row" method="post" action="\(path)/withdraw">\(visit.token)
            <label for="reason">取り消す理由</label>
            <select id="reason" name="reason">\(reasons)</select><button>取り消す</button></form>
            """
        )
        return """
            <h2>操作</h2><p class="row"><a class="button" href="\(path)/sheet">控えを見る・印刷する</a>
            <a class="button" href="\(visit.path("/new"))">続けて作る</a></p>\(again)\(withdrawal)
            """
    }

    /// The receipts: each signature was checked before it was stored.
    private var proofs: HTML {
        guard !receipts.isEmpty else { return .nothing }
        let rows = receipts.map { receipt -> HTML in
            """
            <tr><td>\(receipt.statement.type.words)</td>
            <td>\(receipt.statement.slot.recipient.map(visit.name(of:)) ?? English.said("交換所"))</td>
            <td>\(TimeWords.element(receipt.statement.storedAt))</td><td>確認済 ✓</td>
            <td>\(own: receipt.proof == nil ? "記録の証明待ち" : "証明あり ✓")</td></tr>
            """
        }
        let files = row.copies.map { copy -> HTML in
            let name = visit.name(of: copy.to)
            let proof = visit.path("/evidence/\(row.message)?to=\(copy.to)")
            let paper = visit.path("/sent/\(row.message)/certificate?to=\(copy.to)")
            let certificate: HTML = HTML.when(
                copy.state.rank >= DeliveryState.delivered.rank,
                "<li><a href=\"\(paper)\">\(name)への到着証明書（PDF）</a></li>"
            )
            return """
                \(certificate)<li><a href="\(proof)">\(name)への配達の証拠を書き出す</a></li>
                """
        }
        return """
            <h2>受領証</h2><table><caption>署名のある受領証</caption><thead><tr><th scope="col">種類</th>
            <th scope="col">相手</th><th scope="col">時刻</th><th scope="col">署名</th>
            <th scope="col">記録</th></tr></thead><tbody>\(rows)</tbody></table>
            \(HTML.when(row.isSealed, "<ul>\(files)</ul>"))
            """
    }
}

extension RetractionReason {
    var words: String { English.said(own) }

    private var own: String {
        switch self {
        case .wrongRecipient: "宛先が違う"
        case .wrongPatient: "利用者が違う"
        case .wrongContent: "内容が違う"
        case .consentMissing: "同意がない"
        case .other: "その他"
        }
    }
}

extension StatementType {
    /// Of what is said about a delivery.
    var words: String { English.said(own) }

    private var own: String {
        switch self {
        case .submission: "提出"
        case .accepted: "送信済"
        case .delivered: "到着"
        case .refused: "差戻し"
        case .opened: "開封"
        case .confirmed: "受領確認"
        case .expired: "期限切れ"
        case .undeliverable: "不達"
        case .withdrawal: "取消の申し出"
        case .withdrawalAnswer: "取消への返事"
        case .rotation, .revocation, .membership, .directoryEntry, .policy, .reconciliation,
            .backup:
            rawValue
        }
    }
}
