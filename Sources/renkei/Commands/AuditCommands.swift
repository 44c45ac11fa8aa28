import Audit
import Configuration
import Cryptography
import Primitives

extension Command {
    /// The access log of an organisation.
    static let auditing: [Command] = [
        auditShow, auditAsk, auditVerify, auditBundle, auditProve, auditCheckpoint, auditRecover,
        exchangeAudit, exchangeAuditBundle,
    ]

    private static let auditShow = Command(
        ["audit", "show"],
        (
            Phrase(ja: "誰が何をしたかを見る", en: "see who did what"),
            Example(
                "audit show --patient - --as 監査太郎 --role clerk",
                Phrase(
                    ja: "氏名を 1 行入力すると、この人のシートに触れた人を示す",
                    en: "reads a name; who touched this person's sheets"
                )
            )
        ),
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .patient, .aboutMessage, .unusual,
            .json,
        ]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        guard !invocation.has(.unusual) else {
            try await showUnusual(place, invocation, console)
            return .done
        }
        let members: JSONObject = [
            "patient": try typedName(.patient, invocation).map { .string($0) },
            "message": invocation.text(.aboutMessage).map { .string($0) },
        ]
        let answer = try await place.ask(ControlCall("audit.show", try place.acting(members)))
        let entries = answer.json["entries"]?.array ?? []
        let words = Words(language: console.language)
        for entry in entries {
            console.data(invocation.has(.json) ? entry.canonicalText : words.audited(entry))
        }
        if entries.isEmpty { console.nothing() }
        return .done
    }

    /// 気になる動き, whoever it is about.
    private static func showUnusual(
        _ place: Place,
        _ invocation: Invocation,
        _ console: Console
    ) async throws {
        guard !invocation.has(.patient), !invocation.has(.aboutMessage) else {
            throw UsageError.valueUnfit("--unusual", of: invocation.command.path)
        }
        let answer = try await place.ask(ControlCall("audit.unusual", try place.acting()))
        let items = answer.json["items"]?.array ?? []
        let words = Words(language: console.language)
        for item in items {
            console.data(invocation.has(.json) ? item.canonicalText : words.unusual(item))
        }
        if items.isEmpty { console.nothing() }
    }

    /// The name asked for; `-` is one line of standard input, which no list of processes shows.
    static func typedName(_ option: Option, _ invocation: Invocation) throws -> String? {
        guard let given = invocation.text(option), given.hasSameBytes(as: "-") else {
            return invocation.text(option)
        }
        let input = try Files.read("-", atMost: 4096).prefix { $0 != 0x0A && $0 != 0x0D }
        guard !input.isEmpty else {
            throw UsageError.valueUnfit("--\(option.name)", of: invocation.command.path)
        }
        return String(decoding: input, as: UTF8.self)
    }

    private static let auditCheckpoint = Command(
        ["audit", "checkpoint"],
        (
            Phrase(ja: "記録の署名済みの要約", en: "the signed head of the log"),
            Example("audit checkpoint", Phrase(ja: "C2SP の形式", en: "in C2SP form"))
        ),
        options: [.data, .unlockFile, .organisation]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let json = try await place.ask(ControlCall("audit.checkpoint", place.asking())).json
        console.data((json["note"]?.string ?? "").trimmingLineEnd)
        return .done
    }

    private static let auditProve = Command(
        ["audit", "prove"],
        (
            Phrase(ja: "受領証の約束が守られたか確かめる", en: "prove that a receipt's promise was kept"),
            Example(
                "audit prove 受領証.der",
                Phrase(ja: "記録にあれば 0、なければ 1 で終わる", en: "exit 0 if its leaf is there, else 1")
            )
        ),
        arguments: [.receipt],
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let word = invocation.text(.receipt)
        let digest =
            try Digest(hex: word)
            ?? SHA256.hash(Files.read(word, atMost: Limits.statementBytes))
        let answer = try await place.ask(
            ControlCall("audit.prove", place.asking(["receipt": .string(digest.hex)]))
        )
        let isFound = answer.json["found"]?.bool ?? false
        if invocation.has(.json) {
            console.data(answer.json)
        } else if isFound {
            console.data(String(decoding: answer.files.last ?? [], as: UTF8.self).trimmingLineEnd)
        }
        if !isFound {
            console.talk(
                Phrase(
                    ja: "証明がありません。ここで知られていない受領証か、"
                        + "まだ記録の検印が出ていません（通常 1 分以内）。",
                    en: "No proof: this receipt is not known here, or its checkpoint is not out "
                        + "yet (usually within a minute)."
                )
            )
        }
        return isFound ? .done : .failed
    }
}

extension String {
    fileprivate var trimmingLineEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}

extension Argument {
    fileprivate static let receipt = Argument(
        "RECEIPT",
        Phrase(ja: "受領証のファイルまたは SHA-256", en: "receipt file, or its SHA-256")
    )
}

extension Option {
    static let patient = Option(
        "patient",
        "NAME",
        Phrase(
            ja: "利用者の氏名（- は標準入力の 1 行）",
            en: "the patient's name, - for a line of standard input"
        )
    )
    fileprivate static let unusual = Option(
        mark: "unusual",
        Phrase(
            ja: "気になる動き（この 3 か月の受付時間外、緊急閲覧など）",
            en: "what to look at, of three months: after hours, emergencies"
        )
    )
    fileprivate static let aboutMessage = Option(
        "message",
        "ID",
        Phrase(ja: "受付番号", en: "message id"),
        form: .of { MessageID($0) }
    )
}
