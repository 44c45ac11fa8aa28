import Configuration
import Delivery
import Primitives
import Storage

extension Command {
    /// Sending and following what was sent.
    static let sending: [Command] = [send, cancel, outboxList, track, receipt, evidence]

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
            .data, .unlockFile, .organisation, .agent, .role, .to, .desk, .attach, .now,
            .wait, .timeout, .idempotencyKey, .json,
        ]
    ) { invocation, console in
        let call = try SendingCall(invocation)
        return try await call.run("send", console)
    }

    private static let cancel = Command(
        ["cancel"],
        (
            Phrase(ja: "送信を取り消す（送信待ちのあいだ）", en: "cancel while it is held"),
            Example(
                "cancel \(Example.message) --as 辻本 --role careManager",
                Phrase(ja: "取消になる", en: "withdraws it")
            )
        ),
        arguments: [.message],
        options: [.data, .unlockFile, .organisation, .agent, .role]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let members: JSONObject = ["message": .string(invocation.text(.message))]
        console.data(
            try await place.ask(ControlCall("cancel", try place.acting(members))).json
        )
        return .done
    }

    private static let outboxList = Command(
        ["outbox", "list"],
        (
            Phrase(ja: "送ったシートの一覧", en: "list what was sent"),
            Example("outbox list", Phrase(ja: "状態と文書番号", en: "states and message ids"))
        ),
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let answer = try await place.ask(ControlCall("outbox.list", place.asking()))
        for item in answer.json["items"]?.array ?? [] {
            if invocation.has(.json) {
                console.data(item)
            } else {
                console.row(item, ["messageId", "state", "sheetType", "createdAt"])
            }
        }
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
            for copy in json["copies"]?.array ?? [] {
                let state = DeliveryWords.word(copy["state"]?.string ?? "", console.language)
                console.data("\(state)  \(copy["at"]?.string ?? "")  \(copy["to"]?.string ?? "")")
            }
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
        options: [.data, .unlockFile, .organisation, .output, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let members: JSONObject = ["message": .string(invocation.text(.message))]
        let answer = try await place.ask(ControlCall("receipts", place.asking(members)))
        let rows = answer.json["receipts"]?.array ?? []
        if let folder = invocation.text(.output) {
            try Files.makeFolder(folder)
            for (row, bytes) in zip(rows, answer.files) {
                let name = "\(row["type"]?.string ?? "")-\(row["sha256"]?.string?.prefix(8) ?? "")"
                try Files.replace("\(folder)/\(name).der", bytes, mode: Files.ownerOnly)
            }
        }
        for row in rows {
            if invocation.has(.json) {
                console.data(row)
            } else {
                console.row(row, ["type", "issuer", "storedAt", "proved", "by", "role", "sha256"])
            }
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
        options: [.data, .unlockFile, .organisation, .recipient, .withoutContent, .output]
    ) { invocation, console in
        guard let path = invocation.text(.output) else {
            throw UsageError.argumentMissing("-o FILE", of: invocation.command.path)
        }
        let place = Place(.gateway, invocation)
        let members: JSONObject = [
            "message": .string(invocation.text(.message)),
            "to": invocation.text(.recipient).map { .string($0) },
            "withoutContent": .bool(invocation.has(.withoutContent)),
        ]
        let answer = try await place.ask(ControlCall("evidence", place.asking(members)))
        try Files.replace(path, answer.files.first ?? [], mode: Files.ownerOnly)
        console.next("verify \(path) --root root.pem")
        return .done
    }
}

/// `send` and `inbox reply`: a file becomes a sheet on its way.
struct SendingCall {
    private let invocation: Invocation
    private let place: Place
    private let sheet: [UInt8]
    private let attachments: [[UInt8]]

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        place = Place(.gateway, invocation)
        sheet = try SheetFile.read(invocation.text(.sheetFile)).bytes
        attachments = try invocation.texts(.attach).map {
            try Files.read($0, atMost: Limits.attachmentBytes)
        }
    }

    func run(_ name: String, _ console: Console) async throws -> ExitCode {
        let members: JSONObject = [
            "to": invocation.text(.to).map { .string($0) },
            "desk": invocation.text(.desk).map { .string($0) },
            "now": .bool(invocation.has(.now)),
            "idempotencyKey": invocation.text(.idempotencyKey).map { .string($0) },
        ]
        let answer = try await place.ask(
            ControlCall(name, try place.acting(members), files: [sheet] + attachments)
        )
        var json = answer.json
        if let wanted = invocation.text(.wait).flatMap(DeliveryState.init(rawValue:)),
            let id = json["messageId"]?.string
        {
            json = try await wait(for: wanted, id, console)
        }
        if invocation.has(.json) {
            console.data(json)
        } else {
            console.data(json["messageId"]?.string ?? "")
            let state = DeliveryWords.word(json["state"]?.string ?? "", console.language)
            console.talk(Phrase(ja: "状態: \(state)", en: "state: \(state)"))
            console.next("track \(json["messageId"]?.string ?? "")")
        }
        return .done
    }

    /// Asks again until every copy has come as far, or has ended; shows the state meanwhile.
    private func wait(
        for wanted: DeliveryState,
        _ id: String,
        _ console: Console
    ) async throws -> JSON {
        let time = SystemTime()
        let deadline = time.uptime + .seconds(invocation.number(.timeout) ?? 300)
        defer { console.endProgress() }
        while true {
            let json = try await place.ask(
                ControlCall("track", place.asking(["message": .string(id)]))
            ).json
            let state = json["state"]?.string.flatMap(DeliveryState.init(rawValue:)) ?? .queued
            let word = DeliveryWords.word(state.rawValue, console.language)
            console.progress(Phrase(ja: "\(word)…", en: "\(word)…"))
            if state.isEnd { throw DeliveryEnded(state: state) }
            if state.rank >= wanted.rank { return json }
            guard time.uptime < deadline else { throw DeliveryEnded(state: state) }
            try await time.sleep(for: .milliseconds(200))
        }
    }
}

/// The delivery did not come as far as was waited for.
struct DeliveryEnded: Spoken {
    let state: DeliveryState

    var code: String { state.isEnd ? state.rawValue : "notYet" }
    var isTemporary: Bool { !state.isEnd }

    var said: (summary: Phrase, advice: Phrase) {
        let word = DeliveryWords.word(state.rawValue, .japanese)
        return (
            Phrase(ja: "状態は「\(word)」です。", en: "The state is \(state.rawValue)."),
            Phrase(
                ja: "track で経過を見るか、相手に電話で確かめてください。",
                en: "Follow it with track, or telephone the recipient."
            )
        )
    }
}

extension Argument {
    static let sheetFile = Argument(
        "FILE",
        Phrase(ja: "シートの JSON", en: "sheet as JSON"),
        form: .file
    )
}

extension Option {
    static let output = Option(output: Phrase(ja: "書き出す先", en: "where to write"))
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
    static let withoutContent = Option(
        mark: "without-content",
        Phrase(ja: "本文を含めない", en: "leave the content out")
    )
}
