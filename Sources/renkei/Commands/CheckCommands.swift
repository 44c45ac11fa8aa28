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
            Phrase(
                ja: "シートを検査する",
                en: "check a sheet (problems are told in Japanese, by the labels of the form)"
            ),
            Example("validate シート.json", Phrase(ja: "すべての誤りを一度に示す", en: "all problems at once"))
        ),
        arguments: [.sheetFile],
        options: [.on, .answers, .json]
    ) { invocation, console in
        let path = invocation.text(.sheetFile)
        let file: SheetFile
        do { file = try SheetFile.read(path) } catch let fault as SheetFault {
            if invocation.has(.json) { console.data(SheetReport.json(fault, console.language)) }
            return console.report(fault)
        }
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
        let paths = invocation.texts(.evidenceFiles)
        var outcome = ExitCode.done
        for path in paths {
            let isJSON = invocation.has(.json)
            if paths.count > 1, !isJSON { console.data("\(path):") }
            do {
                let checked = try verified(path, roots)
                for fact in checked.facts {
                    console.data(isJSON ? fact.json(in: path) : fact.line(console.language))
                }
                if let admission = checked.admission {
                    admission.tell(console, in: path, isJSON: isJSON)
                }
            } catch let error as any Explained {
                if isJSON { console.data(failure(error, path, console.language).canonicalText) }
                outcome = console.report(error)
            }
        }
        return outcome
    }

    private static func failure(
        _ error: any Explained,
        _ path: String,
        _ language: Language
    ) -> JSON {
        let saying = Saying(error, language)
        return [
            "evidence": .string(path), "holds": false, "code": .string(error.code),
            "summary": .string(saying.summary), "advice": .string(saying.advice),
        ]
    }

    /// Under the one root of several that fits.
    private static func verified(
        _ path: String,
        _ roots: [Certificate]
    ) throws -> (facts: [EvidenceFact], admission: AdmissionLine?) {
        let bytes = try Files.read(path, atMost: Limits.evidenceBytes)
        guard bytes.starts(with: "evidence.json\0".utf8) else { throw NoEvidence(path: path) }
        let file = try EvidenceFile(reading: bytes)
        let now = SystemTime().now
        var last: any Explained = RootMissing()
        for root in roots {
            do throws(EvidenceFault) {
                let facts = try EvidenceVerifier.verify(file, root: root, now: now)
                // Of a sheet that was taken back unread nothing is claimed.
                let isUnread = facts.contains { [.neverReleased, .neverOpened].contains($0.kind) }
                return (facts, isUnread ? nil : try AdmissionLine(file, root, now))
            } catch {
                last = error
                if error.fault != .wrongRoot { throw error }
            }
        }
        throw last
    }
}

/// The file is something else altogether.
struct NoEvidence: Spoken {
    let path: String

    var code: String { "evidenceFails" }
    var isTemporary: Bool { false }

    var said: (summary: Phrase, advice: Phrase) {
        (
            Phrase(ja: "\(path) は証拠ファイルではありません。", en: "\(path) is no evidence file."),
            Phrase(
                ja: "renkei evidence で書き出したファイル（.renkei）を指定してください。",
                en: "Give the file that renkei evidence wrote (.renkei)."
            )
        )
    }
}

/// Nobody said which exchange is trusted.
struct RootMissing: Spoken {
    var code: String { "rootMissing" }
    var isTemporary: Bool { false }

    var said: (summary: Phrase, advice: Phrase) {
        (
            Phrase(
                ja: "ルート証明書が指定されていません（--root）。",
                en: "No root certificate was given (--root)."
            ),
            Phrase(
                ja: "事業所ではデータフォルダーの orgs/会員番号/root.pem、交換所では ca/root.pem です。"
                    + "SHA-256 を参加票と比べて --root で指定してください。",
                en: "It is orgs/MEMBER/root.pem in a gateway's data folder, ca/root.pem in an "
                    + "exchange's. Compare its SHA-256 with the joining paper; give it with --root."
            )
        )
    }
}

/// Root certificates that were compared with a joining paper.
enum TrustedRoots {
    static func read(_ root: String?, _ folder: String?) throws -> [Certificate] {
        if let root { return [try certificate(root)] }
        let folder = folder ?? Self.standardFolder
        guard Files.exists(folder) else { throw RootMissing() }
        return try Files.names(in: folder).filter { $0.hasSuffix(".pem") }.map {
            try certificate(folder + "/" + $0)
        }
    }

    static let standardFolder = "/etc/renkei/trust"

    private static func certificate(_ path: String) throws -> Certificate {
        try Certificate(pem: try Files.read(path, atMost: Limits.statementBytes))
    }
}

extension SheetReport {
    /// Of a file that is no JSON: the one problem it has.
    static func json(_ fault: SheetFault, _ language: Language) -> JSON {
        let saying = Saying(fault, language)
        return [
            "valid": false,
            "problems": [
                [
                    "pointer": "", "rule": "E-JSON",
                    "message": .string(saying.summary + saying.advice),
                ]
            ],
            "warnings": [],
        ]
    }

    var json: JSON {
        [
            "valid": .bool(problems.isEmpty),
            "problems": .array(
                problems.map {
                    [
                        "pointer": .string($0.pointer.description), "rule": .string($0.rule),
                        "message": .string($0.sentence),
                    ]
                }
            ),
            "warnings": .array(warnings.map { .string($0.rule) }),
        ]
    }

    func talk(_ console: Console) {
        for problem in problems {
            console.data("✗ \(problem.sentence)  [\(problem.rule) \(problem.pointer)]")
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

extension SheetProblem {
    /// A place that no label names is named by its pointer.
    var sentence: String { message.replacingEmptyLabel(by: pointer.description) }
}

extension String {
    fileprivate func replacingEmptyLabel(by name: String) -> String {
        guard hasPrefix("「」") else { return self }
        return "「\(name)」" + unicodeScalars.dropFirst(2).map { String($0) }.joined()
    }
}

extension EvidenceFact {
    /// `path` is that of the whole file, `file` the name inside it.
    func json(in path: String) -> String {
        let json: JSON = [
            "evidence": .string(path), "fact": .string(kind.rawValue), "file": .string(file),
            "by": .string(by.text),
            "name": name.map { .string($0) }, "person": person.map { .string($0) },
            "at": .string(at.description), "proved": .bool(isProved),
            "emergency": isEmergency ? true : nil,
        ]
        return json.canonicalText
    }

    func line(_ language: Language) -> String {
        let word = DeliveryWords.word(kind.rawValue, language)
        let words = Words(language: language)
        let way = isEmergency ? Phrase.emergency.text(language) : ""
        let promised = Phrase(ja: "（約束のみ）", en: "(promised)").text(language)
        let cells = [
            isProved ? "✓" : promised, word + way, words.time(at.description),
            name ?? words.issuer(by.text),
            person ?? "", file,
        ]
        return cells.filter { !$0.isEmpty }.joined(separator: "  ")
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
    static let trust = Option(
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
