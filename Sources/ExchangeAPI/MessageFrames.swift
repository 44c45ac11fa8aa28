import Delivery
import Directory
import Primitives

// How messages and results stand in frames: one pair of functions per value, used by client and
// routes alike, so that the two ends cannot drift apart.

extension WireMessage {
    func frame(_ members: JSONObject = JSONObject()) -> Frame {
        Frame(
            .message,
            members,
            parts: [routing, submission, sealed] + (accepted.map { [$0] } ?? [])
        )
    }

    init(_ frame: Frame) throws(Refusal) {
        self = try frame.read(.message, parts: 3...4) { _ throws(DecodingRefusal) in
            WireMessage(
                routing: frame.parts[0],
                submission: frame.parts[1],
                sealed: frame.parts[2],
                accepted: frame.part(3)
            )
        }
        guard routing.count <= Limits.routingBytes, submission.count <= Limits.statementBytes,
            sealed.count <= Limits.sealedBytes
        else { throw Refusal(.tooLarge) }
    }
}

extension FetchResult {
    func frame(index: Int) -> Frame {
        switch self {
        case .message(let message, let released, let attempt):
            message.frame([
                "index": .count(index), "released": .time(released), "attempt": .count(attempt),
            ])
        case .refused(let key, let refusal):
            Frame(
                .result,
                [
                    "index": .count(index),
                    "status": .count(refusal.status),
                    "from": .name(key.from),
                    "messageId": .name(key.messageID),
                    "problem": Problem.json(refusal, trace: nil),
                ]
            )
        }
    }

    init(_ frame: Frame) throws(Refusal) {
        guard frame.kind == .message else {
            self = try frame.read(.result) { reader throws(DecodingRefusal) in
                .refused(
                    try MessageKey(reading: &reader),
                    try Problem.refusal(try reader.required("problem"))
                )
            }
            return
        }
        let message = try WireMessage(frame)
        self = try frame.read(.message, parts: 3...4) { reader throws(DecodingRefusal) in
            .message(
                message,
                released: try reader.time("released"),
                attempt: try reader.count("attempt")
            )
        }
    }
}

extension MessageKey {
    var members: JSONObject { ["from": .name(from), "messageId": .name(messageID)] }

    init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.init(
            from: try reader.identifier("from"),
            messageID: try reader.identifier("messageId")
        )
    }
}

extension InboxLine {
    var frame: Frame {
        var members = key.members
        members["urgency"] = .code(urgency)
        members["sealedLength"] = .count(sealedLength)
        members["chunkCount"] = .count(chunkCount)
        members["acceptedAt"] = .time(acceptedAt)
        members["expiresAt"] = .time(expiresAt)
        members["position"] = .integer(position)
        members["state"] = ended.map { .code($0.state) }
        members["statements"] = ended.map { .array($0.statements.map { .hash($0) }) }
        return Frame(.item, members)
    }

    init(_ frame: Frame) throws(Refusal) {
        self = try frame.read(.item) { reader throws(DecodingRefusal) in
            var line = InboxLine(
                key: try MessageKey(reading: &reader),
                urgency: try reader.code("urgency"),
                sealedLength: try reader.count("sealedLength"),
                chunkCount: try reader.count("chunkCount"),
                accepted: (
                    at: try reader.time("acceptedAt"), until: try reader.time("expiresAt")
                ),
                position: Int64(try reader.count("position"))
            )
            if let state = try reader.optionalValue("state", DeliveryState.init(rawValue:)) {
                let hashes = try reader.array("statements").map { json throws(DecodingRefusal) in
                    guard let hash = json.string.flatMap({ Digest(hex: $0) }) else {
                        throw reader.refusal(.badForm, "statements")
                    }
                    return hash
                }
                line.ended = InboxLine.Ended(state: state, statements: hashes)
            }
            return line
        }
    }
}

extension ItemResult {
    func frame(index: Int, trace: String) -> Frame {
        Frame(
            .result,
            [
                "index": .count(index),
                "status": .count(status),
                "statementSha256": statementSha256.map { .hash($0) },
                "problem": refusal.map { Problem.json($0, trace: trace) },
            ],
            parts: receipt.map { [$0] } ?? []
        )
    }

    init(_ frame: Frame) throws(Refusal) {
        self = try frame.read(.result, parts: 0...1) { reader throws(DecodingRefusal) in
            guard let problem = reader.optional("problem") else {
                return .done(
                    isNew: try reader.count("status") == 201,
                    receipt: frame.part(0)
                )
            }
            return .refused(
                try Problem.refusal(problem),
                standing: try reader.optionalDigest("statementSha256")
            )
        }
    }
}
