import Configuration
import Delivery
import Primitives

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
        let call = ControlCall(name, try place.acting(members), files: [sheet] + attachments)
        let served = try await place.askService(call)
        let queued =
            if let served { served.json } else { try await place.askFolder(call).json }
        // Before anything can interrupt the waiting: with its number the message can be followed.
        console.data(invocation.has(.json) ? queued.canonicalText : queued.messageText)
        if served == nil { console.talk(.nobodySends) }
        let words = Words(language: console.language)
        for line in words.receptions(queued, now: SystemTime().now) { console.talk(line) }
        let wanted = invocation.text(.wait).flatMap(DeliveryState.init(rawValue:))
        let reached = if let wanted { try await wait(for: wanted, queued, console) } else { queued }
        if invocation.has(.json) {
            if wanted != nil { console.data(reached) }
        } else {
            let state = DeliveryWords.word(reached["state"]?.string ?? "", console.language)
            console.talk(Phrase(ja: "状態: \(state)", en: "state: \(state)"))
            console.next("track \(queued.messageText)")
        }
        return .done
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
            console.progress(Phrase(ja: "\(word)…", en: "\(word)…"))
            if state.isEnd { throw DeliveryEnded(state: state) }
            if state.rank >= wanted.rank { return last }
            guard time.uptime < deadline else { throw DeliveryEnded(state: state) }
            try await time.sleep(for: answer == nil ? .seconds(1) : .milliseconds(200))
        }
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
