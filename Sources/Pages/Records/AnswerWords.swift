package import Audit
import Delivery
import Directory
package import Gateway
package import Primitives
import Sheets

/// An answer to an auditor's question as people read it: on a page, on paper, in a spreadsheet.
package struct AnswerWords: Sendable {
    private let gateway: OrganisationGateway
    private let catalogue: SheetCatalogue
    private let account: @Sendable (AccountID) -> String?

    package init(
        _ gateway: OrganisationGateway,
        account: @escaping @Sendable (AccountID) -> String?
    ) {
        self.gateway = gateway
        catalogue = gateway.catalogue
        self.account = account
    }

    /// What it was asked of, and from which head of the log it was made.
    package func head(_ answer: AuditAnswer) -> [(name: String, value: String)] {
        let checkpoint = answer.checkpoint
        return [
            (English.said("期間"), "\(answer.period.from) – \(answer.period.to)"),
            (English.said("数え方"), QuestionWords.criteria(answer.question)),
            (English.said("もとにした記録"), "\(checkpoint.origin.text) \(checkpoint.head.size)"),
            (
                English.said("その要約"),
                Base64.encode(checkpoint.head.root.bytes, .standard)
            ),
        ]
    }

    package func figures(_ answer: AuditAnswer) -> [String] {
        answer.figures.map { "\(English.said(Self.word($0.name))) \($0.value)" }
    }

    package func columns(_ answer: AuditAnswer) -> [String] {
        answer.columns.map { English.said(Self.word($0)) }
    }

    package func rows(_ answer: AuditAnswer) -> [[String]] {
        answer.rows.map { $0.map(text) }
    }

    /// The whole answer as a table for spreadsheets.
    package func file(_ answer: AuditAnswer) -> CSVFile {
        let head = [[answer.question.rawValue, QuestionWords.title(answer.question)]]
        let facts = self.head(answer).map { [$0.name, $0.value] }
        let figures = figures(answer).map { [$0] }
        return CSVFile(head + facts + figures + [[], columns(answer)] + rows(answer))
    }

    private func text(_ cell: AuditAnswer.Cell) -> String {
        switch cell {
        case .nothing: return ""
        case .time(let time): return Self.dated(time)
        case .day(let day): return "\(day)"
        case .person(let name, let role, let kind):
            guard let name else { return EventWords.machine(kind) }
            return "\(name.text)（\(catalogue.label(role.text, in: "Profession") ?? role.text)）"
        case .patient(let name), .text(let name): return name.text
        case .account(let id): return account(id) ?? ""
        case .act(let event): return EventWords.text(event)
        case .purpose(let purpose): return English.said(Self.word(purpose))
        case .outcome(let outcome):
            return English.said(outcome == .success ? "できた" : "できなかった")
        case .reason(let reason): return Self.reason(reason.text)
        case .message(let message): return message.text
        case .organisation(let member):
            return gateway.view.membership(of: member)?.profile.displayName ?? member.text
        case .desk(let desk):
            return gateway.view.member(gateway.member)?.entry?.desk(desk)?.name ?? desk.text
        case .code(let code): return self.code(code)
        case .number(let number): return String(number)
        }
    }

    /// `2026/11/19 16:40:05`, in Japan.
    private static func dated(_ time: Timestamp) -> String {
        "\(time.dayInJapan.year)/\(time.dayInJapan.month)/\(time.dayInJapan.day) "
            + TimeWords.exact(time)
    }

    private func code(_ code: String) -> String {
        if let state = DeliveryState(rawValue: code) {
            return English.said(StateWords(state).label)
        }
        if let decision = OrganisationGateway.Affected.Decision(rawValue: code) {
            return English.said(decision == .confirmed ? "確認した" : "送り主に照会")
        }
        if let result = AuditInspection.Result(rawValue: code) {
            return InspectionPages.words(result)
        }
        if let word = Self.states[ByteText(code)] { return English.said(word) }
        return SheetType(code).flatMap { catalogue.label(of: $0) } ?? code
    }

    private static func reason(_ code: String) -> String {
        if let reason = OrganisationGateway.EmergencyReason(rawValue: code) { return reason.words }
        return reasons[ByteText(code)].map { English.said($0) } ?? code
    }

    static let states: [ByteText: String] = [
        "unused": "90日以上サインインなし", "planned": "承認どおり", "unplanned": "承認なし",
        "ownApproval": "承認した人と同じ名前", "outsidePlan": "承認した時間の外", "late": "予定より後に終了",
        "notEnded": "終了の記録なし", "during": "作業中の変更",
    ]

    static let reasons: [ByteText: String] = [
        "none": "同意なし", "scope": "範囲外", "recipient": "相手が対象外", "expired": "期限切れ",
        "withdrawn": "撤回済み", "family": "家族の同意なし", "inspection": "定期点検",
        "unjustified": "不適切", "ownRequest": "自分が受け付けた請求",
    ]

    static func word(_ figure: AuditAnswer.Figure) -> String {
        switch figure {
        case .found: "件数"
        case .people: "職員の数"
        case .patients: "利用者（患者）の数"
        case .notReviewed: "未確認"
        case .reviewedLate: "期限後の確認"
        case .notUsed: "長く使っていない職員"
        case .unplanned: "承認と違う作業"
        case .ofName: "この氏名の記録（全期間。0 なら氏名の書き違いかもしれません）"
        case .leaves: "記録の総数"
        case .cosignatures: "立会いの数"
        case .receiptsWithoutProof: "期限を過ぎて証明のない受領証"
        }
    }

    static func word(_ column: AuditAnswer.Column) -> String {
        switch column {
        case .time: "時刻"
        case .day: "日"
        case .person: "だれが"
        case .patient: "だれの"
        case .act: "何をした"
        case .purpose: "目的"
        case .outcome: "結果"
        case .reason: "理由"
        case .remark: "コメント"
        case .message: "受付番号"
        case .organisation: "相手の機関"
        case .sheetType: "書類"
        case .state: "状態"
        case .desk: "窓口"
        case .count: "回数"
        case .usual: "ふだんの回数"
        case .first: "最初"
        case .last: "最後"
        case .reviewedAt: "確認した時刻"
        case .reviewer: "確認した人"
        case .verdict: "判断"
        case .days: "日数"
        }
    }

    static func word(_ purpose: AuditPurpose) -> String {
        switch purpose {
        case .care: "ケア"
        case .emergency: "緊急例外"
        case .breakGlass: "緊急閲覧"
        case .administration: "管理"
        case .review: "監査"
        case .patientRequest: "本人の求め"
        case .legal: "法令"
        case .maintenance: "保守"
        case .system: "自動"
        }
    }
}
