import Primitives
import Staff

extension JapaneseErrors {
    /// Accounts and sign-in (職員).
    static let staff: [ByteText: (summary: String, advice: String)] = [
        "notAuthenticated": (
            "認証に失敗しました。", "職員IDとパスワード、確認コードを確かめてください。分からないときは管理者に連絡してください。"
        ),
        "signInWaiting": ("失敗が続いたため、しばらく待つ必要があります。", "時間をおいてから、もう一度行ってください。"),
        "signInBusy": ("いまサインインが混み合っています。", "数秒待ってからもう一度行ってください。"),
        "signInLapsed": ("このサインインは途中で期限が切れました。", "もう一度はじめからサインインしてください。"),
        "passwordTooShort": ("パスワードが短すぎます。", "自分だけが思いつく言葉をいくつかつないでください。"),
        "passwordCommon": (
            "よく使われるため推測されやすいパスワードです。",
            "名前、日付、電話番号、キーの並びを避け、自分だけの言葉を選んでください。"
        ),
        "passwordUnchanged": ("前と同じパスワードです。", "別のパスワードにしてください。"),
        "codeWrong": (
            "確認コードが、いま設定している端末と合いません。", "キーと端末の時刻を確かめ、端末にいま表示されている6桁を入れてください。"
        ),
        "passkeyRefused": ("このパスキーは使えません。", "まだ登録していない端末で、はじめからやり直してください。"),
        "passkeysFull": ("登録できるパスキーの数を超えました。", "使っていないものを削除してください。"),
        "passkeysUnavailable": (
            "この画面ではパスキーを使えません。", "認証アプリの確認コードを使ってください。使えるようにするには、運用者が公開アドレスを設定します。"
        ),
        "sessionEnded": ("サインインの時間が終わりました。", "もう一度サインインしてください。下書きは残っています。"),
        "sessionLocked": ("画面はロックされています。", "パスワードを入れてください。作業は残っています。"),
        "formForeign": ("この画面は古くなっています。", "画面を開き直してから、もう一度行ってください。"),
        "signInNameTaken": ("この職員IDはすでに使われています。", "別の職員IDにしてください。退職した人のIDも使えません。"),
        "accountUnknown": ("その職員は登録されていません。", "gateway user list で職員IDを確かめてください。"),
        "accountLeft": ("退職した職員です。", "戻ってきたときは、新しい職員IDで登録してください。"),
        "lastAdministrator": ("ほかに管理者がいません。", "先に別の職員に管理者の役割を付けてください。"),
        "accountsFull": ("登録できる職員の数を超えました。", "提供元に連絡してください。"),
        "accountChanged": ("ほかの人が同時にこの職員を変更しています。", "内容を確かめて、もう一度行ってください。"),
        "badName": ("氏名が空か、長すぎるか、1行ではありません。", "1行で、100字までの氏名にしてください。"),
    ]
}

extension JapaneseCases {
    static func words(_ refusal: StaffRefusal) -> Words? {
        switch refusal {
        case .waiting(let wait):
            (
                "失敗が続いたため、あと \(wait.shownSeconds) 秒待つ必要があります。",
                "時間がたってから、もう一度行ってください。分からないときは管理者に連絡してください。"
            )
        case .passwordTooShort(let least):
            ("パスワードは \(least) 文字以上にしてください。", "自分だけが思いつく言葉をいくつかつないでください。")
        case .rightMissing(let right):
            (
                "この操作の権限がありません。",
                "「" + right.roles.map(\.japanese).joined(separator: "」か「")
                    + "」の役割が要ります。管理者に依頼してください。"
            )
        case .book(let error): words(error)
        case .notAuthenticated, .signInBusy, .signInLapsed, .passwordCommon, .passwordUnchanged,
            .codeWrong, .passkeyRefused, .passkeysFull, .passkeysUnavailable, .sessionEnded,
            .sessionLocked, .formForeign, .signInNameTaken,
            .accountUnknown, .accountLeft, .lastAdministrator, .accountsFull, .accountChanged,
            .badName:
            nil
        }
    }
}
