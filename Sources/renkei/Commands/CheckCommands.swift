import Audit
import Cryptography
import Delivery
import Envelope
import Primitives
import Sheets

extension Command {
    /// What needs no service and no network.
    static let checking: [Command] = [validate, verify]

    private static let validate = Command(
        ["validate"],
        (
            Phrase(ja: "シートを検査する", en: "check a sheet"),
            Example("validate シート.json", Phrase(ja: "すべての誤りを一度に示す", en: "all problems at once"))
        ),
        arguments: [.sheetFile],
        options: [.on, .answers, .json]
    ) { invocation, console in
        let path = invocation.text(.sheetFile)
        let file = try SheetFile.read(path)
        let catalogue = try Installation.catalogue()
        let today =
            invocation.text(.on).flatMap { Day($0) } ?? file.evaluatedOn
            ?? SystemTime().now.dayInJapan
        var answered: Sheet?
        let beside = file.answers.map { Files.folder(of: path) + "/" + $0 }
        if let other = invocation.text(.answers) ?? beside {
            answered = try catalogue.validate(
                DraftSheet(bytes: try SheetFile.read(other).bytes),
                SheetContext(today: today)
            )
        }
        let report = catalogue.report(
            DraftSheet(bytes: file.bytes),
            SheetContext(today: today, answered: answered)
        )
        if invocation.has(.json) {
            console.data(report.json)
        } else {
            report.talk(console)
        }
        return report.problems.isEmpty ? .done : .failed
    }

    private static let verify = Command(
        ["verify"],
        (
            Phrase(ja: "証拠ファイルを確かめる（通信なし）", en: "verify an evidence file offline"),
            Example(
                "verify 証拠.renkei --root root.pem",
                Phrase(ja: "誰がいつ何をしたかを示す", en: "prints each fact, its proof and its time")
            )
        ),
        arguments: [.evidenceFiles],
        options: [.root, .trust, .json]
    ) { invocation, console in
        let roots = try TrustedRoots.read(invocation.text(.root), invocation.text(.trust))
        var outcome = ExitCode.done
        for path in invocation.texts(.evidenceFiles) {
            do {
                for fact in try verified(path, roots) {
                    console.data(
                        invocation.has(.json)
                            ? fact.json.canonicalText : fact.line(console.language)
                    )
                }
            } catch let error as any Explained {
                console.talk(Phrase(ja: path, en: path))
                outcome = console.report(error)
            }
        }
        return outcome
    }

    /// Under the one root of several that fits.
    private static func verified(
        _ path: String,
        _ roots: [Certificate]
    ) throws -> [EvidenceFact] {
        let bytes = try Files.read(path, atMost: Limits.messageBytes)
        let file = try EvidenceFile(reading: bytes)
        let now = SystemTime().now
        var last: any Explained = FileError.notFound("/etc/renkei/trust/*.pem")
        for root in roots {
            do throws(EvidenceFault) {
                return try EvidenceVerifier.verify(file, root: root, now: now)
            } catch {
                last = error
                if error.fault != .wrongRoot { throw error }
            }
        }
        throw last
    }
}

/// Root certificates that were compared with a joining paper.
enum TrustedRoots {
    static func read(_ root: String?, _ folder: String?) throws -> [Certificate] {
        if let root { return [try certificate(root)] }
        let folder = folder ?? "/etc/renkei/trust"
        return try Files.names(in: folder).filter { $0.hasSuffix(".pem") }.map {
            try certificate(folder + "/" + $0)
        }
    }

    private static func certificate(_ path: String) throws -> Certificate {
        try Certificate(pem: try Files.read(path, atMost: Limits.statementBytes))
    }
}

extension SheetReport {
    var json: JSON {
        [
            "valid": .bool(problems.isEmpty),
            "problems": .array(
                problems.map {
                    [
                        "pointer": .string($0.pointer.description), "rule": .string($0.rule),
                        "message": .string($0.message),
                    ]
                }
            ),
            "warnings": .array(warnings.map { .string($0.rule) }),
        ]
    }

    func talk(_ console: Console) {
        for problem in problems {
            console.data("✗ \(problem.message)  [\(problem.rule) \(problem.pointer)]")
        }
        for warning in warnings { console.data("△ \(warning.message)  [\(warning.rule)]") }
        if problems.isEmpty {
            console.talk(Phrase(ja: "このシートは送れます。", en: "The sheet is valid."))
        } else {
            console.talk(
                Phrase(
                    ja: "\(problems.count) か所を直してください。",
                    en: "Correct \(problems.count) problems."
                )
            )
        }
    }
}

extension EvidenceFact {
    var json: JSON {
        [
            "fact": .string(kind.rawValue), "file": .string(file), "by": .string(by.text),
            "name": name.map { .string($0) }, "person": person.map { .string($0) },
            "at": .string(at.description), "proved": .bool(isProved),
        ]
    }

    func line(_ language: Language) -> String {
        let word = DeliveryWords.word(kind.rawValue, language)
        let promised = Phrase(ja: "（約束のみ）", en: "(promised)").text(language)
        let words = [
            isProved ? "✓" : promised, word, at.description, name ?? by.text, person ?? "", file,
        ]
        return words.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private var person: String? { disclosure?.value(.actorName) }
}

extension Argument {
    fileprivate static let evidenceFiles = Argument(
        "FILE",
        Phrase(ja: "証拠ファイル（.renkei）", en: "evidence file"),
        form: .file,
        count: .many
    )
}

extension Option {
    static let root = Option(
        "root",
        "PEM",
        Phrase(ja: "ルート証明書", en: "root certificate"),
        form: .file
    )
    fileprivate static let trust = Option(
        "trust",
        "DIR",
        Phrase(ja: "信頼するルートのフォルダー", en: "folder of trusted roots"),
        form: .file
    )
    fileprivate static let on = Option(
        "on",
        "DATE",
        Phrase(ja: "今日とみなす日", en: "the day that counts as today"),
        form: .of { Day($0) }
    )
    fileprivate static let answers = Option(
        "answers",
        "FILE",
        Phrase(ja: "返信元のシート", en: "the sheet it answers"),
        form: .file
    )
}
