import Configuration
import Cryptography
import Primitives
import Staff

extension Command {
    /// What an organisation keeps of patients, until when, and its end.
    static let erasing: [Command] = [
        keepingPlan, keepingComplete, keepingHold, keepingRelease, keepingRun, keepingErase,
    ]

    private static let keepingPlan = Command(
        ["gateway", "retention", "plan"],
        (
            Phrase(ja: "いつまで保存するか、何が期限を過ぎたか", en: "what is kept until when, what is over"),
            Example(
                "gateway retention plan",
                Phrase(ja: "氏名は示さない。受付番号で開いて確かめる", en: "names nobody; open by the id")
            )
        ),
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let answer = try await place.ask(ControlCall("retention.plan", place.asking())).json
        show(answer, invocation, console)
        if let list = answer["list"]?.string, !invocation.has(.json) {
            console.next(
                "gateway retention run --list \(list) --as NAME --role CODE --with NAME",
                after: invocation
            )
        }
        return .done
    }

    private static let keepingComplete = Command(
        ["gateway", "retention", "complete"],
        (
            Phrase(ja: "業務の完了日を記録する", en: "record the day on which the work was completed"),
            Example(
                "gateway retention complete \(Example.message) --on 2026-03-10 --as 潮見 --role msw",
                Phrase(
                    ja: "同じ件の書類すべて。保存は完了した年度の終わりから 5 年",
                    en: "all sheets of the thread; kept 5 years after that fiscal year"
                )
            )
        ),
        arguments: [.message],
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .completedOn, .goesOn, .json,
        ]
    ) { invocation, console in
        guard invocation.has(.completedOn) != invocation.has(.goesOn) else {
            throw UsageError.argumentMissing("--on DATE", of: invocation.command.path)
        }
        let place = Place(.gateway, invocation)
        let members: JSONObject = [
            "message": .string(invocation.text(.message)),
            "on": invocation.text(.completedOn).map { .string($0) },
        ]
        let call = ControlCall("retention.complete", try place.acting(members))
        let answer = try await place.ask(call)
        console.done(
            invocation,
            answer.json,
            Phrase(ja: "記録しました。", en: "Recorded.")
        )
        if !invocation.has(.json) { console.next("gateway retention plan", after: invocation) }
        return .done
    }

    private static let keepingHold = holding(
        "hold",
        true,
        (
            Phrase(ja: "期限を過ぎても消さずに留め置く", en: "forbid to erase a thread"),
            Phrase(ja: "この件を留め置きます。", en: "This thread is held.")
        )
    )

    private static let keepingRelease = holding(
        "release",
        false,
        (
            Phrase(ja: "留め置きを解く", en: "allow again to erase a thread"),
            Phrase(ja: "留め置きを解きました。", en: "Released.")
        )
    )

    private static func holding(
        _ word: String,
        _ isHeld: Bool,
        _ said: (summary: Phrase, done: Phrase)
    ) -> Command {
        Command(
            ["gateway", "retention", word],
            (
                said.summary,
                Example(
                    "gateway retention \(word) \(Example.message) --reason 訴訟 --as 潮見 --role msw",
                    Phrase(ja: "同じ件の書類すべて。理由は記録に残る", en: "all sheets of the thread")
                )
            ),
            arguments: [.message],
            options: [.data, .unlockFile, .organisation, .agent, .role, .whyHeld, .json]
        ) { invocation, console in
            guard let reason = invocation.text(.whyHeld) else {
                throw UsageError.argumentMissing("--reason TEXT", of: invocation.command.path)
            }
            let place = Place(.gateway, invocation)
            let members: JSONObject = [
                "message": .string(invocation.text(.message)), "isHeld": .bool(isHeld),
                "reason": .string(reason),
            ]
            let answer = try await place.ask(
                ControlCall("retention.hold", try place.acting(members))
            )
            console.done(invocation, answer.json, said.done)
            if !invocation.has(.json) { console.next("gateway retention plan", after: invocation) }
            return .done
        }
    }

    /// A hash as it looks.
    private static let list = String(repeating: "3f1c9a07", count: 8)

    private static let keepingRun = Command(
        ["gateway", "retention", "run"],
        (
            Phrase(ja: "保存期限を過ぎたものを消去する", en: "erase what is over"),
            Example(
                "gateway retention run --list \(list) --as 潮見 --role msw --with 波多野",
                Phrase(
                    ja: "plan が示した一覧を、2 人の名前で消去する。元に戻せない",
                    en: "the list that plan has shown, by two people; for good"
                )
            )
        ),
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .shownList, .secondPerson, .json,
        ]
    ) { invocation, console in
        try await erase(
            ["list": .string(try shownList(invocation))],
            "retention.run",
            invocation,
            console
        )
        return .done
    }

    private static let keepingErase = Command(
        ["gateway", "retention", "erase"],
        (
            Phrase(ja: "一人について保存しているものを、期限の前に消去する", en: "erase one person early"),
            Example(
                "gateway retention erase \(Example.message)",
                Phrase(
                    ja: "この書類の人の一覧を示す。--list を付けて消去する。元に戻せない",
                    en: "shows the list of that sheet's person; erases with --list"
                )
            )
        ),
        arguments: [.message],
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .shownList, .secondPerson, .json,
        ]
    ) { invocation, console in
        var members: JSONObject = ["message": .string(invocation.text(.message))]
        if invocation.has(.shownList) {
            members["list"] = .string(try shownList(invocation))
            try await erase(members, "retention.erase", invocation, console)
            return .done
        }
        let place = Place(.gateway, invocation)
        let answer = try await place.ask(
            ControlCall("retention.erase", place.asking(members))
        ).json
        show(answer, invocation, console)
        if let list = answer["list"]?.string, !invocation.has(.json) {
            let words = "gateway retention erase \(invocation.text(.message)) --list \(list)"
            console.next(words + " --as NAME --role CODE --with NAME", after: invocation)
        }
        return .done
    }

    private static func shownList(_ invocation: Invocation) throws -> String {
        guard let list = invocation.text(.shownList) else {
            throw UsageError.argumentMissing("--list SHA256", of: invocation.command.path)
        }
        return list
    }

    private static func erase(
        _ members: JSONObject,
        _ name: String,
        _ invocation: Invocation,
        _ console: Console
    ) async throws {
        guard let second = invocation.text(.secondPerson) else {
            throw UsageError.argumentMissing("--with NAME", of: invocation.command.path)
        }
        var members = members
        members["with"] = .string(second)
        let place = Place(.gateway, invocation)
        let answer = try await place.ask(ControlCall(name, try place.acting(members))).json
        let (items, keys) = (answer["erased"]?.integer ?? 0, answer["keys"]?.integer ?? 0)
        console.done(
            invocation,
            answer,
            Phrase(
                ja: "\(items) 件を消去し、鍵 \(keys) 個を破棄しました。"
                    + "secrets.db のバックアップが残る間は、そこから戻せます。",
                en: "Erased \(items) items and destroyed \(keys) keys. While backups of "
                    + "secrets.db are left, it could be brought back from them."
            )
        )
    }

    private static func show(_ answer: JSON, _ invocation: Invocation, _ console: Console) {
        let items = answer["items"]?.array ?? []
        let words = Words(language: console.language)
        for item in items {
            console.data(invocation.has(.json) ? item.canonicalText : words.keeping(item))
        }
        if items.isEmpty, !invocation.has(.json) { console.nothing() }
    }
}

extension Words {
    fileprivate func keeping(_ item: JSON) -> String {
        let isJapanese = language == .japanese
        let noun = item["item"]?.string?.split(separator: "/").first.map { String($0) } ?? ""
        let parts = item["parts"]?.integer ?? 0
        let last = item["movedAt"]?.string ?? "-"
        return row([
            self.noun(noun, isJapanese), item["message"]?.string ?? "-",
            isJapanese ? "\(parts) 点" : "\(parts) parts",
            (isJapanese ? "最後の動き " : "last ") + time(last), standing(of: item, isJapanese),
        ])
    }

    private func noun(_ noun: String, _ isJapanese: Bool) -> String {
        guard isJapanese else { return noun }
        return switch noun {
        case "thread": "件"
        case "consent": "同意の記録"
        case "draft": "下書き"
        default: "受け取らなかった書類"
        }
    }

    private func standing(of item: JSON, _ isJapanese: Bool) -> String {
        let until = item["until"]?.string ?? "-"
        switch item["state"]?.string {
        case "kept": return isJapanese ? "保存期限 \(until)" : "kept until \(until)"
        case "over": return isJapanese ? "期限切れ（\(until)）" : "over since \(until)"
        case "held":
            let since = time(item["heldSince"]?.string)
            let why = [item["by"]?.string, item["reason"]?.string].compactMap(\.self)
            let words = why.joined(separator: ": ")
            return isJapanese ? "留め置き中 \(since)（\(words)）" : "held since \(since) (\(words))"
        case "inUse": return isJapanese ? "使用中" : "in use"
        case "forgotten":
            return isJapanese
                ? "400 日動きがありません。完了日を入れてください" : "silent for 400 days: complete it"
        default: return isJapanese ? "完了日なし" : "not completed"
        }
    }
}

extension Option {
    fileprivate static let completedOn = Option(
        "on",
        "DATE",
        Phrase(ja: "業務が完了した日（2026-03-10 の形）", en: "day of completion, as 2026-03-10"),
        form: .of { Day($0) }
    )
    fileprivate static let goesOn = Option(
        mark: "reopen",
        Phrase(ja: "完了を取り消す（続いている）", en: "it was not completed: it goes on")
    )
    fileprivate static let whyHeld = Option(
        "reason",
        "TEXT",
        Phrase(ja: "理由（記録に残る）", en: "why; it goes on record"),
        form: .of { $0.isRemark ? $0 : nil }
    )
    fileprivate static let shownList = Option(
        "list",
        "SHA256",
        Phrase(ja: "示された一覧の SHA-256", en: "the list that was shown, by its SHA-256"),
        form: .of { Digest(hex: $0) }
    )
    fileprivate static let secondPerson = Option(
        "with",
        "NAME",
        Phrase(ja: "一覧を確かめたもう 1 人の氏名", en: "who else has checked the list"),
        form: .of { $0.isPersonName ? $0 : nil }
    )
}
