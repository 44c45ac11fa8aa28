import Configuration
import Primitives

extension Command {
    static let retentionPlan = Command(
        ["exchange", "retention", "plan"],
        (
            Phrase(ja: "年度ごとの配達の記録と保存期限", en: "years of deliveries, and how long kept"),
            Example(
                "exchange retention plan",
                Phrase(ja: "期限を過ぎた年度は自動で消える", en: "what is over goes by itself")
            )
        ),
        options: [.data, .unlockFile, .json]
    ) { invocation, console in
        let place = Place(.exchange, invocation)
        show(try await place.ask(ControlCall("retention.plan")).json, invocation, console)
        return .done
    }

    static let retentionRun = Command(
        ["exchange", "retention", "run"],
        (
            Phrase(ja: "保存期限を過ぎた年度の記録を今すぐ消す", en: "forget at once what is over"),
            Example(
                "exchange retention run",
                Phrase(ja: "待てば 1 日ほどで自動で行われる", en: "the service does it within a day")
            )
        ),
        options: [.data, .unlockFile, .json]
    ) { invocation, console in
        let place = Place(.exchange, invocation)
        show(try await place.ask(ControlCall("retention.run")).json, invocation, console)
        return .done
    }

    static let retentionHold = holding(
        "hold",
        true,
        (
            Phrase(ja: "年度の記録を消さずに留め置く", en: "forbid to forget a year"),
            Phrase(ja: "この年度の記録を留め置きます。", en: "This year is held.")
        )
    )

    static let retentionRelease = holding(
        "release",
        false,
        (
            Phrase(ja: "年度の留め置きを解く", en: "allow again to forget a year"),
            Phrase(
                ja: "留め置きを解きました。保存期限を過ぎていれば、1 日ほどで消えます。",
                en: "Released; where its time is over, it is forgotten within a day or so."
            )
        )
    )

    private static func holding(
        _ word: String,
        _ isHeld: Bool,
        _ said: (summary: Phrase, done: Phrase)
    ) -> Command {
        Command(
            ["exchange", "retention", word],
            (
                said.summary,
                Example(
                    "exchange retention \(word) 2026 --reason 訴訟の証拠保全",
                    Phrase(ja: "理由は記録に残る", en: "the reason goes on record")
                )
            ),
            arguments: [.fiscalYear],
            options: [.data, .unlockFile, .holdReason, .json]
        ) { invocation, console in
            guard let reason = invocation.text(.holdReason) else {
                throw UsageError.argumentMissing("--reason TEXT", of: invocation.command.path)
            }
            let year = Int64(invocation.text(.fiscalYear)) ?? 0
            let members: JSON = [
                "fiscalYear": .integer(year), "isHeld": .bool(isHeld), "reason": .string(reason),
            ]
            do {
                let place = Place(.exchange, invocation)
                let plan = try await place.ask(ControlCall("retention.hold", members)).json
                for held in plan["years"]?.array ?? []
                where held["fiscalYear"]?.integer == year && !invocation.has(.json) {
                    console.data(Words(language: console.language).retained(held))
                }
            } catch let error as any Explained where error.code.hasSameBytes(as: "outOfOrder") {
                throw NoYearToHold()
            }
            console.done(invocation, members, said.done)
            return .done
        }
    }

    private static func show(_ answer: JSON, _ invocation: Invocation, _ console: Console) {
        let years = answer["years"]?.array ?? []
        let words = Words(language: console.language)
        for year in years {
            console.data(invocation.has(.json) ? year.canonicalText : words.retained(year))
        }
        if years.isEmpty, !invocation.has(.json) { console.nothing() }
    }
}

/// It is destroyed already, or lies ahead.
struct NoYearToHold: Spoken {
    var code: String { "outOfOrder" }
    var isTemporary: Bool { false }

    var said: (summary: Phrase, advice: Phrase) {
        (
            Phrase(
                ja: "この年度は留め置けないか、留め置かれていません。",
                en: "This year cannot be held, or is not held."
            ),
            Phrase(
                ja: "記録のある年度か、exchange retention plan で確かめてください。",
                en: "See exchange retention plan for the years."
            )
        )
    }
}

extension Words {
    fileprivate func retained(_ year: JSON) -> String {
        let isJapanese = language == .japanese
        let number = year["fiscalYear"]?.integer ?? 0
        let count = year["deliveries"]?.integer ?? 0
        let keptUntil = year["keptUntil"]?.string ?? "-"
        return row([
            isJapanese ? "\(number) 年度" : "fiscal year \(number)",
            isJapanese ? "配達 \(count) 件" : "\(count) deliveries",
            isJapanese ? "保存期限 \(keptUntil)" : "kept until \(keptUntil)",
            state(of: year, isJapanese),
        ])
    }

    private func state(of year: JSON, _ isJapanese: Bool) -> String {
        if let at = year["destroyedAt"]?.string {
            return (isJapanese ? "消去済み " : "destroyed ") + time(at)
        }
        if let since = year["heldSince"]?.string {
            return (isJapanese ? "留め置き中 " : "held since ") + time(since)
        }
        if year["isOver"]?.bool == true {
            return isJapanese ? "期限切れ・消去待ち" : "over, to be forgotten"
        }
        return isJapanese ? "保存中" : "kept"
    }
}

extension Argument {
    fileprivate static let fiscalYear = Argument(
        "YEAR",
        Phrase(ja: "年度（4 月からの 1 年。2026 など）", en: "fiscal year from April: 2026"),
        form: .number(1000...9999)
    )
}

extension Option {
    fileprivate static let holdReason = Option(
        "reason",
        "TEXT",
        Phrase(ja: "理由（個人の情報は書かない）", en: "why, without personal data")
    )
}
