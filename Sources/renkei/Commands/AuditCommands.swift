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
                "audit show --patient 髙﨑𠮷之助 --as 監査太郎 --role clerk",
                Phrase(ja: "この人のシートに触れた人", en: "who touched this person's sheets")
            )
        ),
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .patient, .aboutMessage, .json,
        ]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let members: JSONObject = [
            "patient": invocation.text(.patient).map { .string($0) },
            "message": invocation.text(.aboutMessage).map { .string($0) },
        ]
        let answer = try await place.ask(ControlCall("audit.show", try place.acting(members)))
        let entries = answer.json["entries"]?.array ?? []
        if entries.isEmpty {
            console.talk(Phrase(ja: "該当する記録はありません。", en: "There is no such entry."))
        }
        for entry in entries {
            if invocation.has(.json) {
                console.data(entry)
            } else {
                let name = entry["opened"]?["actorName"]?.string ?? "-"
                console.data(
                    [
                        entry["at"]?.string ?? "", entry["type"]?.string ?? "",
                        entry["role"]?.string ?? "", name,
                        entry["outcome"].map(\.canonicalText) ?? "",
                    ].joined(separator: "  ")
                )
            }
        }
        return .done
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
        options: [.data, .unlockFile, .organisation, .output, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let answer = try await place.ask(ControlCall("audit.verify", place.asking()))
        guard answer.files.count == 2 else { throw DecodingRefusal(.missingMember) }
        if let folder = invocation.text(.output) {
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
        Phrase(ja: "利用者の氏名", en: "the patient's name")
    )
    fileprivate static let aboutMessage = Option(
        "message",
        "ID",
        Phrase(ja: "文書番号", en: "message id"),
        form: .of { MessageID($0) }
    )
}
