import Configuration
import Primitives

extension Command {
    /// `directory …`: the members, as every gateway knows them.
    static let directory: [Command] = [directoryFind, directoryFingerprint]

    private static let directoryFind = Command(
        ["directory", "find"],
        (
            Phrase(ja: "宛先帳", en: "the address book"),
            Example("directory find 記念病院", Phrase(ja: "会員番号、種類、名称", en: "one member a line"))
        ),
        arguments: [.query],
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let query: JSONObject = ["query": invocation.optionalText(.query).map { .string($0) }]
        let answer = try await place.ask(ControlCall("directory", place.asking(query)))
        let words = Words(language: console.language)
        let items = answer.json["items"]?.array ?? []
        if !items.isEmpty, !invocation.has(.json) { console.heading(words.memberHeading) }
        for item in items {
            console.data(invocation.has(.json) ? item.canonicalText : words.member(item))
        }
        if items.isEmpty { console.nothing() }
        return .done
    }

    private static let directoryFingerprint = Command(
        ["directory", "fingerprint"],
        (
            Phrase(ja: "電話で読み合わせる数字", en: "the digits to compare by telephone"),
            Example(
                "directory fingerprint 9910100115 --same --as 辻本 --role careManager",
                Phrase(ja: "同じだったことを記録する", en: "records that they were the same")
            )
        ),
        arguments: [.peer],
        options: [.data, .unlockFile, .organisation, .same, .agent, .role, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        var members: JSONObject = ["member": .string(invocation.text(.peer))]
        if invocation.has(.same) { members["same"] = true }
        let call = ControlCall(
            "directory.fingerprint",
            invocation.has(.same) ? try place.acting(members) : place.asking(members)
        )
        let json = try await place.ask(call).json
        guard !invocation.has(.json) else {
            console.data(json)
            return .done
        }
        let digits = (json["digits"]?.array ?? []).compactMap(\.string)
        console.data(digits.prefix(4).joined(separator: " "))
        console.data(digits.dropFirst(4).joined(separator: " "))
        if invocation.has(.same) {
            console.talk(
                Phrase(
                    ja: "読み合わせを記録しました。待っていた文書は自動で出ます。",
                    en: "The comparison is on record. What waited goes out by itself."
                )
            )
        } else {
            let name = json["name"]?.string ?? ""
            let telephone = json["telephone"]?.string ?? "-"
            console.talk(
                Phrase(
                    ja: "\(name)（\(telephone)）に電話し、1行目を読み、2行目を読んでもらってください。",
                    en: "Call \(name) (\(telephone)): read the first line, hear the second."
                )
            )
            console.next(
                "directory fingerprint \(invocation.text(.peer)) --same --as NAME --role CODE",
                after: invocation
            )
        }
        return .done
    }
}

extension Argument {
    fileprivate static let query = Argument(
        "WORD",
        Phrase(ja: "番号か名称の一部", en: "number, or part of a name"),
        count: .optional
    )
    fileprivate static let peer = Argument(
        "MEMBER",
        Phrase(ja: "会員番号または事業所番号", en: "member id or office number")
    )
}

extension Option {
    fileprivate static let same = Option(
        mark: "same",
        Phrase(ja: "電話で読み合わせ、同じだった", en: "compared by telephone, and the same")
    )
}
