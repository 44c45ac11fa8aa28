import Audit
import Configuration
import Cryptography
import Delivery
import Directory
import Envelope
import Primitives

extension Command {
    static let auditBundle = Command(
        ["audit", "bundle"],
        (
            Phrase(
                ja: "期間の記録を、外部の人が確かめられる 1 つのファイルにする",
                en: "export a period of the log as one file that outsiders can verify"
            ),
            Example(
                "audit bundle --from 2026-11-01 --to 2026-11-30 -o 監査.renkei "
                    + "--as 監査太郎 --role clerk",
                Phrase(
                    ja: "氏名は入らない（--openings で入れる）",
                    en: "without personal values, unless --openings"
                )
            )
        ),
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .fromDay, .toDay, .openings,
            .output, .force,
        ]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        var members = try asked(invocation)
        members["openings"] = .bool(invocation.has(.openings))
        return try await export(place, try place.acting(members), invocation, console)
    }

    static let exchangeAuditBundle = Command(
        ["exchange", "audit", "bundle"],
        (
            Phrase(
                ja: "交換所の期間の記録を、外部の人が確かめられる 1 つのファイルにする",
                en: "export a period of one of the exchange's logs as one file"
            ),
            Example(
                "exchange audit bundle --tree keys --from 2026-11-01 --to 2026-11-30 "
                    + "-o 名簿.renkei",
                Phrase(ja: "名簿の記録（受け渡しは transport）", en: "the log of keys")
            )
        ),
        options: [
            .data, .unlockFile, .tree, .fromDay, .toDay, .output, .force,
        ]
    ) { invocation, console in
        guard let tree = invocation.text(.tree) else {
            throw UsageError.argumentMissing("--tree", of: invocation.command.path)
        }
        var members = try asked(invocation)
        members["tree"] = .string(tree)
        return try await export(
            Place(.exchange, invocation),
            .object(members),
            invocation,
            console
        )
    }

    private static func asked(_ invocation: Invocation) throws -> JSONObject {
        guard let from = invocation.text(.fromDay), let to = invocation.text(.toDay),
            invocation.has(.output)
        else {
            throw UsageError.argumentMissing(
                "--from DAY --to DAY -o FILE",
                of: invocation.command.path
            )
        }
        guard let first = Day(from), let last = Day(to), first <= last else {
            throw UsageError.valueUnfit("--to", of: invocation.command.path)
        }
        return ["from": .string(from), "to": .string(to)]
    }

    private static func export(
        _ place: Place,
        _ members: JSON,
        _ invocation: Invocation,
        _ console: Console
    ) async throws -> ExitCode {
        let file = try ResultFile(invocation)
        let bytes = try await place.ask(ControlCall("audit.bundle", members)).files.first ?? []
        try file.write(bytes)
        let line = "renkei audit verify \(file.path.shellWord) --root root.pem"
        console.talk(Phrase(ja: "次: \(line)", en: "next: \(line)"))
        if let last = invocation.text(.toDay).flatMap({ Day($0) }),
            last >= SystemTime().now.dayInJapan
        {
            console.talk(
                Phrase(
                    ja: "この期間はまだ終わっていません。終わりまで確かめられるのは、翌日以降に書き出したファイルです。",
                    en: "The period is not over: only a file made after its end shows it whole."
                )
            )
        }
        return .done
    }

    /// Says of each claim of each bundle what holds.
    static func verifyBundles(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let roots = try TrustedRoots.read(invocation.text(.root), invocation.text(.trust))
        let paths = invocation.texts(.bundles)
        var outcome = ExitCode.done
        for path in paths {
            let isJSON = invocation.has(.json)
            if paths.count > 1, !isJSON { console.data("\(path):") }
            do {
                let facts = try proved(path, roots)
                if !facts.isComplete, outcome == .done { outcome = .failed }
                if isJSON {
                    console.data(facts.json(in: path))
                } else {
                    for line in facts.lines(console.language) { console.data(line) }
                }
            } catch let fault as EvidenceFault {
                if isJSON {
                    console.data([
                        "bundle": .string(path), "holds": false, "file": .string(fault.file),
                        "code": .string(fault.fault.rawValue),
                    ])
                }
                outcome = console.report(fault)
            } catch let other as NoBundle {
                if isJSON {
                    console.data([
                        "bundle": .string(path), "holds": false, "code": .string(other.code),
                    ])
                }
                outcome = console.report(other)
            }
        }
        return outcome
    }

    /// Under the one root of several that fits.
    private static func proved(_ path: String, _ roots: [Certificate]) throws -> AuditBundleFacts {
        let bytes = try Files.read(path, atMost: Limits.evidenceBytes)
        guard bytes.starts(with: "audit.json\0".utf8) else { throw NoBundle(path: path) }
        let bundle = try AuditBundle(reading: bytes)
        var last: any Explained = RootMissing()
        for root in roots {
            do throws(EvidenceFault) {
                return try AuditBundleVerifier.verify(bundle, root: root)
            } catch {
                last = error
                if error.fault != .wrongRoot { throw error }
            }
        }
        throw last
    }
}

/// The file is something else altogether.
struct NoBundle: Spoken {
    let path: String

    var code: String { "evidenceFails" }
    var isTemporary: Bool { false }

    var said: (summary: Phrase, advice: Phrase) {
        (
            Phrase(
                ja: "\(path) は期間の記録のファイルではありません。",
                en: "\(path) is no exported period of a log."
            ),
            Phrase(
                ja: "renkei audit bundle で書き出したファイルを指定してください。証拠ファイルは renkei verify で確かめます。",
                en: "Give the file that renkei audit bundle wrote; renkei verify judges evidence."
            )
        )
    }
}

extension AuditBundleFacts {
    fileprivate func json(in path: String) -> JSON {
        var object = json.object ?? JSONObject()
        object["bundle"] = .string(path)
        return .object(object)
    }

    func lines(_ language: Language) -> [String] {
        let words = Words(language: language)
        let claims: [Phrase] =
            [
                Phrase(
                    ja: "✓ 記録: \(name ?? by.text)（\(origin)）",
                    en: "✓ log: \(name ?? by.text) (\(origin))"
                ),
                Phrase(
                    ja: "✓ 署名: 記録の鍵による要約（\(size) 件）",
                    en: "✓ signature: by the log's key, over \(size) entries"
                ),
            ]
            + witnesses.map { witness in
                let at = words.time(witness.at.description)
                return Phrase(
                    ja: "✓ 証人: \(witness.name)  \(at)",
                    en: "✓ witness: \(witness.name)  \(at)"
                )
            }
            + (witnesses.isEmpty
                ? [Phrase(ja: "△ 証人の検印はありません", en: "△ no witness has cosigned it")] : [])
            + [
                isEndShown
                    ? Phrase(
                        ja: "✓ 期間: \(period.from)〜\(period.to) の \(entries) 件、抜け・入れ替え・書き換えなし",
                        en: "✓ period: \(period.from) to \(period.to), all its \(entries) entries"
                    )
                    : Phrase(
                        ja: "△ 期間: \(period.from)〜\(period.to) の \(entries) 件、終わりは示されていません",
                        en:
                            "△ period: \(period.from) to \(period.to), \(entries), not to its end"
                    ),
                begin(words), end(words),
            ]
            + (openings.map { openings in
                let mark = openings == committed ? "✓" : "△"
                return [
                    Phrase(
                        ja: "\(mark) 氏名などの値: \(committed) 件中 \(openings) 件、記録と一致",
                        en: "\(mark) personal values: \(openings) of \(committed), those of the log"
                    )
                ]
            } ?? [])
        return claims.map { $0.text(language) }
    }

    private func begin(_ words: Words) -> Phrase {
        guard let before else {
            return Phrase(ja: "✓ 始まり: 記録の最初から", en: "✓ begin: that of the log")
        }
        let at = words.time(before.description)
        return Phrase(
            ja: "✓ 始まり: 直前の記録は \(shown.lowerBound) 番、\(at)",
            en: "✓ begin: entry \(shown.lowerBound) before it is of \(at)"
        )
    }

    private func end(_ words: Words) -> Phrase {
        if after == nil, isEndShown {
            return Phrase(
                ja: "✓ 終わり: 要約の最後まで（証人が期間の後に確かめています）",
                en: "✓ end: that of the signed log, seen by a witness after the period"
            )
        }
        guard let after else {
            return Phrase(
                ja: "△ 終わり: 要約の最後まで（その後に書かれた記録は、このファイルでは分かりません）",
                en: "△ end: that of the signed log; what was written later is not in this file"
            )
        }
        let at = words.time(after.description)
        return Phrase(
            ja: "✓ 終わり: 直後の記録は \(shown.upperBound) 番、\(at)",
            en: "✓ end: entry \(shown.upperBound) after it is of \(at)"
        )
    }
}

extension Argument {
    static let bundles = Argument(
        "FILE",
        Phrase(ja: "audit bundle のファイル", en: "file of audit bundle"),
        form: .file,
        count: .any
    )
}

extension Option {
    static let fromDay = Option(
        "from",
        "DAY",
        Phrase(ja: "最初の日（日本時間）", en: "first day, in Japan"),
        form: .of { Day($0) }
    )
    static let toDay = Option(
        "to",
        "DAY",
        Phrase(ja: "最後の日（その日を含む）", en: "last day, included"),
        form: .of { Day($0) }
    )
    fileprivate static let tree = Option(
        "tree",
        "keys|transport",
        Phrase(ja: "名簿か受け渡しか", en: "of keys, or of deliveries"),
        form: .choice(["keys", "transport"])
    )
    fileprivate static let openings = Option(
        mark: "openings",
        Phrase(
            ja: "氏名などの値も入れる（個人情報です）",
            en: "with the personal values behind the entries"
        )
    )
}
