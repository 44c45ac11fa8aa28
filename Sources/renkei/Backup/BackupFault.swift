import Primitives

/// Why a backup is not made, not believed or not restored. Paths are those that the operator gave.
enum BackupFault: Spoken, Equatable {
    /// Nobody is configured who could open one.
    case noRecipients
    /// A file of `[backup] recipients` holds no certificate of the form.
    case recipientUnfit(String)
    case keyUnfit(String)
    /// More than a file of this format holds.
    case tooLarge
    /// A key was renewed while the backup was made.
    case keysRenewed
    /// Not whole, or not as it was written.
    case damaged(String)
    case untrusted(String)
    /// The key is not one it was sealed to, or does not open it: one case for every cause.
    case cannotOpen(String)
    /// Of the other kind of service.
    case otherKind(String)
    /// The file with the wrapped keys is not beside it.
    case keysMissing(String)
    /// Restoring wants an empty folder.
    case notEmpty(String)

    var code: String {
        switch self {
        case .noRecipients: "backupRecipientsMissing"
        case .recipientUnfit: "backupRecipientUnfit"
        case .keyUnfit: "backupKeyUnfit"
        case .tooLarge: "backupTooLarge"
        case .keysRenewed: "backupKeysRenewed"
        case .damaged: "backupDamaged"
        case .untrusted: "untrusted"
        case .cannotOpen: "undecryptable"
        case .otherKind: "backupOfOtherKind"
        case .keysMissing: "backupKeysMissing"
        case .notEmpty: "folderNotEmpty"
        }
    }

    var isTemporary: Bool { self == .keysRenewed }

    var said: (summary: Phrase, advice: Phrase) {
        switch self {
        case .noRecipients, .recipientUnfit, .keyUnfit, .tooLarge, .keysRenewed: making
        case .damaged, .untrusted, .cannotOpen, .otherKind, .keysMissing, .notEmpty: reading
        }
    }

    private static let recipe = Phrase(
        ja: "証明書と秘密鍵の作り方（openssl req の行）は Deploy/README.ja.md のバックアップの節にあります。",
        en: "The openssl lines that make them are in Deploy/README.ja.md, section on backup."
    )

    private var making: (summary: Phrase, advice: Phrase) {
        switch self {
        case .recipientUnfit(let path):
            (
                Phrase(
                    ja: "\(path) は、バックアップを開ける人の証明書（P-256、PEM 1 枚）ではありません。",
                    en: "\(path) is not one PEM certificate with a P-256 key."
                ),
                Self.recipe
            )
        case .keyUnfit(let path):
            (
                Phrase(
                    ja: "\(path) は、パスワードのない P-256 の秘密鍵（PKCS#8、PEM）ではありません。",
                    en: "\(path) is no P-256 private key (PKCS#8, PEM, no password)."
                ),
                Phrase(
                    ja: "openssl pkey -in \(path) で書き直した鍵を --key で指定してください。",
                    en: "Write it anew with openssl pkey -in \(path), and give that with --key."
                )
            )
        case .keysRenewed:
            (
                Phrase(
                    ja: "バックアップの間に、この機関の鍵が新しくなりました。",
                    en: "A key of this place was renewed while the backup was made."
                ),
                Phrase(ja: "もう一度行ってください。", en: "Try again; nothing was left behind.")
            )
        case .tooLarge:
            (
                Phrase(
                    ja: "保存しているものが、1 つのバックアップに入る大きさ（512 GiB）を超えています。",
                    en: "There is more than one backup can hold (512 GiB)."
                ),
                Phrase(
                    ja: "保存期限の過ぎたものを消し（retention）、販売元に連絡してください。",
                    en: "Let go of what is over (retention), and call the vendor."
                )
            )
        default:
            (
                Phrase(
                    ja: "バックアップを開ける人の証明書が設定されていません（[backup] recipients）。",
                    en: "Nobody is configured who could open a backup ([backup] recipients)."
                ),
                Phrase(
                    ja: "設定ファイルに recipients = [\"証明書.pem\"] と書いてください。" + Self.recipe.ja,
                    en: "Write recipients = [\"certificate.pem\"] in the configuration. "
                        + Self.recipe.en
                )
            )
        }
    }

    private var reading: (summary: Phrase, advice: Phrase) {
        switch self {
        case .untrusted(let path):
            (
                Phrase(
                    ja: "\(path) の署名は、このルート証明書につながる本人のものではありません。",
                    en: "\(path) is not vouched for by its place under this root."
                ),
                Phrase(
                    ja: "参加票と同じルート証明書を --root で指定し、それでも同じなら使わないでください。",
                    en: "Give the root of the joining paper with --root; else do not use the file."
                )
            )
        case .cannotOpen(let path):
            (
                Phrase(ja: "\(path) はこの鍵では開けません。", en: "\(path) does not open with this key."),
                Phrase(
                    ja: "[backup] recipients の証明書と対の秘密鍵を --key で指定してください。",
                    en: "Give with --key the private key of a certificate in [backup] recipients."
                )
            )
        case .otherKind(let path):
            (
                Phrase(
                    ja: "\(path) はもう一方のサービス（交換所かゲートウェイ）のバックアップです。",
                    en: "\(path) is a backup of the other kind of service."
                ),
                Phrase(
                    ja: "renkei exchange と renkei gateway のうち、合うほうのコマンドを使ってください。",
                    en: "Use renkei exchange or renkei gateway, whichever it is of."
                )
            )
        case .keysMissing(let path):
            (
                Phrase(
                    ja: "\(path) と同じフォルダーに、それより後の …-keys.rkb がありません。",
                    en: "There is no …-keys.rkb of the same place, as new as it, beside \(path)."
                ),
                Phrase(
                    ja: "いちばん新しい …-keys.rkb を同じフォルダーに置いてください。",
                    en: "Put the newest …-keys.rkb into that folder."
                )
            )
        case .notEmpty(let path):
            (
                Phrase(ja: "\(path) は空のフォルダーではありません。", en: "\(path) is no empty folder."),
                Phrase(
                    ja: "空か、まだないフォルダーを --to-empty で指定してください。今の記録の上には戻しません。",
                    en: "Give an empty or new folder; nothing is restored over what stands."
                )
            )
        default:
            (
                Phrase(
                    ja: "\(damagedPath) はバックアップとして読めないか、途中で切れたか、変えられています。",
                    en: "\(damagedPath) is no backup, is cut short, or was changed."
                ),
                Phrase(ja: "別の世代か、別の場所の写しを使ってください。", en: "Use another one, or another copy.")
            )
        }
    }

    private var damagedPath: String {
        if case .damaged(let path) = self { path } else { "" }
    }
}
