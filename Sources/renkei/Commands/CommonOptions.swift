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
    static let untilInputEnds = Option(
        mark: "until-input-ends",
        Phrase(ja: "標準入力が閉じたら終わる", en: "end when standard input ends")
    )
}

extension Argument {
    static let message = Argument(
        "ID",
        Phrase(ja: "文書番号（messageId）", en: "message id"),
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
    /// - Throws: `noStore` before the secret is looked for.
    func unlockSecret() throws -> SecretBytes {
        guard Files.exists(data + "/format") else { throw StoreError.noStore }
        return try UnlockSecret.read(invocation.text(.unlockFile), for: kind)
    }

    /// Refuses to make a folder where there is one.
    func isNew() throws(FileError) {
        guard !Files.exists(data + "/format") else { throw .exists(data) }
    }

    /// Asks the running service, or opens the folder for this one call.
    func ask(_ call: ControlCall) async throws -> ControlAnswer {
        if let answer = try await ControlSocket.ask(data, call) { return answer }
        let secret = try unlockSecret()
        switch kind {
        case .exchange:
            let house = try await ExchangeHouse.open(data, unlock: secret, settings: .init())
            defer { house.store.close() }
            return try await ExchangeDesk(house: house).answer(call)
        case .gateway:
            let house = try await GatewayHouse.open(data, unlock: secret, settings: .init())
            return try await GatewayDesk(house: house).answer(call)
        }
    }

    /// The members of a call that say for which organisation and by whom.
    func acting(_ members: JSONObject = JSONObject()) throws -> JSON {
        var object = members
        object["org"] = invocation.text(.organisation).map { .string($0) }
        guard let name = invocation.text(.agent), let role = invocation.text(.role) else {
            throw UsageError.argumentMissing("--as NAME --role CODE", of: invocation.command.path)
        }
        object["as"] = .string(name)
        object["role"] = .string(role)
        return .object(object)
    }

    func asking(_ members: JSONObject = JSONObject()) -> JSON {
        var object = members
        object["org"] = invocation.text(.organisation).map { .string($0) }
        return .object(object)
    }
}

extension Console {
    /// One row of a list for people: values side by side, in the order of `names`.
    func row(_ json: JSON, _ names: [String]) {
        data(names.map { json[$0].map(Self.plain) ?? "-" }.joined(separator: "  "))
    }

    private static func plain(_ json: JSON) -> String {
        switch json {
        case .string(let text): text
        case .integer(let number): String(number)
        case .bool(let value): value ? "yes" : "no"
        default: json.canonicalText
        }
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
        "sent": "差出", "disclosed": "担当者", "content": "内容",
    ]
}
