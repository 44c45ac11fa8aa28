import Audit
import Delivery
import Primitives

// How each value of `ExchangeService` stands in a frame: one pair of functions per kind, used by
// client and routes alike, so that the two ends cannot drift apart.

extension WireMessage {
    var frame: Frame {
        Frame(.message, parts: [routing, submission, sealed] + (accepted.map { [$0] } ?? []))
    }

    init(_ frame: Frame) throws(Refusal) {
        guard frame.kind == .message, (3...4).contains(frame.parts.count),
            frame.parts[0].count <= Limits.routingBytes,
            frame.parts[1].count <= Limits.statementBytes,
            frame.parts[2].count <= Limits.sealedBytes
        else { throw Refusal(.malformed) }
        self.init(
            routing: frame.parts[0],
            submission: frame.parts[1],
            sealed: frame.parts[2],
            accepted: frame.parts.count == 4 ? frame.parts[3] : nil
        )
    }
}

extension FetchResult {
    func frame(index: Int) -> Frame {
        switch self {
        case .message(let message, let released, let attempt):
            Frame(
                .message,
                [
                    "index": .integer(Int64(index)),
                    "released": .string(released.description),
                    "attempt": .integer(Int64(attempt)),
                ],
                parts: message.frame.parts
            )
        case .refused(let key, let refusal):
            Frame(
                .result,
                [
                    "index": .integer(Int64(index)),
                    "status": .integer(Int64(refusal.status)),
                    "from": .string(key.from.text),
                    "messageId": .string(key.messageID.text),
                    "problem": Problem.json(refusal, trace: ""),
                ]
            )
        }
    }

    init(_ frame: Frame) throws(Refusal) {
        if frame.kind == .message {
            let message = try WireMessage(frame)
            guard let released = frame.members["released"]?.string.flatMap(Timestamp.init(_:)),
                let attempt = frame.members["attempt"]?.integer
            else { throw Refusal(.malformed) }
            self = .message(message, released: released, attempt: Int(attempt))
        } else {
            guard let key = MessageKey(frame.members), let problem = frame.members["problem"]
            else { throw Refusal(.malformed) }
            self = .refused(key, try refusal(from: problem))
        }
    }
}

extension MessageKey {
    var members: JSONObject {
        ["from": .string(from.text), "messageId": .string(messageID.text)]
    }

    init?(_ members: JSONObject) {
        guard let from = members["from"]?.string.flatMap(MemberID.init(_:)),
            let messageID = members["messageId"]?.string.flatMap(MessageID.init(_:))
        else { return nil }
        self.init(from: from, messageID: messageID)
    }
}

extension InboxLine {
    var frame: Frame {
        var members = key.members
        members["urgency"] = .string(urgency.rawValue)
        members["sealedLength"] = .integer(Int64(sealedLength))
        members["chunkCount"] = .integer(Int64(chunkCount))
        members["acceptedAt"] = .string(acceptedAt.description)
        members["expiresAt"] = .string(expiresAt.description)
        members["position"] = .integer(position)
        return Frame(.item, members)
    }

    init(_ frame: Frame) throws(DecodingRefusal) {
        var reader = try frame.reader
        guard frame.kind == .item, let key = MessageKey(frame.members) else {
            throw DecodingRefusal(.badForm)
        }
        self.init(
            key: key,
            urgency: try reader.value("urgency", Urgency.init(rawValue:)),
            sealedLength: try reader.integer("sealedLength"),
            chunkCount: try reader.integer("chunkCount"),
            accepted: (
                at: try reader.value("acceptedAt", Timestamp.init(_:)),
                until: try reader.value("expiresAt", Timestamp.init(_:))
            ),
            position: Int64(try reader.integer("position"))
        )
    }
}

extension ItemResult {
    func frame(index: Int, trace: String) -> Frame {
        Frame(
            .result,
            [
                "index": .integer(Int64(index)),
                "status": .integer(Int64(status)),
                "problem": refusal.map { Problem.json($0, trace: trace) },
            ],
            parts: receipt.map { [$0] } ?? []
        )
    }

    init(_ frame: Frame) throws(Refusal) {
        guard frame.kind == .result, let status = frame.members["status"]?.integer,
            frame.parts.count <= 1
        else { throw Refusal(.malformed) }
        if let problem = frame.members["problem"] {
            self = .refused(try refusal(from: problem))
        } else {
            self = .done(isNew: status == 201, receipt: frame.parts.first)
        }
    }
}

extension WireStatement {
    func frame(_ members: JSONObject = JSONObject()) -> Frame {
        Frame(.statement, members, parts: [bytes] + (disclosure.map { [$0] } ?? []))
    }

    init(_ frame: Frame) throws(Refusal) {
        guard frame.kind == .statement, (1...2).contains(frame.parts.count),
            frame.parts.allSatisfy({ $0.count <= Limits.statementBytes })
        else { throw Refusal(.malformed) }
        self.init(
            bytes: frame.parts[0],
            disclosure: frame.parts.count == 2 ? frame.parts[1] : nil
        )
    }
}

extension SealedProofs {
    var frame: Frame { Frame(.proofs, ["to": .string(to.text)], parts: [bytes]) }

    init(_ frame: Frame) throws(Refusal) {
        guard frame.kind == .proofs, frame.parts.count == 1,
            frame.parts[0].count <= Limits.sealedProofsBytes,
            let to = frame.members["to"]?.string.flatMap(MemberID.init(_:))
        else { throw Refusal(.malformed) }
        self.init(to: to, bytes: frame.parts[0])
    }
}

extension WireEvent {
    var frame: Frame {
        var members: JSONObject = [
            "cursor": .integer(cursor), "at": .string(at.description),
        ]
        switch body {
        case .statement(let statement): return statement.frame(members)
        case .proofs(let from, let bytes):
            members["from"] = .string(from.text)
            return Frame(.proofs, members, parts: [bytes])
        case .notice(let type):
            members["type"] = .string(type)
            return Frame(.notice, members)
        }
    }

    init(_ frame: Frame) throws(Refusal) {
        guard let cursor = frame.members["cursor"]?.integer,
            let at = frame.members["at"]?.string.flatMap(Timestamp.init(_:))
        else { throw Refusal(.malformed) }
        let body: Body
        switch frame.kind {
        case .statement: body = .statement(try WireStatement(frame))
        case .proofs:
            guard let from = frame.members["from"]?.string.flatMap(MemberID.init(_:)),
                frame.parts.count == 1
            else { throw Refusal(.malformed) }
            body = .proofs(from: from, bytes: frame.parts[0])
        case .notice: body = .notice(type: frame.members["type"]?.string ?? "")
        default: throw Refusal(.malformed)
        }
        self.init(cursor: cursor, at: at, body: body)
    }
}

extension WireProof {
    var frame: Frame {
        Frame(
            .proof,
            ["statementSha256": .string(statement.hex)],
            parts: [proof?.leaf ?? [], proof?.tlogProof ?? []]
        )
    }

    init(_ frame: Frame) throws(Refusal) {
        guard frame.kind == .proof, frame.parts.count == 2,
            let statement = frame.members["statementSha256"]?.string.flatMap(Digest.init(hex:))
        else { throw Refusal(.malformed) }
        let isThere = !frame.parts[0].isEmpty && !frame.parts[1].isEmpty
        self.init(
            statement: statement,
            proof: isThere
                ? ReceiptProof(leaf: frame.parts[0], tlogProof: frame.parts[1]) : nil
        )
    }
}

extension WireLeaf {
    var frame: Frame {
        Frame(
            .leaf,
            ["index": .integer(index)],
            parts: [leaf] + (object.map { [$0] } ?? [])
        )
    }

    init(_ frame: Frame) throws(Refusal) {
        guard frame.kind == .leaf, let index = frame.members["index"]?.integer,
            (1...2).contains(frame.parts.count)
        else { throw Refusal(.malformed) }
        self.init(
            index: index,
            leaf: frame.parts[0],
            object: frame.parts.count == 2 ? frame.parts[1] : nil
        )
    }
}

extension CopyReport {
    var json: JSON {
        [
            "messageId": .string(messageID.text),
            "to": .string(to.text),
            "state": .string(state.rawValue),
            "acceptedAt": .string(acceptedAt.description),
            "statements": .array(statements.map { .string($0.hex) }),
        ]
    }

    init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        var statements: [Digest] = []
        for element in try reader.array("statements") {
            guard let digest = element.string.flatMap(Digest.init(hex:)) else {
                throw reader.refusal(.badForm, "statements")
            }
            statements.append(digest)
        }
        self.init(
            messageID: try reader.value("messageId", MessageID.init(_:)),
            to: try reader.value("to", MemberID.init(_:)),
            state: try reader.value("state", DeliveryState.init(rawValue:)),
            acceptedAt: try reader.value("acceptedAt", Timestamp.init(_:)),
            statements: statements
        )
    }
}

extension ExchangeStatus {
    var json: JSON {
        var sizes = JSONObject()
        for (tree, size) in treeSizes { sizes[tree.rawValue] = .integer(Int64(size)) }
        return [
            "exchange": .string(exchange.text),
            "suites": .array(suites.map { .string($0) }),
            "time": .string(time.description),
            "treeSizes": .object(sizes),
            "operatorTelephone": operatorTelephone.map { .string($0) },
        ]
    }

    /// Additive members of a newer exchange are ignored.
    init(_ json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        var sizes: [TreeKind: UInt64] = [:]
        for member in try reader.required("treeSizes").object?.members ?? [] {
            guard let tree = TreeKind(rawValue: member.name), let size = member.value.integer
            else { continue }
            sizes[tree] = UInt64(max(0, size))
        }
        self.init(
            exchange: try reader.value("exchange", ExchangeID.init(_:)),
            suites: try reader.array("suites").compactMap(\.string),
            time: try reader.value("time", Timestamp.init(_:)),
            treeSizes: sizes,
            operatorTelephone: try reader.optionalText("operatorTelephone")
        )
    }
}

private func refusal(from problem: JSON) throws(Refusal) -> Refusal {
    do throws(DecodingRefusal) { return try Problem.refusal(problem) } catch {
        throw Refusal(.malformed)
    }
}
