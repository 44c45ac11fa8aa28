import Primitives

/// One line of the service log: JSON on standard error. It names events, codes and ids of
/// organisations, never persons, contents or targets.
struct LogLine: Sendable {
    private let time: any TimeSource
    private let sink: any TextSink

    init(time: any TimeSource, sink: any TextSink) {
        self.time = time
        self.sink = sink
    }

    func write(_ event: String, _ members: JSONObject = JSONObject()) {
        var line = members
        line["time"] = .string(time.now.description)
        line["event"] = .string(event)
        sink.write(JSON.object(line).canonicalText + "\n")
    }

    func write(_ error: any Explained, of organisation: String? = nil) {
        write(
            "failure",
            [
                "code": .string(error.code),
                "advice": .string(error.advice),
                "org": organisation.map { .string($0) },
                "temporary": .bool(error.isTemporary),
            ]
        )
    }
}
