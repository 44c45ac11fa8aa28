import Consent
import Envelope
import Gateway
import Primitives
import Staff
import Storage

/// Japanese words of the codes whose advice depends on the case inside, as it does in English.
/// Codes with one meaning stand in `JapaneseErrors`.
enum JapaneseCases {
    typealias Words = (summary: String, advice: String)

    /// - Returns: nil where the words of the code will do.
    static func words(_ error: any Explained) -> Words? {
        switch error {
        case let error as GatewayError: words(error)
        case let refusal as ConsentRefusal: words(refusal)
        case let fault as EvidenceFault: words(fault)
        case let refusal as StaffRefusal: words(refusal)
        case StoreError.full:
            ("このコンピューターの保存場所がいっぱいです。", "ディスクの空きを増やしてください。失われたものはありません。")
        default: nil
        }
    }

    private static func words(_ error: GatewayError) -> Words? {
        switch error {
        case .store(let error): words(error)
        case .consent(let refusal): words(refusal)
        case .evidence(let fault): words(fault)
        case .recipientUnknown(let index):
            (
                "シートの \(index + 1) 番目の宛先が名簿にありません。",
                "シートの事業所番号・医療機関コードを directory find で確かめるか、紙で送ってください。"
            )
        case .outOfOrder:
            ("この文書は今の状態ではそうできません。", "track か inbox list で状態を見てください。")
        case .certificateEnded(let isRevoked):
            (
                isRevoked ? "この機関の署名の証明書は失効しています。" : "この機関の署名の証明書は期限が切れています。",
                "運営者に連絡してください。送信待ちのシートは残っています。"
            )
        case .alreadyWithdrawn:
            ("この文書は開かれる前に差出人が取り消しました。", "内容を知る必要があるときは、差出人に電話してください。")
        case .keyTaken:
            ("同じキーで別のシートが送られています。", "このシートには別の --idempotency-key を付けてください。")
        case .keyStore, .dataKey, .exchange, .directory, .recipientUnreachable, .sheet, .seal,
            .recipientAmbiguous, .notARecipient, .extractUnfit,
            .notOurSheet, .notFound, .quarantined, .answeredUnknown,
            .correctedUnknown, .otherDesk, .ownEmergency, .ownRequest, .deskUnknown, .deskTaken,
            .fingerprintChanged,
            .consentWithdrawn, .faxUnknown, .faxWithheld,
            .notEnrolled,
            .enrolment,
            .malformed, .clockOff,
            .directoryForked, .planChanged, .formUnfit, .completionUnfit, .keptBack,
            .secondPersonMissing, .nothingToRecover:
            nil
        }
    }

    private static func words(_ refusal: ConsentRefusal) -> Words {
        let rule = refusal.rule
        return switch refusal.reason {
        case .none:
            (
                "この送付への本人の同意が記録されていません（\(rule)）。",
                "同意を得て gateway consent add で記録してから、もう一度送ってください。"
            )
        case .person:
            (
                "選ばれた同意は、この書類の利用者とは別の方のものです（\(rule)）。",
                "この方の同意を選ぶか、利用者の氏名・生年月日・被保険者番号を確かめてください。"
            )
        case .scope where refusal.isOfTemplate:
            (
                "包括同意の記録に、その範囲を定めたひな形がありません（\(rule)）。",
                "説明したひな形を --template で指定してください（gateway template list）。"
            )
        case .scope:
            (
                "この目的または様式は、本人の同意の範囲にありません（\(rule)）。",
                "この目的の同意を得るか、送らないでください。"
            )
        case .recipient:
            (
                "この宛先は、本人の同意の範囲にありません（\(rule)）。",
                "宛先から外すか、この宛先を含む同意を得てください。"
            )
        case .expired:
            ("本人の同意の期限が切れています（\(rule)）。", "同意を更新してから、もう一度送ってください。")
        case .withdrawn:
            (
                "本人の同意は撤回されています（\(rule)）。",
                "送らないでください。ケアに必要なときは電話してください。"
            )
        case .family:
            (
                "家族の情報について家族の同意がありません（\(rule)）。",
                "家族の情報を除いて送るか、家族の同意を得てください。"
            )
        case .statement:
            (
                "同意の文言が様式のものと違うか、事実と合いません（\(rule)）。",
                "様式の文言を使うか、実際の根拠（掲示・緊急・法令）を記してください。"
            )
        case .left:
            (
                "この機関は退会しています。同意にもとづく新しい送付はできません（\(rule)）。",
                "記録はそのまま残ります。必要なときは運営者に連絡してください。"
            )
        }
    }

    private static func words(_ fault: EvidenceFault) -> Words {
        let advice =
            switch fault.fault {
            case .wrongRoot: "ルート証明書が、この交換所の参加票のものか確かめてください。"
            case .promiseBroken: "もう一度書き出してください。変わらなければ運営者に電話してください。"
            case .unknownFile: "プログラムを更新するか、もう一度書き出してもらってください。"
            case .notCanonical, .listDiffers, .missing, .notListed, .textDiffers, .malformed,
                .untrusted, .badSignature, .wrongSigner, .wrongChain, .contentDiffers,
                .commitmentDiffers, .proofFails, .periodDiffers, .notWitnessed:
                "このファイルに頼らず、もう一度書き出してもらってください。"
            }
        return ("この証拠は成り立ちません。\(fault.file): \(word(fault.fault))。", advice)
    }

    private static func word(_ fault: EvidenceFault.Fault) -> String {
        switch fault {
        case .notCanonical: "決められた並びではありません"
        case .listDiffers: "一覧の値と内容が違います"
        case .missing: "あるはずのファイルがありません"
        case .notListed: "一覧にないファイルです"
        case .unknownFile: "知らない名前のファイルです"
        case .textDiffers: "決められた文面ではありません"
        case .malformed: "形式が正しくありません"
        case .wrongRoot: "別の交換所のルート証明書です"
        case .untrusted: "署名者の証明書を信頼できません"
        case .badSignature: "署名が正しくありません"
        case .wrongSigner: "署名した機関が違います"
        case .wrongChain: "前の受領証とつながりません"
        case .contentDiffers: "内容が署名されたものと違います"
        case .commitmentDiffers: "開示された値が約束と違います"
        case .proofFails: "記録にあることの証明が成り立ちません"
        case .promiseBroken: "約束された記録がありません"
        case .periodDiffers: "期間の前後まで示されていません"
        case .notWitnessed: "証人の検印がないか、足りません"
        }
    }
}
