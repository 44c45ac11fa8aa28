import Configuration
import Primitives

extension Command {
    /// Witnesses: the operator names them, an office sees how far they have come.
    static let witnesses: [Command] = [
        witness("add", "機関を証人に加える", "name a member a witness"),
        witness("remove", "機関を証人から外す", "take a witness off the list"),
        witnessList, directoryStatus, directoryAccept,
    ]

    private static func witness(_ word: String, _ ja: String, _ en: String) -> Command {
        Command(
            ["exchange", "witness", word],
            (
                Phrase(ja: ja, en: en),
                Example(
                    "exchange witness \(word) maaaaaaaaaaaaaaaaaaaaaaaaaa",
                    Phrase(ja: "全員の名簿に載る", en: "every member sees it in the directory")
                )
            ),
            arguments: [.member],
            options: [.data, .unlockFile, .json]
        ) { invocation, console in
            let answer = try await Place(.exchange, invocation).ask(
                ControlCall(
                    "witness.\(word)",
                    ["member": .string(invocation.text(.member))]
                )
            )
            let phrase = Phrase(
                ja: "証人の一覧を改めました。必要な証人の数: \(answer.json["quorum"]?.integer ?? 0)",
                en: "Changed. Witnesses needed: \(answer.json["quorum"]?.integer ?? 0)"
            )
            console.done(invocation, answer.json, phrase)
            console.next("exchange witness list", after: invocation)
            return .done
        }
    }

    private static let witnessList = Command(
        ["exchange", "witness", "list"],
        (
            Phrase(ja: "証人と、どこまで確認したか", en: "witnesses, and how far each has come"),
            Example("exchange witness list", Phrase(ja: "遅れと拒否がわかる", en: "shows who lags"))
        ),
        options: [.data, .unlockFile, .json]
    ) { invocation, console in
        let answer = try await Place(.exchange, invocation).ask(ControlCall("witness.list"))
        let words = Words(language: console.language)
        let items = answer.json["items"]?.array ?? []
        for item in items {
            console.data(invocation.has(.json) ? item.canonicalText : words.witness(item))
        }
        if items.isEmpty { console.nothing() }
        return .done
    }

    private static let directoryStatus = Command(
        ["directory", "status"],
        (
            Phrase(ja: "宛先帳がどこまで確かめられているか", en: "how far the directory is verified"),
            Example("directory status", Phrase(ja: "証人の確認を待つ変更の数", en: "changes that wait"))
        ),
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let answer = try await place.ask(ControlCall("directory.status", place.asking()))
        let waiting = answer.json["waiting"]?.integer ?? 0
        if invocation.has(.json) {
            console.data(answer.json)
        } else {
            let witnesses = answer.json["witnesses"]?.integer ?? 0
            let words = Phrase(
                ja: "記録 \(answer.json["size"]?.integer ?? 0) 件を確かめました。"
                    + "証人 \(witnesses) 機関、確認待ちの変更 \(waiting) 件。",
                en: "\(answer.json["size"]?.integer ?? 0) records verified; "
                    + "\(witnesses) witnesses, \(waiting) changes wait for them."
            )
            console.data(words.text(console.language))
        }
        if waiting > 0 {
            let accept = "directory accept --reason TEXT --as NAME --role CODE"
            console.next(accept, after: invocation)
        }
        return .done
    }

    private static let directoryAccept = Command(
        ["directory", "accept"],
        (
            Phrase(
                ja: "証人の確認を待たずに宛先帳を使う（緊急時）",
                en: "use the directory before witnesses have seen it (emergency)"
            ),
            Example(
                "directory accept --reason 救急搬送のため --as 辻本 --role careManager",
                Phrase(ja: "名前と理由が記録に残る", en: "name and reason are on record")
            )
        ),
        options: [.data, .unlockFile, .organisation, .acceptReason, .agent, .role, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        guard let reason = invocation.text(.acceptReason), !reason.isEmpty else {
            throw UsageError.argumentMissing("--reason", of: invocation.command.path)
        }
        let answer = try await place.ask(
            ControlCall("directory.accept", try place.acting(["reason": .string(reason)]))
        )
        console.done(
            invocation,
            answer.json,
            Phrase(ja: "宛先帳を使えるようにしました。", en: "The directory is in use.")
        )
        return .done
    }
}

extension Option {
    fileprivate static let acceptReason = Option(
        "reason",
        "TEXT",
        Phrase(ja: "理由（記録に残る）", en: "why; it is on record")
    )
}
