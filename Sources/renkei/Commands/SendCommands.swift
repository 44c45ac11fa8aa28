import Configuration
import Delivery
import Gateway
import Primitives
import Storage

extension Command {
    /// Sending and following what was sent.
    static let sending: [Command] = [
        send, withdraw, outboxList, track, late, days, receipt, evidence, certificate,
    ]

    private static let send = Command(
        ["send"],
        (
            Phrase(ja: "シートを送る", en: "send a sheet"),
            Example(
                "send シート.json --attach 写し.pdf --as 辻本 --role careManager --wait delivered",
                Phrase(ja: "到着まで待つ", en: "waits until it has arrived")
            )
        ),
        arguments: [.sheetFile],
        options: [
            .data, .unlockFile, .organisation, .agent, .role, .to, .desk, .extract, .attach, .now,
            .wait, .timeout, .idempotencyKey, .json,
        ]
    ) { invocation, console in
        let call = try SendingCall(invocation)
        return try await call.run("send", console)
    }

    private static let withdraw = Command(
        ["withdraw"],
        (
            Phrase(ja: "送ったシートを取り消す", en: "take a sheet back"),
            Example(
                "withdraw \(Example.message) --reason wrongRecipient --as 辻本 --role careManager",
                Phrase(ja: "結果は track で宛先ごとに見る", en: "track shows each recipient's answer")
            )
        ),
        arguments: [.message],
        options: [.data, .unlockFile, .organisation, .agent, .role, .retraction, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let members: JSONObject = [
            "message": .string(invocation.text(.message)),
            "reason": invocation.text(.retraction).map { .string($0) },
        ]
        let answer: ControlAnswer
        do {
            answer = try await place.ask(ControlCall("withdraw", try place.acting(members)))
        } catch let error as any Explained where error.code.hasSameBytes(as: "outOfOrder") {
            throw NothingToWithdraw()
        }
        let result = answer.json["withdrawal"]?.string.flatMap(TakingBack.init(rawValue:))
        console.done(invocation, answer.json, (result ?? .pending).said)
        if result != .cancelled {
            console.next("track \(invocation.text(.message))", after: invocation)
        }
        return .done
    }

    private static let outboxList = Command(
        ["outbox", "list"],
        (
            Phrase(ja: "送ったシートの一覧", en: "list what was sent"),
            Example("outbox list", Phrase(ja: "状態と受付番号", en: "states and message ids"))
        ),
        options: [.data, .unlockFile, .organisation, .limit, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let answer = try await place.ask(ControlCall("outbox.list", place.listing()))
        let items = answer.json["items"]?.array ?? []
        if invocation.has(.json) {
            for item in items { console.data(item) }
        } else if items.isEmpty {
            console.nothing()
        } else {
            let words = try await place.words(console)
            for item in items { console.data(words.sent(item)) }
        }
        console.mayGoOn(invocation, after: items.count)
        return .done
    }

    private static let track = Command(
        ["track"],
        (
            Phrase(ja: "どこまで届いたかを見る", en: "see how far a message has come"),
            Example(
                "track \(Example.message)",
                Phrase(ja: "宛先ごとの状態と時刻", en: "state and time by recipient")
            )
        ),
        arguments: [.message],
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let members: JSONObject = ["message": .string(invocation.text(.message))]
        let json = try await place.ask(ControlCall("track", place.asking(members))).json
        if invocation.has(.json) {
            console.data(json)
        } else {
            let words = try await place.words(console)
            for line in words.course(json) { console.data(line) }
            for line in words.tracked(json, now: SystemTime().now) { console.data(line) }
        }
        return .done
    }

    private static let late = Command(
        ["late"],
        (
            Phrase(ja: "遅れている文書の一覧", en: "list what is late"),
            Example("late", Phrase(ja: "何が遅れ、どこに電話するか", en: "what is late and whom to call"))
        ),
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let answer = try await place.ask(ControlCall("late", place.asking()))
        let items = answer.json["items"]?.array ?? []
        if invocation.has(.json) {
            for item in items { console.data(item) }
        } else if items.isEmpty {
            console.nothing()
        } else {
            let words = try await place.words(console)
            for item in items { console.data(words.late(item)) }
        }
        return .done
    }

    private static let days = Command(
        ["gateway", "days"],
        (
            Phrase(ja: "相手の機関と食い違う日の一覧（日次照合）", en: "list days on which a peer differs"),
            Example(
                "gateway days",
                Phrase(ja: "どの日のどの文書か、どこに電話するか", en: "which messages, and whom to call")
            )
        ),
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let answer = try await place.ask(ControlCall("days", place.asking()))
        let items = answer.json["items"]?.array ?? []
        if invocation.has(.json) {
            for item in items { console.data(item) }
        } else if items.isEmpty {
            console.nothing()
        } else {
            let words = try await place.words(console)
            for item in items { for line in words.day(item) { console.data(line) } }
        }
        return .done
    }

    private static let receipt = Command(
        ["receipt"],
        (
            Phrase(ja: "受領証を見る", en: "print the receipts of a message"),
            Example(
                "receipt \(Example.message)",
                Phrase(ja: "署名した機関、担当者、証明の有無", en: "signers and proofs")
            )
        ),
        arguments: [.message],
        options: [.data, .unlockFile, .organisation, .outputFolder, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let members: JSONObject = ["message": .string(invocation.text(.message))]
        let answer = try await place.ask(ControlCall("receipts", place.asking(members)))
        let rows = answer.json["receipts"]?.array ?? []
        if let folder = invocation.text(.outputFolder) {
            try Files.makeResultFolder(folder)
            for (row, bytes) in zip(rows, answer.files) {
                let name = "\(row["type"]?.string ?? "")-\(row["sha256"]?.string?.prefix(8) ?? "")"
                try Files.replace("\(folder)/\(name).der", bytes, mode: Files.ownerOnly)
            }
        }
        if invocation.has(.json) {
            for row in rows { console.data(row) }
        } else {
            let words = try await place.words(console)
            for row in rows { console.data(words.receipt(row)) }
        }
        return .done
    }

    private static let evidence = Command(
        ["evidence"],
        (
            Phrase(ja: "到着の証拠ファイルをつくる", en: "export the evidence of a delivery"),
            Example(
                "evidence \(Example.message) -o 証拠.renkei",
                Phrase(ja: "renkei verify で確かめられる", en: "renkei verify checks it offline")
            )
        ),
        arguments: [.message],
        options: [
            .data, .unlockFile, .organisation, .recipient, .withoutContent, .output, .force,
        ]
    ) { invocation, console in
        let file = try ResultFile(invocation)
        let place = Place(.gateway, invocation)
        let members: JSONObject = [
            "message": .string(invocation.text(.message)),
            "to": invocation.text(.recipient).map { .string($0) },
            "withoutContent": .bool(invocation.has(.withoutContent)),
        ]
        let answer = try await place.ask(ControlCall("evidence", place.asking(members)))
        try file.write(answer.files.first ?? [])
        console.next("verify \(file.path.shellWord) --root root.pem", after: invocation)
        return .done
    }
}

/// Every copy has ended: nothing is left to take back.
struct NothingToWithdraw: Spoken {
    var code: String { "outOfOrder" }
    var isTemporary: Bool { false }

    var said: (summary: Phrase, advice: Phrase) {
        (
            Phrase(
                ja: "この文書は終わっていて、取り消すものがありません。",
                en: "This message has ended; nothing is left to take back."
            ),
            Phrase(
                ja: "track で状態を見てください。相手が読んだかもしれないときは電話してください。",
                en: "See track; telephone where somebody may have read it."
            )
        )
    }
}

extension OrganisationGateway.TakingBack {
    fileprivate var said: Phrase {
        switch self {
        case .cancelled:
            Phrase(ja: "取り消しました。相手には届きません。", en: "Cancelled. The recipient gets nothing.")
        case .requested:
            Phrase(
                ja: "取消を申し出ました。まだ開かれていなければ、開かれることはありません。",
                en: "Taken back: what is unopened stays unopened."
            )
        case .pending:
            Phrase(
                ja: "送信の途中です。届いたかどうかが分かりしだい取り消します。",
                en: "It is being sent; it is taken back as soon as its fate is known."
            )
        }
    }
}

private typealias TakingBack = OrganisationGateway.TakingBack

extension Argument {
    static let sheetFile = Argument(
        "FILE",
        Phrase(ja: "シートの JSON", en: "sheet as JSON"),
        form: .file
    )
}

extension Option {
    static let output = Option(output: Phrase(ja: "書き出すファイル", en: "file to write"))
    static let outputFolder = Option(
        output: Phrase(
            ja: "書き出すフォルダー。なければつくる",
            en: "folder to write into; made if there is none"
        ),
        "DIR"
    )
    static let attach = Option(
        "attach",
        "FILE",
        Phrase(ja: "添付（シートの一覧の順に）", en: "attachment, in the order of the sheet's list"),
        form: .file,
        repeats: true
    )
    static let to = Option(
        "to",
        "ORG",
        Phrase(ja: "宛先の会員番号または事業所番号（確認用）", en: "recipient, as a check")
    )
    static let extract = Option(
        "extract",
        "ORG[:FIELD,…]",
        Phrase(
            ja: "この宛先には本文のこの項目だけの抜粋を送る（項目なし: 抜粋にできるすべて）",
            en: "send this recipient an extract with these fields of the body, or all it may have"
        ),
        form: .of { ExtractOrder($0) },
        repeats: true
    )
    static let recipient = Option(
        "to",
        "ID",
        Phrase(ja: "宛先の会員番号", en: "member id of the recipient"),
        form: .of { MemberID($0) }
    )
    static let now = Option(
        mark: "now",
        Phrase(ja: "取消の時間をおかずに送る", en: "skip the time to cancel")
    )
    static let wait = Option(
        "wait",
        "STATE",
        Phrase(ja: "この状態まで待つ", en: "wait for this state"),
        form: .choice(["accepted", "delivered", "opened", "confirmed", "replied"])
    )
    static let timeout = Option(
        "timeout",
        "SECONDS",
        Phrase(ja: "待つ長さ（既定 300 秒）", en: "how long to wait, default 300"),
        form: .number(1...86_400)
    )
    static let idempotencyKey = Option(
        "idempotency-key",
        "K",
        Phrase(ja: "同じ鍵なら二重に送らない", en: "the same key never sends twice")
    )
    fileprivate static let retraction = Option(
        "reason",
        "CODE",
        Phrase(ja: "取消の理由（既定 other）", en: "why, default other"),
        form: .choice(RetractionReason.allCases.map(\.rawValue))
    )
    static let withoutContent = Option(
        mark: "without-content",
        Phrase(ja: "本文を含めない", en: "leave the content out")
    )
}
