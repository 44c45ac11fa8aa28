import Primitives

extension JapaneseErrors {
    /// Errors that never leave the machine: network, keys, store, log and installation.
    static let local: [ByteText: (summary: String, advice: String)] = [
        // The network as this program meets it.
        "resolve": ("接続先の名前が見つかりません。", "設定の宛先と名前解決を確かめてください。"),
        "connect": ("接続先につながりません。", "回線を確かめてください。自動で繰り返されます。"),
        "peerRejectedUs": ("接続先がこちらの証明書を拒みました。", "証明書の期限と失効を確かめてください。"),
        "timeout": ("時間内に応答がありません。", "回線を確かめてください。自動で繰り返されます。"),
        "aborted": ("応答の途中で切れました。", "回線を確かめてください。自動で繰り返されます。"),
        "methodNotAllowed": ("この操作は受け付けられません。", "プログラムを更新してください。"),
        "requestTimeout": ("要求が時間内に届きませんでした。", "もう一度行ってください。"),
        "lengthRequired": ("本文の長さがありません。", "作成したソフトウェアの提供元に連絡してください。"),
        "targetTooLong": ("宛先の指定が長すぎます。", "作成したソフトウェアの提供元に連絡してください。"),
        "expectationFailed": ("求められた条件に応じられません。", "作成したソフトウェアの提供元に連絡してください。"),
        "wrongHost": ("宛先の名前が違います。", "設定の宛先を確かめてください。"),
        "headTooLarge": ("要求のヘッダーが大きすぎます。", "作成したソフトウェアの提供元に連絡してください。"),
        "notImplemented": ("対応していない要求です。", "プログラムを更新してください。"),
        "protocolVersionUnsupported": ("対応していない HTTP の版です。", "プログラムを更新してください。"),
        "listenAddress": ("この宛先で待ち受けられません。", "宛先と、別のプログラムが使っていないか確かめてください。"),
        "serverCertificate": ("TLS の設定が使えません。", "証明書、鍵、ルートの組を確かめてください。"),
        "serverResources": ("開けるファイルの数が足りません。", "上限（LimitNOFILE）を増やしてください。"),
        // Keys and certificates.
        "unsuitableInput": ("鍵または値の形が正しくありません。", "作成したソフトウェアの提供元に連絡してください。"),
        "cryptographyFailed": ("暗号ライブラリーが失敗しました。", "メモリーと OpenSSL の版を確かめてください。"),
        "selfTestFailed": ("暗号の自己診断に失敗しました。", "この Debian の最新の libssl3 を入れてください。"),
        "certificateTooLarge": ("証明書が大きすぎます。", "決められた形式の証明書を作り直してください。"),
        "certificateMalformed": ("証明書の形式が正しくありません。", "決められた形式の証明書を作り直してください。"),
        "certificateNotInProfile": ("証明書が決められた項目に合いません。", "決められた形式の証明書を作り直してください。"),
        "certificateRoleMissing": ("証明書の役割が一つに決まりません。", "決められた形式の証明書を作り直してください。"),
        "certificateBadSignature": ("証明書の署名が正しくありません。", "発行元に作り直しを依頼してください。"),
        "keyUnknown": ("鍵がありません。", "データフォルダーの場所を確かめ、運営者に連絡してください。"),
        "keyLabelUnsuitable": ("鍵の名札に使えない文字があります。", "英小文字、数字、点、ハイフンで付けてください。"),
        "keyLabelTaken": ("同じ名札の鍵がすでにあります。", "別の名札にしてください。"),
        "keyWrongUse": ("この用途の鍵ではありません。", "運営者に連絡してください。"),
        "keyRequestAlreadySigned": ("この鍵の発行依頼は署名済みです。", "新しい鍵で依頼してください。"),
        "unlockSecretWrong": ("解錠の秘密が違います。", "init でつくった秘密のファイルを指定してください。"),
        "keyFileDamaged": ("鍵のファイルが壊れています。", "写しがあれば戻し、なければ運営者に連絡してください。"),
        "keyFileExposed": ("鍵のフォルダーがほかの人に読めます。", "所有者だけが読める許可（0700）にしてください。"),
        "keyFileUnreachable": ("鍵のファイルを使えません。", "ディスクと許可を確かめてください。"),
        "tokenNotNamed": (
            "このフォルダーの保管の鍵は装置（トークン）にあり、その装置が指定されていません。",
            "装置を書いた設定で gateway serve を動かしてください。ほかのコマンドはそれを通して働きます。"
        ),
        "tokenModuleUnusable": (
            "装置（トークン）のモジュールを使えません。", "設定の token.module と、その製品が入っているかを確かめてください。"
        ),
        "tokenAbsent": (
            "装置（トークン）がありません。", "装置を差し、設定の token.label を確かめてください。失われたものはありません。"
        ),
        "tokenAmbiguous": ("同じ名札の装置（トークン）が二つ以上あります。", "装置ごとに違う名札を付けてください。"),
        "tokenPinWrong": (
            "装置（トークン）の PIN が違います。続けて試すことはしません。",
            "PIN のファイルを直し、pkcs11-tool --login で一度サインインしてください。"
        ),
        "tokenPinDoubtful": (
            "装置（トークン）に前に違う PIN が入れられたため、PIN を試しませんでした。",
            "PIN のファイルを確かめ、pkcs11-tool --login で一度サインインしてから動かし直してください。"
        ),
        "tokenPinLocked": (
            "違う PIN が続いたため、装置（トークン）がロックされています。", "管理者（SO）の PIN でロックを解いてください。"
        ),
        "tokenKeyMissing": (
            "装置（トークン）に、このフォルダーの保管の鍵がありません。", "このフォルダーで使っていた装置を差してください。"
        ),
        "tokenUnsuitable": (
            "この装置（トークン）では、要る種類の鍵をつくれません。",
            "CKM_EC_KEY_PAIR_GEN と CKM_ECDH1_DERIVE のある装置を使ってください。"
        ),
        "tokenFailed": (
            "装置（トークン）が失敗しました。", "失われたものはありません。pkcs11-tool で装置が働くか確かめてください。"
        ),
        "orgNeeded": (
            "このゲートウェイには機関が二つ以上あります。", "--org に会員番号を付けてください（gateway org list で分かります）。"
        ),
        // The staff pages.
        "pagesNameUnfit": ("職員の画面の名前がホスト名ではありません。", "renkei.example.jp のような小文字の名前にしてください。"),
        "pagesOriginUnfit": (
            "pages.origin が画面のアドレスではありません。",
            "ブラウザーの表示どおり、https://renkei.example.jp のように書いてください。"
        ),
        "pagesCertificateHalf": (
            "pages.certificate と pages.key の一方だけが書かれています。", "両方のファイルを書くか、両方とも消してください。"
        ),
        // Notices by mail.
        "noticesServerUnfit": (
            "notices.server がメールサーバーのアドレスではありません。",
            "smtps://mail.example.jp か smtp://127.0.0.1:25 のように書いてください。"
        ),
        "noticesSenderUnfit": (
            "notices.from がメールアドレスではありません。", "renkei@example.jp のように書いてください。"
        ),
        "noticesLoginHalf": (
            "notices.user と notices.password_file の一方だけが書かれています。", "両方を書くか、両方とも消してください。"
        ),
        "noticesPagesMissing": (
            "お知らせのメールに書く、画面のアドレスが分かりません。",
            "pages.address を書いてください（ポートが 0 のときは pages.origin も）。"
        ),
        // Printing.
        "printFailed": (
            "印刷用の PDF をつくれませんでした。",
            "もう一度行ってください。続くときは書体のパッケージを確かめ、画面で読んでください。"
        ),
        "printTooLarge": ("一度に印刷できる量を超えています。", "枚数を分けて印刷してください。"),
        "printBusy": ("印刷が混み合っています。", "少し待ってからもう一度行ってください。"),
        // The directory and its statements.
        "memberUnknown": ("登録されていない会員です。", "少し待っても変わらなければ、運営者に連絡してください。"),
        "keyTaken": ("同じ鍵の証明書がほかにあります。", "新しい鍵で手続きをやり直してください。"),
        "numberNotRising": ("番号が前のものに続いていません。", "少し待ってからもう一度変更してください。"),
        "wrongSubject": ("証明書の名義が記録と違います。", "運営者に連絡してください。"),
        "listMissing": ("失効の一覧がありません。", "少し待っても変わらなければ、運営者に連絡してください。"),
        "leafObjectMissing": ("名簿の項目の本体がありません。", "少し待っても変わらなければ、運営者に連絡してください。"),
        "otherMember": ("名簿の項目が別の会員の名で記録されています。", "運営者と監査人に知らせてください。"),
        "otherReceipt": ("開示がこの受領証のものではありません。", "相手に開示を送り直すよう依頼してください。"),
        "memberHasLeft": (
            "この機関は退会しています。", "30 日以内なら exchange member return で戻せます。過ぎたときは登録し直してください。"
        ),
        "memberCannotReturn": (
            "この機関は退会していないか、退会から 30 日を過ぎています。",
            "鍵を失った機関には exchange member recover を、30 日を過ぎた機関は登録し直してください。"
        ),
        "memberOnPaper": (
            "この機関は紙（FAX）のみで、鍵がありません。", "ゲートウェイを使うときは、退会させてから登録し直してください。"
        ),
        "officeNumberTaken": (
            "この番号は別の会員が使っています。", "番号を直すか、誤った登録を exchange member suspend で止めてください。"
        ),
        "notFounded": ("このフォルダーに交換所がありません。", "init で作るか、別のフォルダーを指定してください。"),
        "alreadyFounded": ("このフォルダーにはすでに交換所があります。", "別のフォルダーを指定してください。"),
        // The store.
        "storeConflict": ("ほかの変更が先に記録されました。", "もう一度行ってください。"),
        "storeBusy": ("記録を待つ変更が多すぎます。", "数秒待ってからもう一度行ってください。"),
        "storeDamaged": ("記録の一部が壊れています。", "止めて、フォルダーを写し、運営者に連絡してください。"),
        "storeRolledBack": (
            "監査の記録が前の状態に戻っています。", "書き込まず、新しいファイルを探してください。なければ renkei audit recover です。"
        ),
        "storeRestored": (
            "このデータは以前の写しです。何も書き込んでいません。", "はじめに renkei audit recover を行ってください。"
        ),
        "restored": (
            "復元の前から送信を待っていた文書です。", "すでに送ったか取り消したかを確かめ、取り消してから書き直してください。"
        ),
        "nothingToRecover": ("このデータは以前の写しではありません。", "そのまま serve で動かしてください。"),
        "storeUnavailable": ("保存場所に届きません。", "ディスクと許可を確かめてください。"),
        "storeClosed": ("保存場所は閉じています。", "サービスを起動し直してください。"),
        "storeLocked": ("別のプロセスがこのフォルダーを使っています。", "それを止めるか、別のフォルダーを指定してください。"),
        "noStore": ("このフォルダーに保存場所がありません。", "init で作るか、別のフォルダーを指定してください。"),
        "storeUnknownFile": ("このサービスのフォルダーではありません。", "正しいフォルダーを指定してください。"),
        "storeNewerSchema": ("新しい版が書いた保存場所です。", "その版以上のプログラムを入れてください。"),
        // The audit log.
        "wrongOrigin": ("別の記録の証拠です。", "受領証が名指す記録の証明を求めてください。"),
        "unknownLogKey": ("検印が記録の鍵によるものではありません。", "交換所の方針にある鍵を確かめてください。"),
        "notIncluded": ("検印が示す記録にこの項目がありません。", "ファイルを保管し、発行元と監査人に知らせてください。"),
        "otherStatement": ("この項目は別の書面を記録しています。", "ファイルを保管し、発行元と監査人に知らせてください。"),
        "wrongOpening": ("約束された値と違います。", "開示をもう一度求め、この値に頼らないでください。"),
        "checkpointOfOtherLog": ("別の記録の検印です。", "検査する記録の検印を写してください。"),
        "checkpointUnsigned": ("検印に記録の鍵の署名がありません。", "鍵を確かめ、写し直してください。"),
        "twoRoots": ("同じ大きさに二つの検印があります。", tell),
        "leafMalformed": ("記録の項目の形式が正しくありません。", tell),
        "timeWentBack": ("記録の時刻が前に戻っています。", tell),
        "leafChanged": ("記録の項目が書いた後に変えられています。", tell),
        "leafDropped": ("記録の項目が抜かれています。", tell),
        "leafAdded": ("記録の項目が後から加えられています。", tell),
        "leavesReordered": ("記録の順序が変えられています。", tell),
        "recoveryUnfounded": ("復旧の記録が、その前の記録と合いません。", tell),
        "treeCut": ("記録の終わりが切られています。", tell),
        "rootDiffers": ("記録が検印の内容と違います。", tell),
        // Joining and sending.
        "enrolment": ("参加の手続きができません。", "参加票を発行した運営者に電話してください。"),
        "enrolmentWrongRoot": ("交換所の証明書が参加票と違います。", "参加せず、運営者に電話してください。"),
        "enrolmentWrongAnswer": ("交換所の答えが本物と確かめられません。", "参加せず、運営者に電話してください。"),
        "enrolmentCertificateDiffers": ("発行された証明書が違います。", "運営者に電話してください。"),
        "enrolmentAlreadyJoined": ("この機関はすでに参加しています。", "gateway serve で動かしてください。"),
        "notEnrolled": ("まだ交換所に参加していません。", "運営者の参加票で gateway enrol をしてください。"),
        "exchangeUntrusted": ("交換所の証明書を信頼できません。", "ルート証明書を確かめ、運営者に電話してください。"),
        "exchangeAnswerMalformed": ("交換所の答えが読めません。", "プログラムの版を確かめ、運営者に知らせてください。"),
        "attachmentDiffers": ("添付がシートの一覧と違います。", "一覧の順に、同じファイルを添えてください。"),
        "pieceUnfit": ("添付の続きが合いません。", "はじめから送り直してください。"),
        "routingUnfit": ("宛先の書き方がこの交換所に合いません。", "宛先の数と期限を確かめてください。"),
        "sealFailed": ("封をすることができません。", "もう一度行い、続くときは運営者に知らせてください。"),
        "dataKeyUnusable": ("保存場所の鍵が使えません。", "鍵を開く秘密のファイルを確かめてください。"),
        "answeredUnknown": ("返信元のシートがここにありません。", "inbox reply で届いたものに返信してください。"),
        "otherDesk": (
            "ほかの窓口あての書類です。", "その窓口の担当者に頼むか、管理者に窓口の追加を依頼してください。"
        ),
        "planChanged": ("消す一覧が、示したものと変わっています。", "もう一度一覧を示し、内容を確かめてから行ってください。"),
        "formUnfit": (
            "PDF・JPEG・PNG ではないか、4 MiB を超えています。", "解像度を下げて読み取り直し、PDF・JPEG・PNG のどれかにしてください。"
        ),
        "completionUnfit": (
            "その日を完了の日にはできません。",
            "最後の動きの日（gateway retention plan に出ます）から今日までの日を指定してください。"
        ),
        "keptBack": (
            "留め置き中か、やり取りの途中のものがあります。",
            "gateway retention plan で確かめ、終わってから、または留め置きを解いてから行ってください。"
        ),
        "secondPersonMissing": (
            "消去には 2 人の名前が要ります。", "一覧を確かめたもう 1 人の氏名を --with に書いてください。同じ名前は書き方を変えても 1 人です。"
        ),
        "faxUnknown": ("宛先帳にFAX番号がない宛先があります。", "郵送で送るか、宛先に番号を確かめてもらってください。"),
        "ownRequest": ("ご自身が受け付けた請求では、伏せた部分を開示すると決められません。", "ほかの窓口責任者に頼んでください。"),
        "faxWithheld": (
            "本人未告知など、職員だけが読む書類はFAXでは送れません。", "電子で送るか、先方の担当者あての親展で郵送してください。"
        ),
        "ownEmergency": ("ご自身の緊急閲覧・緊急例外は確認できません。", "ほかの窓口責任者に確認を頼んでください。"),
        "deskUnknown": (
            "その窓口はありません。", "相手の窓口は宛先帳（directory show）、自分の窓口は gateway desk list で確かめてください。"
        ),
        "fingerprintChanged": (
            "読み合わせる数字がまだ表示されていないか、その後に変わりました。",
            "--same を付けずに directory fingerprint で数字を出し、すべて読み合わせてください。"
        ),
        "consentRecordWithdrawn": (
            "この同意記録は撤回されています。",
            "あらためて同意を得たときは、新しい記録番号（consentRecordId）で記録してください。"
        ),
        "deskTaken": ("その番号の窓口はもうあります。", "別の番号にするか、desk hours で変えてください。"),
        "correctedUnknown": (
            "訂正元のシートは、この機関から送ったものの中にありません。",
            "送ったシートの sheetId を supersedes に、threadId をそのまま書いてください。"
        ),
        "notOurSheet": ("差出人が別の機関になっています。", "差出人の機関から送るか、シートを直してください。"),
        "forkSeen": (
            "交換所が見せた一覧は、前に見せたものと食い違っています。",
            "すぐに運営者に電話で知らせてください。確かめるまで送受信は止まります。"
        ),
        "clockOff": ("時計が交換所と 5 分以上ずれています。", "時計を合わせてください。送信は自動で続きます。"),
        "evidenceFails": ("この証拠は成り立ちません。", "このファイルに頼らず、もう一度書き出してもらってください。"),
        // The installation.
        "catalogueRefused": ("様式の一覧が使えません。", "Schemas フォルダーを入れ直してください。"),
        "schemaRefused": ("様式の定義が使えません。", "Schemas フォルダーを入れ直してください。"),
        "notInMS932": ("MS932 にない文字があります。", "𠮷 を 吉 とするように、通常の字に置き換えてください。"),
        "noMS932Converter": ("MS932 への変換ができません。", "libc6 を gconv を含めて入れ直してください。"),
    ]

    private static let tell = "写し直しても同じなら、両方を保管して監査人に知らせてください。"
}
