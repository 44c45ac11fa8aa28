package import Audit
import Primitives

/// Events of the access log as people say them.
package enum EventWords {
    static func text(_ event: AuditEvent) -> String { English.said(japanese(event)) }

    /// Of the events of an office's log; the name of any other.
    package static func japanese(_ event: AuditEvent) -> String { words[event] ?? event.rawValue }

    /// Of an event about what somebody signs in with: what it is.
    static func means(_ event: AuditEvent, _ reason: AuditReason?) -> String {
        switch event {
        case .credentialAdded, .credentialRemoved, .credentialReset: break
        default: return ""
        }
        return reason.flatMap { means[ByteText($0.text)] }.map { English.said($0) } ?? ""
    }

    private static let means: [ByteText: String] = [
        "password": "（パスワード）", "oneTimeCode": "（認証アプリ）", "spareCodes": "（予備コード）",
        "givenCode": "（管理者が渡したコード）", "passkey": "（パスキー）",
    ]

    /// Who acts where no person does.
    static func machine(_ actor: LeafActor) -> String { machine(actor.kind) }

    static func machine(_ kind: AgentKind) -> String {
        let own =
            switch kind {
            case .person: "職員（氏名は消去済み）"
            case .system: "連携システム"
            case .peer: "相手機関・交換所"
            case .software: "業務ソフト"
            case .operator: "運用者"
            }
        return English.said(own)
    }

    private static let words: [AuditEvent: String] = [
        .sheetOpened: "書類を閲覧",
        .sheetDrafted: "下書きを作成",
        .sheetChanged: "下書きを変更",
        .sheetDiscarded: "下書きを破棄",
        .sheetPrinted: "書類を印刷",
        .paperPrinted: "紙で送る書類を印刷",
        .paperSent: "紙で送付",
        .paperAcknowledged: "紙の受け取りを確認",
        .sheetExported: "配達の証拠を書き出し",
        .attachmentSaved: "添付を保存",
        .sheetAssigned: "担当を変更",
        .breakGlassUsed: "緊急閲覧",
        .breakGlassReviewed: "緊急閲覧を確認",
        .disclosureRequested: "開示等の請求を記録",
        .disclosureReleased: "伏せた部分の開示を決定",
        .messageQueued: "送信を指示",
        .messageHeld: "送信を保留",
        .messageCancelled: "送信を取消",
        .messageSigned: "書類に署名",
        .messageSent: "書類を送信",
        .messageResealed: "新しい鍵で封をし直した",
        .messageAccepted: "交換所が受け付けた",
        .messageDelivered: "書類が到着",
        .messageRefused: "書類を差戻し",
        .messageOpened: "相手が開封",
        .messageConfirmed: "受領確認",
        .messageReplied: "返信",
        .messageReturned: "宛先違い・人違いの連絡",
        .messageExpired: "期限切れ",
        .messageUndeliverable: "不達",
        .messageQuarantined: "書類を保留",
        .withdrawalRequested: "取消を申し出",
        .withdrawalAnswered: "取消に回答",
        .receiptSent: "受領証を送信",
        .receiptReceived: "受領証を受信",
        .deadlineWarned: "期限を警告",
        .deadlinePassed: "期限が経過",
        .deadlineEscalated: "代わりの窓口へ",
        .consentRecorded: "同意を記録",
        .consentChanged: "同意を変更",
        .consentShown: "同意書の用紙を表示",
        .consentWithdrawn: "同意の撤回を記録",
        .consentGranted: "同意を確認",
        .consentDenied: "同意がなく中止",
        .consentEmergencyUsed: "緊急例外で提供",
        .consentEmergencyReviewed: "緊急例外を確認",
        .auditQueried: "記録を調査",
        .auditExported: "記録を書き出し",
        .auditReviewed: "記録を点検・確認",
        .settingChanged: "設定を変更",
        .maintenanceApproved: "保守の作業を承認",
        .maintenanceStarted: "保守の作業を開始",
        .maintenanceEnded: "保守の作業を終了",
        .backupMade: "バックアップを作成",
        .retentionCompleted: "業務の完了日を記録",
        .retentionHeld: "保存の留め置き",
        .retentionReleased: "留め置きの解除",
        .retentionDestroyed: "保存していたものを消去",
        .directoryChanged: "宛先帳を変更",
        .certificateRotated: "証明書を更新",
        .keyRotated: "鍵を更新",
        .treeOpened: "記録簿を開始",
        .treeClosed: "記録簿を終了",
        .treeRecovered: "以前の写しから記録簿を続行",
        .backupRestored: "バックアップを復元",
        .receiptReadopted: "失われた受領証を記録し直し",
        .auditAlarm: "警報",
        .sessionLogin: "サインイン",
        .sessionSecondFactor: "第二の確認",
        .sessionLocked: "画面をロック",
        .sessionEnded: "サインインの終了",
        .accountCreated: "職員を登録",
        .accountChanged: "職員の登録を変更",
        .accountRoleChanged: "職員の役割を変更",
        .accountDisabled: "職員を停止・退職",
        .accountReviewed: "職員の登録を見直し",
        .credentialAdded: "認証の手段を登録",
        .credentialRemoved: "認証の手段を削除",
        .credentialReset: "認証の手段を変更・再発行",
        .rightRefused: "権限がなく中止",
        .messageDuplicate: "同じ書類がもう一度届いた",
        .messageConflict: "食い違う書類が届いた",
        .messageFreed: "保留を解いた",
        .receiptRejected: "受領証を受け付けなかった",
        .enrolmentStarted: "参加の手続きを開始",
        .enrolmentCompleted: "参加の手続きを完了",
        .keyGenerated: "鍵を作成",
        .keyDestroyed: "鍵を破棄",
        .keyUnlocked: "鍵を使えるようにした",
        .keyForeignCertificate: "頼んでいない証明書を発見",
        .keyUnwitnessedAccepted: "立会い前の鍵を受け入れた",
        .keyChangeHeld: "相手の鍵の変更を保留",
        .keyFingerprintChecked: "相手の鍵を確認",
        .keyExpiryWarned: "鍵の期限を警告",
        .revocationApplied: "証明書の失効を反映",
        .revocationReviewed: "失効の影響を確認",
        .processStarted: "システムを起動",
        .processStopped: "システムを停止",
    ]
}
