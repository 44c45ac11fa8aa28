import Configuration
import Primitives

extension Command {
    /// What is awaited and owed, and what came to the wrong place.
    static let book: [Command] = [expectations, inboxReturn]

    private static let expectations = Command(
        ["expectations"],
        (
            Phrase(ja: "待っている返事と、求められている返事", en: "answers awaited and answers owed"),
            Example(
                "expectations --overdue",
                Phrase(ja: "期限を過ぎたものだけ", en: "only what is overdue")
            )
        ),
        options: [.data, .unlockFile, .organisation, .overdue, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let answer = try await place.ask(ControlCall("expectations", place.asking()))
        let items = (answer.json["items"]?.array ?? []).filter {
            !invocation.has(.overdue) || $0["overdue"]?.bool == true
        }
        guard !invocation.has(.json) else {
            for item in items { console.data(item) }
            return .done
        }
        if items.isEmpty {
            console.nothing()
            return .done
        }
        let words = try await place.words(console)
        let now = SystemTime().now
        let parts: [(direction: String, title: Phrase)] = [
            ("awaited", Phrase(ja: "返事を待っているもの", en: "Answers we wait for")),
            ("owed", Phrase(ja: "返事を求められているもの", en: "Answers asked of us")),
        ]
        for part in parts {
            let own = items.filter { $0["direction"]?.string == part.direction }
            if !own.isEmpty { console.data("\(part.title.text(console.language)):") }
            for item in own { console.data("  " + words.waiting(item, now: now)) }
        }
        return .done
    }

    private static let inboxReturn = Command(
        ["inbox", "return"],
        (
            Phrase(ja: "宛先違い・人違いを差出人に知らせる", en: "tell the sender that a sheet went astray"),
            Example(
                "inbox return \(Example.message) --reason wrongPatient --as 潮見 --role msw",
                Phrase(ja: "返信として届き、差出人に旗が立つ", en: "goes as a reply, with a red flag")
            )
        ),
        arguments: [.message],
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .returnReason, .handling, .json,
        ]
    ) { invocation, console in
        guard let reason = invocation.text(.returnReason) else {
            throw UsageError.argumentMissing("--reason CODE", of: invocation.command.path)
        }
        let place = Place(.gateway, invocation)
        let members: JSONObject = [
            "message": .string(invocation.text(.message)),
            "reason": .string(reason),
            "handling": invocation.text(.handling).map { .string($0) },
        ]
        let answer = try await place.ask(ControlCall("inbox.return", try place.acting(members)))
        console.done(
            invocation,
            answer.json,
            Phrase(
                ja: "差出人に知らせます。印刷した控えがあれば、差出人と扱いを決めるまで保管してください。",
                en: "The sender is told. Keep any print until you have agreed what becomes of it."
            )
        )
        return .done
    }
}

extension Option {
    fileprivate static let overdue = Option(
        mark: "overdue",
        Phrase(ja: "期限を過ぎたものだけ", en: "only what is overdue")
    )
    fileprivate static let returnReason = Option(
        "reason",
        "CODE",
        Phrase(
            ja: "wrongRecipient（宛先違い）か wrongPatient（人違い）",
            en: "wrongRecipient or wrongPatient"
        ),
        form: .choice(["wrongRecipient", "wrongPatient"])
    )
    fileprivate static let handling = Option(
        "handling",
        "TEXT",
        Phrase(ja: "控えをどう扱ったか（患者の情報は書かない）", en: "what was done with the copy")
    )
}
