import Audit
import Primitives
import Staff

// Options that several commands share; each means the same everywhere.
extension Option {
    static let help = Option(
        mark: "help",
        short: "h",
        Phrase(ja: "この説明を表示する", en: "show this text")
    )
    static let language = Option(
        "lang",
        "ja|en",
        Phrase(ja: "表示の言語（既定はロケール）", en: "language of the talk (default: locale)"),
        form: .choice(Language.allCases.map(\.rawValue))
    )
    /// Taken by every command.
    static let everywhere: [Option] = [.language, .help]

    static let json = Option(
        mark: "json",
        Phrase(ja: "結果を JSON で出力する", en: "print the result as JSON")
    )
    static let follow = Option(
        mark: "follow",
        Phrase(ja: "続きを待って出力する", en: "go on printing as things happen")
    )
    static let dryRun = Option(
        mark: "dry-run",
        Phrase(ja: "実行せず、何が起きるかを示す", en: "show what would happen, do nothing")
    )
    static let configuration = Option(
        "config",
        "FILE",
        Phrase(ja: "設定ファイル", en: "configuration file"),
        form: .file
    )
    static let data = Option(
        "data",
        "DIR",
        Phrase(ja: "データフォルダー（設定より優先）", en: "data folder (instead of the configured one)"),
        form: .file
    )
    static let organisation = Option(
        "org",
        "ID",
        Phrase(ja: "どの事業所として行うか", en: "organisation that acts"),
        form: .of { MemberID($0) }
    )
    static let agent = Option(
        "as",
        "NAME",
        Phrase(ja: "操作する人の氏名", en: "name of the person who acts"),
        form: .of { $0.isPersonName ? $0 : nil }
    )
    static let role = Option(
        "role",
        "CODE",
        Phrase(
            ja: "職種コード（careManager、msw など）",
            en: "profession of that person, e.g. careManager, msw"
        ),
        form: .of { RoleCode($0) }
    )
    static let desk = Option(
        "desk",
        "D",
        Phrase(ja: "窓口", en: "desk"),
        form: .of { DeskID($0) }
    )
    static let confirmation = Option(
        "confirm",
        "ID",
        Phrase(ja: "確認のため会員番号を入力する", en: "type the member id to confirm")
    )
}
