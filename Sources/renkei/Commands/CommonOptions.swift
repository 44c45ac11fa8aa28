import Configuration
import Cryptography
import Exchange
import Gateway
import Primitives
import Storage

// Options that several commands share, and how they become a call.

extension Option {
    static let unlockFile = Option(
        "unlock-file",
        "FILE",
        Phrase(ja: "鍵を開く秘密のファイル", en: "file with the secret that unlocks the keys"),
        form: .file
    )
    static let force = Option(
        mark: "force",
        Phrase(ja: "同じ名前のファイルを置き換える", en: "replace a file of that name")
    )
    static let limit = Option(
        "limit",
        "N",
        Phrase(ja: "示す件数（既定 200）", en: "how many lines, default 200"),
        form: .number(1...10_000)
    )
    static let untilInputEnds = Option(
        mark: "until-input-ends",
        Phrase(ja: "標準入力が閉じたら終わる", en: "end when standard input ends")
    )
}

extension Argument {
    static let message = Argument(
        "ID",
        Phrase(ja: "受付番号（messageId）", en: "message id"),
        form: .of { MessageID($0) }
    )
}

extension Example {
    /// Identifiers as they look, for the lines of examples.
    static let message = "01a1fea6-bc36-7fa9-9b27-169d0a60b6ef"
    static let record = "f76aed66-927f-5393-8cb7-e41aee1e3714"
}

/// Which folder a command speaks of, and how it reaches its service.
struct Place {
    let kind: ServiceKind
    let data: String
    private let invocation: Invocation

    /// Takes the folder of the option, else the `configured` one, else the standard one.
    init(_ kind: ServiceKind, _ invocation: Invocation, configured: String? = nil) {
        self.kind = kind
        self.invocation = invocation
        data = invocation.text(.data) ?? configured ?? "/var/lib/renkei/\(kind.rawValue)"
    }

    /// The secret that opens the folder's keys.
    ///
    /// - Throws: `noStore` before the secret is looked for, `selfTestFailed` before it opens a key.
    func unlockSecret(_ configured: Settings? = nil) throws -> SecretBytes {
        try hasKind()
        try SelfTest.run()
        return try UnlockSecret.read(
            invocation.text(.unlockFile),
            for: kind,
            credential: configured?[Setting.credential] ?? UnlockSecret.credential
        )
    }

    /// Refuses to make a folder where there is one, or where no control socket can stand.
    func isNew() throws {
        guard !Files.exists(data + "/format") else { throw FileError.exists(data) }
        let length = ControlSocket.path(data).utf8.count
        guard length <= Self.socketPathBytes else { throw FolderPathTooLong(data: data) }
    }

    /// Refuses a folder that is not there, that may not be read, or that is the other service's.
    func hasKind() throws {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.read(data + "/format", atMost: Limits.statementBytes)
        } catch {
            if case .notFound = error { throw StoreError.noStore }
            throw error
        }
        // What is no format at all is reported by whoever opens the folder.
        let other: ServiceKind = kind == .exchange ? .gateway : .exchange
        let name = "\"kind\":\"\(other.rawValue)\""
        guard !String(decoding: bytes, as: UTF8.self).contains(name) else {
            throw OtherFolder(data: data, is: other)
        }
    }

    /// The longest path that a socket can have (`sun_path`, with its end).
    static let socketPathBytes = 107

    /// Asks the running service, or opens the folder for this one call.
    func ask(_ call: ControlCall) async throws -> ControlAnswer {
        if let answer = try await askService(call) { return answer }
        return try await askFolder(call)
    }

    /// - Returns: nil where no service runs.
    func askService(_ call: ControlCall) async throws -> ControlAnswer? {
        try hasKind()
        return try await ControlSocket.ask(data, call)
    }

    /// Opens the folder for this one call.
    func askFolder(_ call: ControlCall) async throws -> ControlAnswer {
        switch kind {
        case .exchange:
            let secret = try unlockSecret()
            let house = try await ExchangeHouse.open(data, unlock: secret, settings: .init())
            defer { house.store.close() }
            return try await ExchangeDesk(house: house).answer(call)
        case .gateway: return try await openDesk().answer(call)
        }
    }

    /// The gateway's folder, opened for several calls.
    func openDesk() async throws -> any ControlDesk {
        let secret = try unlockSecret()
        return GatewayDesk(
            house: try await GatewayHouse.open(data, unlock: secret, settings: .init())
        )
    }

    /// The members of a call that say for which organisation and by whom.
    func acting(_ members: JSONObject = JSONObject()) throws -> JSON {
        var object = members
        object["org"] = invocation.text(.organisation).map { .string($0) }
        guard let name = invocation.text(.agent), let role = invocation.text(.role) else {
            throw UsageError.argumentMissing("--as NAME --role CODE", of: invocation.command.path)
        }
        try Profession.check(role)
        object["as"] = .string(name)
        object["role"] = .string(role)
        return .object(object)
    }

    /// A call for a list.
    func listing() -> JSON {
        asking(["limit": invocation.number(.limit).map { .integer(Int64($0)) }])
    }

    func asking(_ members: JSONObject = JSONObject()) -> JSON {
        var object = members
        object["org"] = invocation.text(.organisation).map { .string($0) }
        return .object(object)
    }
}

/// The professions a person can act in: those of the code list.
enum Profession {
    static func check(_ role: String) throws(UnknownRole) {
        let known = Words.labels(.profession)
        guard known.isEmpty || known.contains(where: { $0.code.hasSameBytes(as: role) }) else {
            throw UnknownRole(role: role, known: known)
        }
    }
}

/// The profession is not in the code list.
struct UnknownRole: Spoken {
    let role: String
    let known: [(code: String, label: String)]

    var code: String { "usage" }
    var isTemporary: Bool { false }

    var said: (summary: Phrase, advice: Phrase) {
        (
            Phrase(ja: "「\(role)」という職種コードはありません。", en: "There is no role “\(role)”."),
            Phrase(
                ja: "次から選んでください: "
                    + known.map { "\($0.code)（\($0.label)）" }.joined(separator: "、") + "。",
                en: "Choose from: " + known.map(\.code).joined(separator: ", ") + "."
            )
        )
    }
}

/// A folder of the other service was named.
struct OtherFolder: Spoken {
    let data: String
    let kind: ServiceKind

    init(data: String, is kind: ServiceKind) {
        self.data = data
        self.kind = kind
    }

    var code: String { "storeUnknownFile" }
    var isTemporary: Bool { false }

    var said: (summary: Phrase, advice: Phrase) {
        switch kind {
        case .exchange:
            (
                Phrase(
                    ja: "\(data) は交換所のフォルダーです。このコマンドは事業所のゲートウェイのものです。",
                    en: "\(data) is the folder of an exchange; this command is a gateway's."
                ),
                Phrase(
                    ja: "ゲートウェイのフォルダーを --data で指定してください。交換所のコマンドは renkei exchange --help。",
                    en: "Name a gateway's folder with --data, or see renkei exchange --help."
                )
            )
        case .gateway:
            (
                Phrase(
                    ja: "\(data) は事業所のゲートウェイのフォルダーです。このコマンドは交換所のものです。",
                    en: "\(data) is the folder of a gateway; this command is an exchange's."
                ),
                Phrase(
                    ja: "交換所のフォルダーを --data で指定してください。事業所のコマンドは renkei gateway --help。",
                    en: "Name an exchange's folder with --data, or see renkei gateway --help."
                )
            )
        }
    }
}

/// The control socket in the folder would have a longer path than the system takes.
struct FolderPathTooLong: Spoken {
    let data: String

    var code: String { "pathTooLong" }
    var isTemporary: Bool { false }

    var said: (summary: Phrase, advice: Phrase) {
        let limit = Place.socketPathBytes - ControlSocket.path("").utf8.count
        return (
            Phrase(
                ja: "フォルダーのパスが長すぎます（\(data.utf8.count) バイト、上限 \(limit)）。",
                en: "The path of the folder is too long (\(data.utf8.count) bytes, limit \(limit))."
            ),
            Phrase(ja: "短い場所を --data で指定してください。", en: "Name a shorter one with --data.")
        )
    }
}

extension Console {
    /// Says on standard error that a list is empty.
    func nothing() { talk(Phrase(ja: "ありません。", en: "There is none.")) }

    /// Says on standard error that a list may go on after what was shown.
    func mayGoOn(_ invocation: Invocation, after count: Int) {
        guard count == invocation.number(.limit) ?? 200 else { return }
        talk(
            Phrase(
                ja: "新しい順に \(count) 件まで示しました。続きは --limit を増やしてください。",
                en: "These are the newest \(count). Give a higher --limit for more."
            )
        )
    }

    /// Tells that an act is done: a sentence, or with `--json` what came of it.
    func done(_ invocation: Invocation, _ json: JSON, _ phrase: Phrase) {
        if invocation.has(.json) { data(json) } else { talk(phrase) }
    }
}

/// The words of the delivery states and of what evidence proves: the same in pages, command line
/// and manual.
enum DeliveryWords {
    /// The word for a state as people read it.
    static func word(_ state: String, _ language: Language) -> String {
        language == .japanese ? japanese[ByteText(state)] ?? state : state
    }

    private static let japanese: [ByteText: String] = [
        "draft": "下書き", "queued": "送信待ち", "accepted": "送信済", "delivered": "到着",
        "opened": "開封", "confirmed": "受領確認", "replied": "返信あり", "undeliverable": "不達",
        "expired": "期限切れ", "refused": "差戻し", "withdrawn": "取消", "quarantined": "保留",
        "withdrawal": "取消の申し出", "withdrawalAnswer": "取消の返事",
        "neverReleased": "取消（交換所から未送出）", "released": "取消の返事（送出済）",
        "neverOpened": "取消（未開封）", "alreadyOpened": "取消の返事（開封済）",
        "sent": "差出", "disclosed": "担当者", "content": "内容",
    ]
}
