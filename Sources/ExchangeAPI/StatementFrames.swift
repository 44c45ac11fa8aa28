import Audit
import Delivery
import Directory
package import Primitives

// How statements, events, proofs and leaves stand in frames.

extension WireStatement {
    func frame(_ members: JSONObject = JSONObject()) -> Frame {
        Frame(.statement, members, parts: [bytes] + (disclosure.map { [$0] } ?? []))
    }

    init(_ frame: Frame) throws(Refusal) {
        self = try frame.read(.statement, parts: 1...2) { _ throws(DecodingRefusal) in
            WireStatement(bytes: frame.parts[0], disclosure: frame.part(1))
        }
        guard frame.parts.allSatisfy({ $0.count <= Limits.statementBytes }) else {
            throw Refusal(.tooLarge)
        }
    }
}

extension SealedProofs {
    var frame: Frame { Frame(.proofs, ["to": .name(to)], parts: [bytes]) }

    init(_ frame: Frame) throws(Refusal) {
        self = try frame.read(.proofs, parts: 1...1) { reader throws(DecodingRefusal) in
            SealedProofs(to: try reader.identifier("to"), bytes: frame.parts[0])
        }
        guard bytes.count <= Limits.sealedProofsBytes else { throw Refusal(.tooLarge) }
    }
}

extension WireEvent {
    var frame: Frame {
        var members: JSONObject = ["cursor": .integer(cursor), "at": .time(at)]
        switch body {
        case .statement(let statement): return statement.frame(members)
        case .proofs(let from, let bytes):
            members["from"] = .name(from)
            return Frame(.proofs, members, parts: [bytes])
        case .reconciliation(let statement):
            members["type"] = .string(Self.reconciliation)
            return Frame(.notice, members, parts: [statement])
        case .notice(let notice):
            for (name, value) in notice.members.members { members[name] = value }
            return Frame(.notice, members)
        }
    }

    /// The type of the notice that brings such a statement.
    private static let reconciliation = StatementType.reconciliation.rawValue

    init(_ frame: Frame) throws(Refusal) {
        let statement = frame.kind == .statement ? try WireStatement(frame) : nil
        self = try frame.read(frame.kind, parts: 0...2) { reader throws(DecodingRefusal) in
            let body: Body
            switch (frame.kind, statement) {
            case (.statement, let statement?): body = .statement(statement)
            case (.proofs, _):
                guard let sealed = frame.part(0) else { throw reader.refusal(.badForm, "lengths") }
                body = .proofs(from: try reader.identifier("from"), bytes: sealed)
            case (.notice, _):
                let notice = try WireNotice(reading: &reader)
                body =
                    if notice.type == Self.reconciliation, let statement = frame.part(0) {
                        .reconciliation(statement)
                    } else { .notice(notice) }
            default: throw reader.refusal(.badForm, "kind")
            }
            return WireEvent(
                cursor: Int64(try reader.count("cursor")),
                at: try reader.time("at"),
                body: body
            )
        }
    }
}

extension WireNotice {
    var members: JSONObject {
        [
            "type": .string(type),
            "messageId": copy.map { .name($0.key.messageID) },
            "from": copy.map { .name($0.key.from) },
            "to": copy.map { .name($0.to) },
            "stage": copy.map { .string($0.stage) },
        ]
    }

    /// Types that are not known have any members; those of a copy are read where all are there.
    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        let type = try reader.text("type")
        let parts = (
            try reader.optionalIdentifier("messageId", as: Message.self),
            try reader.optionalIdentifier("from", as: Organisation.self),
            try reader.optionalIdentifier("to", as: Organisation.self),
            try reader.optionalText("stage")
        )
        guard let message = parts.0, let from = parts.1, let to = parts.2, let stage = parts.3
        else {
            self.init(type: type)
            return
        }
        let key = MessageKey(from: from, messageID: message)
        self.init(type: type, copy: Copy(key: key, to: to, stage: stage))
    }
}

extension WireProof {
    var frame: Frame {
        Frame(
            .proof,
            ["statementSha256": .hash(statement)],
            parts: [proof?.leaf ?? [], proof?.tlogProof ?? []]
        )
    }

    init(_ frame: Frame) throws(Refusal) {
        self = try frame.read(.proof, parts: 2...2) { reader throws(DecodingRefusal) in
            let isThere = frame.parts.allSatisfy { !$0.isEmpty }
            return WireProof(
                statement: try reader.digest("statementSha256"),
                proof: isThere
                    ? ReceiptProof(leaf: frame.parts[0], tlogProof: frame.parts[1]) : nil
            )
        }
    }
}

extension WireLeaf {
    var frame: Frame {
        Frame(.leaf, ["index": .integer(index)], parts: [leaf] + (object.map { [$0] } ?? []))
    }

    init(_ frame: Frame) throws(Refusal) {
        self = try frame.read(.leaf, parts: 1...2) { reader throws(DecodingRefusal) in
            WireLeaf(
                index: Int64(try reader.count("index")),
                leaf: frame.parts[0],
                object: frame.part(1)
            )
        }
    }
}
