package import Audit

/// The auditor's questions in words, and by what each is answered.
package enum QuestionWords {
    package static func title(_ question: AuditQuestion) -> String {
        English.said(own(question).title)
    }

    /// What is counted, so that nobody takes the answer for more than it is.
    package static func criteria(_ question: AuditQuestion) -> String {
        English.said(own(question).criteria)
    }

    static func own(_ question: AuditQuestion) -> (title: String, criteria: String) {
        switch question {
        case .looksAtPatient, .looksInOrder, .looksByPerson, .outsideHours, .unusualAmounts,
            .withoutRelation:
            looks(question)
        case .emergencyReadings, .emergencyExceptions, .withoutConsent, .signIns:
            exceptions(question)
        case .notArrived, .notTakenOver, .provisions, .fromRevokedKeys, .takenAway:
            messages(question)
        case .changes, .maintenance, .reviews, .wholeness: house(question)
        }
    }

    private static func looks(_ question: AuditQuestion) -> (title: String, criteria: String) {
        switch question {
        case .looksAtPatient:
            (
                "この方の書類を、だれが、いつ、何のために見たか",
                "閲覧・印刷・書き出し・添付の保存・緊急閲覧と、この方についての記録の調査です。断られたものも含みます。"
            )
        case .looksInOrder:
            (
                "この方の書類を、だれが何回、どの順に見たか",
                "閲覧・印刷・書き出し・添付の保存・緊急閲覧と記録の調査を、職員と日ごとに数えます。断られたものも含みます。"
            )
        case .looksByPerson:
            (
                "この職員が何を見て、印刷し、書き出したか",
                "閲覧・印刷・書き出し・添付の保存・緊急閲覧です。断られたものも含みます。"
            )
        case .outsideHours:
            (
                "受付時間の外に見たもの",
                "宛先帳の受付時間（なければ平日 9:00–17:00）の外の、閲覧・印刷・書き出し・添付の保存・緊急閲覧です。"
            )
        case .withoutRelation:
            (
                "担当や作業のない職員の閲覧",
                "同じ年度の記録で、この方の書類の作成・送信・受領確認・返信・担当決め、同意の記録、紙での送付のどれもしていない職員の閲覧です。"
                    + "担当になった人は除きます。窓口の当番としての閲覧は含むので、書類の窓口とあわせて見ます。"
            )
        default:
            (
                "いつもより極端に多い閲覧",
                "その職員の直前60日間の、閲覧のあった日の件数の中央値の3倍を超える日です。閲覧のあった日が10日に満たないうちは出しません。"
            )
        }
    }

    private static func exceptions(
        _ question: AuditQuestion
    ) -> (title: String, criteria: String) {
        switch question {
        case .emergencyReadings:
            (
                "緊急閲覧とその確認",
                "未確認のものから出します。期間の後に確認したものも確認済みです。同じ書類に何度かあるときは、古いものから確認したと数えます。"
            )
        case .emergencyExceptions:
            (
                "同意の緊急例外で提供したものとその確認",
                "未確認のものから出します。3営業日を過ぎてからの確認を「期限後の確認」に数えます。"
            )
        case .withoutConsent:
            ("同意がないため送らなかったもの", "送る前の同意の確認で止まったものです。")
        default:
            (
                "失敗したサインインと、長く使っていない職員",
                "失敗した本人確認と、期間の終わりに90日以上サインインのない職員（停止した職員を除く）の最後のサインインです。"
            )
        }
    }

    private static func messages(
        _ question: AuditQuestion
    ) -> (title: String, criteria: String) {
        switch question {
        case .notArrived:
            (
                "送ったが届いていないもの",
                "期間に作成した送信で、いま送信待ち・送信済・不達・期限切れ・差戻しのものです。回数は、ここの職員に知らせた回数です。"
            )
        case .notTakenOver:
            (
                "届いたが開封・受領確認していないもの",
                "期間に届き、いま未開封か受領確認前のものです。日数は、その状態になってからの日数です。"
            )
        case .provisions:
            (
                "この方の書類の提供と受領",
                "署名して送った書類、届いた書類、紙で送った書類です。状態はいまのものです。同意などの根拠は、綴りの「提供・受領の記録」にあります。"
            )
        case .fromRevokedKeys:
            (
                "失効した鍵で署名された書類",
                "鍵を信用できなくなった日時より後に、交換所が受け付けた書類です。"
            )
        default:
            (
                "印刷・書き出し・紙での送付",
                "書類と記録の印刷・書き出し、添付の保存、紙での送付です。断られたものも含みます。"
            )
        }
    }

    private static func house(_ question: AuditQuestion) -> (title: String, criteria: String) {
        switch question {
        case .changes:
            ("鍵・設定・職員・役割の変更", "鍵と証明書、設定、職員の登録と役割、認証の手段、保存の扱いの変更です。")
        case .maintenance:
            (
                "保守の作業と、承認した計画",
                "承認・開始・終了の記録と、作業中の鍵・設定・職員の変更です。承認と違う作業は、承認がない、承認した人が行った、"
                    + "承認した時間の外に始めた、遅れて終えた、終えた記録がない、のどれかです。"
            )
        case .reviews:
            ("記録の点検と確認", "監査者による定期点検と、気になる動きの確認です。")
        default:
            (
                "記録そのものに起きたこと",
                "記録簿の開始と終了、警報です。書き換えがないことは「記録の検査」で確かめます。"
            )
        }
    }
}
