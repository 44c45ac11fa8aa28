import Audit
import Configuration
import Cryptography
import Primitives

extension Command {
    /// The access log of an organisation.
    static let auditing: [Command] = [
        auditShow, auditVerify, auditBundle, auditProve, auditCheckpoint, exchangeAudit,
        exchangeAuditBundle,
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
            "patient": try patient(invocation).map { .string($0) },
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
    private static func patient(_ invocation: Invocation) throws -> String? {
        guard let given = invocation.text(.patient), given.hasSameBytes(as: "-") else {
            return invocation.text(.patient)
        }
        let input = try Files.read("-", atMost: 4096).prefix { $0 != 0x0A && $0 != 0x0D }
        guard !input.isEmpty else {
            throw UsageError.valueUnfit("--patient", of: invocation.command.path)
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

    private static let auditVerify = Command(
        ["audit", "verify"],
        (
            Phrase(
                ja: "記録全体、または書き出した期間が書き換えられていないか確かめる",
                en: "verify the whole log, or a period that was exported"
            ),
            Example(
                "audit verify 監査.renkei --root root.pem",
                Phrase(
                    ja: "書き出した期間を通信なしで確かめる。ファイルがなければ自分の記録全体",
                    en: "checks an exported period offline; without a file the own log"
                )
            )
        ),
        arguments: [.bundles],
        options: [
            .data, .unlockFile, .organisation, .outputFolder, .root, .trust, .json,
        ]
    ) { invocation, console in
        guard invocation.texts(.bundles).isEmpty else {
            return try verifyBundles(invocation, console)
        }
        // Whoever names a root means a file: the own log needs none.
        guard !invocation.has(.root), !invocation.has(.trust) else {
            throw UsageError.argumentMissing("FILE", of: invocation.command.path)
        }
        let place = Place(.gateway, invocation)
        let isWhole = try await verify(place, place.asking(), invocation, console)
        return isWhole ? .done : .failed
    }

    private static let exchangeAudit = Command(
        ["exchange", "audit", "verify"],
        (
            Phrase(ja: "交換所の記録が書き換えられていないか確かめる", en: "verify the exchange's logs"),
            Example(
                "exchange audit verify",
                Phrase(ja: "名簿と受け渡しの記録", en: "the logs of keys and of deliveries")
            )
        ),
        options: [.data, .unlockFile, .outputFolder, .json]
    ) { invocation, console in
        let place = Place(.exchange, invocation)
        var areWhole = true
        for kind in [TreeKind.keys, .transport] {
            let json: JSON = ["tree": .string(kind.rawValue)]
            if try await !verify(place, json, invocation, console) { areWhole = false }
        }
        return areWhole ? .done : .failed
    }

    /// Copies a tree out, judges the copy, and tells what is wrong with it.
    private static func verify(
        _ place: Place,
        _ members: JSON,
        _ invocation: Invocation,
        _ console: Console
    ) async throws -> Bool {
        let (copy, key, concealed) = try await LogCopy.fetch(from: place, members)
        let checkpoint = copy.checkpoints[0]
        if let folder = invocation.text(.outputFolder) {
            let kind = members["tree"]?.string.map { $0 + "-" } ?? ""
            let leaves = Array(copy.leaves.map { $0 + [0x0A] }.joined())
            try Files.makeFolder(folder)
            try Files.replace(folder + "/\(kind)leaves", leaves, mode: Files.ownerOnly)
            try Files.replace(
                folder + "/\(kind)checkpoint",
                checkpoint.note,
                mode: Files.ownerOnly
            )
        }
        let audit = LogAudit(of: copy, key: key)
        let isWhole = audit.isWhole && concealed.isEmpty
        if invocation.has(.json) {
            console.data([
                "origin": .string(copy.origin.text), "size": .integer(Int64(audit.size)),
                "whole": .bool(isWhole),
                "concealed": concealed.isEmpty ? nil : .array(concealed.map { .integer($0) }),
                "faults": .array(audit.faults.map { .string("\($0)") }),
            ])
        } else {
            for fault in audit.faults { console.data("✗ \(fault)") }
            for index in concealed {
                console.data(Words(language: console.language).concealed(index))
            }
            let text = isWhole ? "✓" : "✗"
            let tree = members["tree"]?.string.map { " " + $0 } ?? ""
            console.talk(
                Phrase(
                    ja: "\(text)\(tree) \(audit.size) 件",
                    en: "\(text)\(tree) \(audit.size) leaves"
                )
            )
        }
        return isWhole
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

extension LogCopy {
    /// A tree copied out page by page, up to the checkpoint that came with the first one.
    fileprivate static func fetch(
        from place: Place,
        _ members: JSON
    ) async throws -> (copy: LogCopy, key: NotePublicKey, concealed: [Int64]) {
        var leaves: [[UInt8]] = []
        var concealed: [Int64] = []
        var first: LogPage?
        while first.map({ leaves.count < $0.checkpoint.head.size }) ?? true {
            var members = members.object ?? JSONObject()
            members["from"] = .integer(Int64(leaves.count))
            let answer = try await place.ask(ControlCall("audit.verify", .object(members)))
            let page = try LogPage(reading: answer.json, answer.files)
            if first == nil { first = page }
            guard !page.leaves.isEmpty else { break }
            leaves += page.leaves
            concealed += (answer.json["concealed"]?.array ?? []).compactMap(\.integer)
        }
        guard let first else { throw DecodingRefusal(.missingMember) }
        let covered = Array(leaves.prefix(Int(first.checkpoint.head.size)))
        let origin = first.checkpoint.origin
        let copy = LogCopy(origin: origin, leaves: covered, checkpoints: [first.checkpoint])
        return (copy, first.key, concealed)
    }
}

extension Words {
    fileprivate func concealed(_ index: Int64) -> String {
        language == .japanese
            ? "✗ 葉 \(index): 値か索引が消されたか変えられています。検索では見つかりません。"
            : "✗ leaf \(index): its values or index rows are gone or changed; no search finds it."
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
    fileprivate static let patient = Option(
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
