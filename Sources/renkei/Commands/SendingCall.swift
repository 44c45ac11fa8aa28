import Configuration
import Delivery
import Primitives

/// `send` and `inbox reply`: a file becomes a sheet on its way.
struct SendingCall {
    private let invocation: Invocation
    private let place: Place
    private let sheet: [UInt8]

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        place = Place(.gateway, invocation)
        sheet = try SheetFile.read(invocation.text(.sheetFile)).bytes
    }

    func run(_ name: String, _ console: Console) async throws -> ExitCode {
        let line = DeskLine(place)
        let upload = try await attach(line, console)
        let members: JSONObject = [
            "to": invocation.text(.to).map { .string($0) },
            "desk": invocation.text(.desk).map { .string($0) },
            "extracts": .array(invocation.texts(.extract).map { .string($0) }),
            "now": .bool(invocation.has(.now)),
            "idempotencyKey": invocation.text(.idempotencyKey).map { .string($0) },
            "upload": upload,
        ]
        let call = ControlCall(name, try place.acting(members), files: [sheet])
        let queued = try await line.ask(call).json
        // Before anything can interrupt the waiting: with its number the message can be followed.
        console.data(invocation.has(.json) ? queued.canonicalText : queued.messageText)
        for extract in queued["extracts"]?.array ?? [] where !invocation.has(.json) {
            let message = extract.messageText
            console.talk(Phrase(ja: "抜粋: \(message)", en: "extract: \(message)"))
        }
        if !line.isServed { console.talk(.nobodySends) }
        let words = Words(language: console.language)
        if let earlier = queued["earlier"] {
            console.talk(words.repeated(earlier, by: queued.messageText))
        }
        for line in words.receptions(queued, now: SystemTime().now) { console.talk(line) }
        let wanted = invocation.text(.wait).flatMap(DeliveryState.init(rawValue:))
        let reached = if let wanted { try await wait(for: wanted, queued, console) } else { queued }
        if invocation.has(.json) {
            if wanted != nil { console.data(reached) }
        } else {
            let state = DeliveryWords.word(reached["state"]?.string ?? "", console.language)
            console.talk(Phrase(ja: "状態: \(state)", en: "state: \(state)"))
            console.next("track \(queued.messageText)", after: invocation)
        }
        return .done
    }

    /// Hands the attachments over in pieces, so that nobody holds one whole.
    ///
    /// - Returns: the name of what was handed over; nil without attachments.
    private func attach(_ line: DeskLine, _ console: Console) async throws -> JSON? {
        var upload: JSON?
        defer { console.endProgress() }
        for path in invocation.texts(.attach) {
            let file = try Files.open(path)
            let total = max(1, Progress.pieces(file.byteLength))
            var done = 0
            var isLast = false
            while !isLast {
                let piece = try file.read(Limits.chunkPlainBytes)
                isLast = piece.count < Limits.chunkPlainBytes
                let call = ControlCall(
                    "attach",
                    place.asking(["upload": upload, "isLast": .bool(isLast)]),
                    files: [piece]
                )
                upload = try await line.ask(call).json["upload"]
                done = min(total, done + 1)
                console.progress(Progress(done: done, total: total).phrase)
            }
        }
        return upload
    }

    /// Asks the service again until every copy has come as far, or has ended; shows the state
    /// meanwhile. Where no service runs, nothing moves: it is only looked for.
    private func wait(
        for wanted: DeliveryState,
        _ queued: JSON,
        _ console: Console
    ) async throws -> JSON {
        let time = SystemTime()
        let deadline = time.uptime + .seconds(invocation.number(.timeout) ?? 300)
        let track = ControlCall("track", place.asking(["message": queued["messageId"]]))
        var last = queued
        defer { console.endProgress() }
        while true {
            let answer = try await place.askService(track)
            if let answer { last = answer.json }
            let state = last["state"]?.string.flatMap(DeliveryState.init(rawValue:)) ?? .queued
            let word = DeliveryWords.word(state.rawValue, console.language)
            console.progress(
                Progress(last["upload"])?.phrase ?? Phrase(ja: "\(word)…", en: "\(word)…")
            )
            if state.isEnd { throw DeliveryEnded(state: state) }
            if state.rank >= wanted.rank { return last }
            guard time.uptime < deadline else { throw DeliveryEnded(state: state) }
            try await time.sleep(for: answer == nil ? .seconds(1) : .milliseconds(200))
        }
    }
}

/// How many pieces of the attachments have gone their way.
private struct Progress {
    let done: Int
    let total: Int

    init(done: Int, total: Int) {
        self.done = done
        self.total = total
    }

    init?(_ json: JSON?) {
        guard let done = json?["done"]?.integer, let total = json?["total"]?.integer else {
            return nil
        }
        self.init(done: Int(done), total: Int(total))
    }

    static func pieces(_ byteLength: Int) -> Int {
        (byteLength + Limits.chunkPlainBytes - 1) / Limits.chunkPlainBytes
    }

    var phrase: Phrase {
        Phrase(ja: "添付 \(done)/\(total)", en: "attachments \(done)/\(total)")
    }
}

extension JSON {
    fileprivate var messageText: String { self["messageId"]?.string ?? "" }
}

extension Phrase {
    fileprivate static let nobodySends = Phrase(
        ja: "注意: gateway serve が動いていません。動かすまで何も送られません。",
        en: "note: gateway serve does not run; nothing leaves until it does."
    )
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
