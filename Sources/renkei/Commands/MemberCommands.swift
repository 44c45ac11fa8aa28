import Configuration
import Directory
import Primitives

extension Command {
    /// `exchange member …` for those who are members already.
    static let members: [Command] = [
        memberSuspend, memberResume, memberLeave, memberReturn, memberRecover,
    ]

    private static let memberSuspend = standing(
        "suspend",
        .suspended,
        (
            Phrase(ja: "機関の利用を停止する", en: "suspend a member"),
            Phrase(ja: "の利用を停止しました。受信と返事はできます。", en: " is suspended; it still receives.")
        )
    )
    private static let memberResume = standing(
        "resume",
        .active,
        (
            Phrase(ja: "機関の利用を再開する", en: "resume a member"),
            Phrase(ja: "の利用を再開しました。", en: " is active again.")
        )
    )
    private static let memberLeave = standing(
        "leave",
        .left,
        (
            Phrase(ja: "機関を退会させる", en: "let a member leave"),
            Phrase(
                ja: "は退会しました。鍵は失効しました。30日以内なら exchange member return で戻せます。",
                en: " has left and its keys are revoked. It may return within 30 days."
            )
        )
    )

    private static func standing(
        _ word: String,
        _ status: MemberStatus,
        _ text: (summary: Phrase, done: Phrase)
    ) -> Command {
        Command(
            ["exchange", "member", word],
            (
                text.summary,
                Example(
                    "exchange member \(word) maaaaaaaaaaaaaaaaaaaaaaaaaa",
                    Phrase(ja: "記録に残る", en: "is on record")
                )
            ),
            arguments: [.member],
            options: [.data, .unlockFile, .json]
        ) { invocation, console in
            let member = invocation.text(.member)
            let answer = try await Place(.exchange, invocation).ask(
                ControlCall(
                    "member.status",
                    ["member": .string(member), "status": .code(status)]
                )
            )
            let done = Phrase(ja: "\(member) \(text.done.ja)", en: member + text.done.en)
            console.done(invocation, answer.json, done)
            return .done
        }
    }

    private static let memberReturn = paper(
        "return",
        (
            Phrase(ja: "退会した機関を戻し、新しい参加票を出す", en: "readmit a member with a new paper"),
            Phrase(ja: "退会から30日以内", en: "within 30 days")
        )
    )
    private static let memberRecover = paper(
        "recover",
        (
            Phrase(ja: "鍵を失った機関に新しい参加票を出す", en: "a new paper for a member that lost its keys"),
            Phrase(ja: "相手は電話で数字を読み合わせてから使う", en: "others compare digits before use")
        )
    )

    private static func paper(
        _ word: String,
        _ text: (summary: Phrase, effect: Phrase)
    ) -> Command {
        Command(
            ["exchange", "member", word],
            (
                text.summary,
                Example("exchange member \(word) maaaaaaaaaaaaaaaaaaaaaaaaaa", text.effect)
            ),
            arguments: [.member],
            options: [.data, .unlockFile, .url, Option(output: .paperFile), .json]
        ) { invocation, console in
            let call = ControlCall(
                "member.\(word)",
                [
                    "member": .string(invocation.text(.member)),
                    "url": invocation.text(.url).map { .string($0) },
                ]
            )
            try await console.paper(invocation, call)
            console.next(.enrolment, after: invocation)
            return .done
        }
    }
}

extension Console {
    /// Asks for a joining paper and writes it where it is wanted. Its code is shown once, so its
    /// file must be there before anything is asked for.
    func paper(_ invocation: Invocation, _ call: ControlCall) async throws {
        let path = invocation.text(Option(output: .paperFile))
        if let path { try Files.create(path, [], mode: Files.ownerOnly) }
        let answer: ControlAnswer
        do { answer = try await Place(.exchange, invocation).ask(call) } catch {
            if let path { try Files.remove(path) }
            throw error
        }
        let lines = (answer.json["paper"]?.array ?? []).compactMap(\.string)
        if let path {
            let text = lines.joined(separator: "\n") + "\n"
            try Files.replace(path, text.bytes, mode: Files.ownerOnly)
        }
        if invocation.has(.json) {
            data(["memberId": answer.json["memberId"]])
        } else if lines.isEmpty {
            let member = answer.json["memberId"]?.string ?? ""
            talk(
                Phrase(
                    ja: "紙のみの機関を登録しました（\(member)）。名簿に FAX 番号とともに載ります。",
                    en: "A member on paper is registered (\(member)), with its fax number."
                )
            )
        } else if path == nil {
            for line in lines { data(line) }
        }
    }
}
