import Primitives

/// Japanese texts for error codes. English texts stand with the errors themselves; a test compares
/// the codes there with the tables here.
enum JapaneseErrors {
    static func entry(_ code: String) -> (summary: String, advice: String)? {
        wire[ByteText(code)] ?? local[ByteText(code)] ?? staff[ByteText(code)]
    }

    static var codes: [String] {
        [wire, local, staff].flatMap { Array($0.keys) }.map(\.text)
    }

    /// Errors that a stranger's program may answer with.
    static let wire: [ByteText: (summary: String, advice: String)] = [
        // The data themselves.
        "malformed": (
            "データが決められた形式ではありません。",
            "作成したソフトウェアの提供元に修正を依頼してください。"
        ),
        "badSignature": ("署名が正しくありません。", "送信側のシステムの提供元に連絡してください。"),
        "damagedPart": ("添付の一部が壊れています。", "送信元に、作り直して送るよう依頼してください。"),
        "hashDiffers": ("内容と控えの値が一致しません。", "送信側のシステムの提供元に連絡してください。"),
        "tooLarge": ("大きさの上限を超えています。", "添付を減らして送り直してください。"),
        "wrongSuite": ("相手が読めない暗号方式です。", "相手が受け取れる版で作り直してください。"),
        "unsupportedSheet": ("相手が扱えない様式です。", "相手が受け取れる版で作り直してください。"),
        "versionUnsupported": ("この版の形式は扱えません。", "プログラムを更新してください。"),
        "unsupportedType": ("この種類のデータは受け付けられません。", "プログラムを更新してください。"),
        "invalidSheet": ("シートに誤りがあります。", "表示された項目を直してください。"),
        "notEncodable": ("この文字コードで表せない文字があります。", "表示された文字を置き換えてください。"),
        // Keys, certificates, rights.
        "certificateMissing": ("証明書が示されませんでした。", "gateway enrol で参加の手続きをしてください。"),
        "certificateUnknown": ("知られていない証明書です。", "運営者に連絡してください。"),
        "certificateExpired": ("証明書の期限が切れています。", "運営者に連絡してください。"),
        "revoked": ("証明書は失効しています。", "運営者に連絡し、新しい参加票を受け取ってください。"),
        "untrusted": ("証明書を信頼できません。", "ルート証明書が参加票と同じか確かめてください。"),
        "wrongSigner": ("署名した人が差出人と違います。", "送信元に電話で確かめてください。"),
        "memberSuspended": ("この会員は停止されています。", "運営者に連絡してください。"),
        "notYourName": ("ほかの会員の名では送れません。", "作成したソフトウェアの提供元に連絡してください。"),
        "enrolmentRefused": ("参加の手続きが拒否されました。", "運営者に新しい参加票を依頼してください。"),
        "rightMissing": ("この操作の権限がありません。", "権限のある人が行うか、管理者に依頼してください。"),
        "consentMissing": ("本人の同意が確認できません。", "同意を記録してから送ってください（gateway consent add）。"),
        "directionNotAllowed": ("この様式はこの向きには送れません。", "送り先と様式を確かめてください。"),
        // Recipients.
        "unknownRecipient": ("送り先が名簿にありません。", "事業所番号・医療機関コードを確かめるか、紙で送ってください。"),
        "notARecipient": (
            "シートの宛先に、指定した送り先がありません。", "シートの宛先を直すか、--to を宛先の番号にしてください。"
        ),
        "extractUnfit": (
            "抜粋にできない項目か宛先が指定されています。",
            "様式の本文の項目名を指定し、宛先は一度ずつ、全文を送る宛先を一つ以上残してください。"
        ),
        "recipientAmbiguous": (
            "宛先に当てはまる会員が二つ以上あります。", "様式に事業所番号を書くか、運営者に連絡してください。"
        ),
        "notFound": ("見つかりません。", "番号を確かめてください。"),
        "paperOnlyRecipient": ("この送り先は紙でのみ受け取ります。", "印刷して送ってください。"),
        "recipientCannotRead": ("送り先はこの様式を読めません。", "送り先が読める様式で作り直してください。"),
        "recipientKeyUnusable": ("送り先の鍵が使えません。", "gateway serve が動いているときに送り直してください。名簿は自動で新しくなります。"),
        "recipientKeyChanged": (
            "送り先の鍵が新しくなりました（要確認）。",
            "送り先に電話し、directory fingerprint の数字を読み合わせてください。"
        ),
        "keyUnwitnessed": (
            "送り先の新しい鍵をまだ証人が確認していません。",
            "確認されると自動で送られます。1 時間たっても送信待ちなら運営者に電話してください。"
        ),
        "wrongRecipient": ("宛先の鍵が合いません。", "少し待って送り直してください。名簿は自動で新しくなります。"),
        "undecryptable": ("復号できません。", "送信元に、少し待って送り直すよう依頼してください。"),
        "recipientsDiffer": ("宛先の控えが一致しません。", "送信側のシステムの提供元に連絡してください。"),
        // The course of a delivery.
        "messageIdConflict": ("同じ番号で別の内容が送られています。", "新しい番号で送ってください。"),
        "contentSeen": ("同じ内容はすでに送られています。", "前の送信の状態を track で確かめてください。"),
        "statementConflict": ("前の受領証と矛盾します。", "運営者に連絡してください。"),
        "outOfOrder": ("順序が前後しています。", "操作は要りません。自動で送り直されます。"),
        "chunkMissing": ("添付の一部が届いていません。", "自動で送り直されます。"),
        "framesCut": ("通信が途中で切れました。", "もう一度行ってください。"),
        "deliveryClosed": ("この配達は終わっています。", "相手に電話で確かめてください。"),
        "alreadyWithdrawn": ("すでに取り消されています。", "操作は要りません。"),
        "expired": ("期限を過ぎました。", "相手に電話し、必要なら送り直してください。"),
        "receiptGone": ("受領証は交換所にはもうありません。", "送った側と受けた側にあります。receipt で見られます。"),
        "cursorGone": ("読み取り位置が古くなりました。", "自動で読み直されます。"),
        "bodyGone": ("本文は保存期間を過ぎました。", "送信元に送り直しを依頼してください。"),
        "forwarded": ("別の宛先から転送された文書です。", "安全上の記録に残しました。"),
        "replayed": ("前に届いた文書の繰り返しです。", "安全上の記録に残しました。"),
        "holdOver": ("取消できる時間を過ぎました。", "相手に電話で知らせてください。"),
        "quarantined": ("この文書は隔離されています。", "運営者に連絡してください。失われたものはありません。"),
        "stillRunning": ("前の操作がまだ終わっていません。", "少し待ってからもう一度行ってください。"),
        "staleVersion": ("ほかの人が先に変更しました。", "読み直してからもう一度行ってください。"),
        "versionRequired": ("版の指定が必要です。", "読み直してからもう一度行ってください。"),
        // The state of services.
        "clockSkew": ("時計がずれています。", "時刻合わせを確かめてください。"),
        "rateLimited": ("一度に送る数の上限を超えました。", "少し待ってからもう一度行ってください。"),
        "quotaExceeded": ("相手の受信箱がいっぱいです。", "相手に受信を依頼してください。"),
        "internalFailure": (
            "プログラムの内部で異常が起きました。",
            "操作と時刻を控え、運営者に連絡してください。"
        ),
        "exchangeBusy": ("交換所が混み合っています。", "自動で送り直されます。"),
        "maintenance": ("交換所は保守中です。", "終わるまで待ってください。"),
        "readOnly": ("交換所は受け付けを止めています。", "運営者の知らせを待ってください。"),
        "noQuorum": (
            "新しい鍵を確かめた証人が足りません。新しい鍵あてのシートは待っています。",
            "exchange witness list で遅れている証人を見て、その機関に電話してください。"
        ),
        "reconciliationDiffers": (
            "ある機関が知る一日のやりとりと、交換所の記録が食い違っています。",
            "監査ログの警報を見て、その機関か交換所が古い控えから戻されていないか確かめてください。"
        ),
        "diskLow": ("保存場所の空きが少なくなっています。", "データフォルダーのあるディスクを空けるか、大きくしてください。"),
        "storageFull": ("交換所の保存場所が足りません。", "運営者に連絡してください。"),
        "exchangeUnreachable": ("交換所に接続できません。", "回線を確かめてください。送信は自動で続きます。"),
        "locked": ("鍵が開いていません。", "解錠してからもう一度行ってください。"),
    ]
}
