import Configuration
import Primitives

extension Command {
    /// Receiving: the liaison room's morning.
    static let receiving: [Command] = [
        inboxList, inboxOpen, inboxPrint, inboxConfirm, inboxReply, inboxWatch,
    ]

    private static let inboxList = Command(
        ["inbox", "list"],
        (
            Phrase(ja: "届いたシートの一覧", en: "list what has arrived"),
            Example("inbox list", Phrase(ja: "新しい順", en: "newest first"))
        ),
        options: [.data, .unlockFile, .organisation, .limit, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let answer = try await place.ask(ControlCall("inbox.list", place.listing()))
        let items = answer.json["items"]?.array ?? []
        for item in items { show(item, invocation, console) }
        if items.isEmpty, !invocation.has(.json) { console.nothing() }
        console.mayGoOn(invocation, after: items.count)
        return .done
    }

    private static let inboxOpen = Command(
        ["inbox", "open"],
        (
            Phrase(ja: "シートを開く（開封の受領証が出る）", en: "open a sheet; makes the receipt"),
            Example(
                "inbox open \(Example.message) --as 潮見 --role msw",
                Phrase(ja: "本文を表示する", en: "prints the sheet")
            )
        ),
        arguments: [.message],
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .desk, .outputFolder, .force, .json,
        ]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let members: JSONObject = [
            "message": .string(invocation.text(.message)),
            "actingDesk": invocation.text(.desk).map { .string($0) },
        ]
        // Asked before the receipt: what lies there may be another person's.
        if let folder = invocation.text(.outputFolder) { try Files.makeResultFolder(folder) }
        if let folder = invocation.text(.outputFolder), Files.exists(folder + "/sheet.json"),
            !invocation.has(.force)
        {
            throw FileError.exists(folder + "/sheet.json")
        }
        let line = DeskLine(place)
        let answer = try await line.ask(ControlCall("inbox.open", try place.acting(members)))
        let attachments = answer.json["attachments"]?.array ?? []
        let names = attachments.compactMap { $0["name"]?.string }
        if let folder = invocation.text(.outputFolder) {
            try Files.replace(
                folder + "/sheet.json",
                answer.files.first ?? [],
                mode: Files.ownerOnly
            )
            let files = SafeName.unique(names, apartFrom: ["sheet.json"])
            for (index, name) in files.enumerated() {
                guard invocation.has(.force) || !Files.exists(folder + "/" + name) else {
                    throw FileError.exists(folder + "/" + name)
                }
                let reading: JSONObject = [
                    "reading": answer.json["reading"], "attachment": .integer(Int64(index)),
                ]
                let pieces = attachments[index]["pieces"]?.integer ?? 0
                try await save(folder + "/" + name, pieces, line) { piece in
                    var reading = reading
                    reading["piece"] = .integer(piece)
                    return ControlCall("inbox.piece", place.asking(reading))
                }
            }
        }
        if invocation.has(.json) {
            console.data(String(decoding: answer.files.first ?? [], as: UTF8.self))
        } else {
            if let withdrawal = answer.json["withdrawal"] {
                console.data(Words(language: console.language).takenBack(withdrawal))
            }
            if let newest = answer.json["newest"]?.string {
                console.talk(
                    Phrase(
                        ja: "注意: これは旧版です。新しい版は inbox open \(newest) で開けます。",
                        en: "note: an old version; open the newest with inbox open \(newest)."
                    )
                )
            }
            for line in answer.json["lines"]?.array ?? [] { console.data(line.string ?? "") }
            for name in names { console.data("別紙: \(name)") }
            console.next("inbox confirm \(invocation.text(.message))", after: invocation)
        }
        return .done
    }

    /// Writes a file of pieces, each asked for by a call.
    private static func save(
        _ path: String,
        _ pieces: Int64,
        _ line: DeskLine,
        _ call: (Int64) -> ControlCall
    ) async throws {
        let part = try Files.part(of: path, mode: Files.ownerOnly)
        for piece in 0..<pieces {
            try part.append(try await line.ask(call(piece)).files.first ?? [])
        }
        try Files.finish(part, path)
    }

    private static let inboxConfirm = Command(
        ["inbox", "confirm"],
        (
            Phrase(ja: "受領を確認する（引き受けた人として）", en: "confirm as the person who takes it over"),
            Example(
                "inbox confirm \(Example.message) --as 潮見 --role msw",
                Phrase(ja: "差出人に受領確認が届く", en: "the sender sees who took it over")
            )
        ),
        arguments: [.message],
        options: [.data, .unlockFile, .organisation, .agent, .role, .desk, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let members: JSONObject = [
            "message": .string(invocation.text(.message)),
            "actingDesk": invocation.text(.desk).map { .string($0) },
        ]
        let answer = try await place.ask(
            ControlCall("inbox.confirm", try place.acting(members))
        )
        let isAnswered = answer.json["state"]?.string?.hasSameBytes(as: "replied") ?? false
        console.done(
            invocation,
            answer.json,
            isAnswered
                ? Phrase(
                    ja: "返信済みの書類です。受領確認は送りません。",
                    en: "It was answered: no confirmation is sent."
                )
                : Phrase(
                    ja: "受領を確認しました。差出人に知らせます。",
                    en: "Confirmed. The sender is told."
                )
        )
        if answer.json["openedToo"]?.bool == true {
            // Who takes a sheet over answers for having read it: both are signed.
            console.talk(
                Phrase(
                    ja: "注意: 未開封だったので、開封の受領証にも署名しました。本文を読んでください。",
                    en: "note: it was unopened, so its opening is signed too; read it now."
                )
            )
            console.next("inbox open \(invocation.text(.message))", after: invocation)
        }
        return .done
    }

    private static let inboxReply = Command(
        ["inbox", "reply"],
        (
            Phrase(ja: "返信のシートを送る", en: "send a reply sheet"),
            Example(
                "inbox reply 返信.json --as 潮見 --role msw",
                Phrase(ja: "案件と返信元はシートに書く", en: "thread and inReplyTo stand in the sheet")
            )
        ),
        arguments: [.sheetFile],
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .desk, .to, .attach, .now,
            .wait, .timeout, .idempotencyKey, .json,
        ]
    ) { invocation, console in
        try await SendingCall(invocation).run("send", console)
    }

    private static let inboxWatch = Command(
        ["inbox", "watch"],
        (
            Phrase(ja: "届くのを見張る", en: "watch for arrivals"),
            Example("inbox watch", Phrase(ja: "届くたびに 1 行", en: "one line for each arrival"))
        ),
        options: [.data, .unlockFile, .organisation, .json, .once]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let call = ControlCall("inbox.list", place.asking())
        let time = SystemTime()
        var seen: Set<ByteText> = []
        var answer: ControlAnswer? = try await place.ask(call)
        while true {
            for item in (answer?.json["items"]?.array ?? []).reversed() {
                let key = ByteText(
                    (item["messageId"]?.string ?? "") + (item["state"]?.string ?? "")
                )
                if seen.insert(key).inserted { show(item, invocation, console) }
            }
            if invocation.has(.once) { return .done }
            try await time.sleep(for: .seconds(1))
            // Where no service runs nothing arrives: it is only looked for.
            answer = try await place.askService(call)
        }
    }

    private static func show(_ item: JSON, _ invocation: Invocation, _ console: Console) {
        console.data(
            invocation.has(.json)
                ? item.canonicalText : Words(language: console.language).arrived(item)
        )
    }
}

extension Option {
    fileprivate static let once = Option(
        mark: "once",
        Phrase(ja: "今あるものだけ", en: "only what is there now")
    )
}
