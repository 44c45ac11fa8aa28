import Audit
import Configuration
import Cryptography
import Primitives

extension Command {
    /// The access log of an organisation.
    static let auditing: [Command] = [auditShow, auditVerify, auditProve, auditCheckpoint]

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
            .data, .unlockFile, .organisation, .agent, .role, .patient, .aboutMessage, .json,
        ]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
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
            Phrase(ja: "記録全体が書き換えられていないか確かめる", en: "verify the whole log"),
            Example("audit verify", Phrase(ja: "葉から根を計算し直す", en: "recomputes the root"))
        ),
        options: [.data, .unlockFile, .organisation, .outputFolder, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let answer = try await place.ask(ControlCall("audit.verify", place.asking()))
        guard answer.files.count == 2 else { throw DecodingRefusal(.missingMember) }
        if let folder = invocation.text(.outputFolder) {
            try Files.makeFolder(folder)
            try Files.replace(folder + "/leaves", answer.files[0], mode: Files.ownerOnly)
            try Files.replace(folder + "/checkpoint", answer.files[1], mode: Files.ownerOnly)
        }
        let audit = try LogCopyFile.audit(answer.files[0], answer.files[1], answer.json)
        if invocation.has(.json) {
            console.data([
                "size": .integer(Int64(audit.size)), "whole": .bool(audit.isWhole),
                "faults": .array(audit.faults.map { .string("\($0)") }),
            ])
        } else {
            for fault in audit.faults { console.data("✗ \(fault)") }
            let text = audit.isWhole ? "✓" : "✗"
            console.talk(Phrase(ja: "\(text) \(audit.size) 件", en: "\(text) \(audit.size) leaves"))
        }
        return audit.isWhole ? .done : .failed
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

/// A log that was copied out, as `audit verify -o` writes it.
enum LogCopyFile {
    static func audit(
        _ leaves: [UInt8],
        _ checkpoint: [UInt8],
        _ json: JSON
    ) throws -> LogAudit {
        var reader = try ObjectReader(json)
        let origin = try reader.value("origin") { TreeOrigin($0) }
        let key = try NotePublicKey(try reader.bytes("publicKey"))
        let lines = leaves.split(separator: 0x0A).map(Array.init)
        return LogAudit(
            of: LogCopy(
                origin: origin,
                leaves: lines,
                checkpoints: [try Checkpoint(reading: checkpoint)]
            ),
            key: key
        )
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
    fileprivate static let aboutMessage = Option(
        "message",
        "ID",
        Phrase(ja: "文書番号", en: "message id"),
        form: .of { MessageID($0) }
    )
}
