package import Cryptography
package import Primitives

/// The rules of the exchange that its members rely on: log keys, delays, clocks and limits.
///
/// Source: `envelope.md` 3; values of `exchange-api.md` 9 and 13.
package struct Policy: StatementBody {
    package static let type = StatementType.policy

    /// The exchange, by its registrar.
    package let issuer: PartyID
    /// Rises by 1; the first is 1.
    package let number: Int
    package var logs: [LogKey]
    package var witnesses: [Witness] = []
    /// Votes that a checkpoint needs beside its own signature.
    package var quorum = 0
    /// A receipt's leaf stands under a checkpoint at most so long after the receipt's own time.
    package var mergeDelaySeconds = 86_400
    package var transportFiscalYears = 5
    package var clocks = PolicyClocks()
    package var limits = PolicyLimits()
    package let from: Timestamp

    package init(issuer: ExchangeID, number: Int, logs: [LogKey], from: Timestamp) {
        self.issuer = PartyID(issuer)
        self.number = number
        self.logs = logs
        self.from = from
    }

    /// The next policy, still with the same rules.
    package func successor(from time: Timestamp) -> Policy {
        Policy(self, number: number + 1, from: time)
    }

    private init(_ policy: Policy, number: Int, from: Timestamp) {
        issuer = policy.issuer
        self.number = number
        logs = policy.logs
        witnesses = policy.witnesses
        quorum = policy.quorum
        mergeDelaySeconds = policy.mergeDelaySeconds
        transportFiscalYears = policy.transportFiscalYears
        clocks = policy.clocks
        limits = policy.limits
        self.from = from
    }

    package init(issuer: PartyID, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.issuer = issuer
        number = try reader.count("number")
        logs = try reader.records("logs")
        witnesses = try reader.records("witnesses")
        quorum = try reader.count("quorum")
        mergeDelaySeconds = try reader.count("mergeDelaySeconds")
        transportFiscalYears = try reader.count("transportFiscalYears")
        clocks = try reader.record("clocks")
        limits = try reader.record("limits")
        from = try reader.time("from")
    }

    package var members: JSONObject {
        [
            "number": .count(number),
            "logs": .records(logs),
            "witnesses": .records(witnesses),
            "quorum": .count(quorum),
            "mergeDelaySeconds": .count(mergeDelaySeconds),
            "transportFiscalYears": .count(transportFiscalYears),
            "clocks": clocks.json,
            "limits": limits.json,
            "from": .time(from),
        ]
    }
}

/// The key that signs the checkpoints of one tree.
package struct LogKey: Record {
    package let origin: ByteText
    package let publicKey: NotePublicKey

    package init(origin: ByteText, publicKey: NotePublicKey) {
        self.origin = origin
        self.publicKey = publicKey
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        origin = ByteText(try reader.filled("origin"))
        publicKey = try reader.noteKey("publicKey")
    }

    package var json: JSON {
        ["origin": .string(origin.text), "publicKey": .bytes(publicKey.bytes)]
    }
}

/// Who cosigns checkpoints, and with how many votes.
package struct Witness: Record {
    package let name: ByteText
    package let publicKey: NotePublicKey
    package let memberID: MemberID?
    package let votes: Int

    package init(name: ByteText, publicKey: NotePublicKey, memberID: MemberID?, votes: Int) {
        self.name = name
        self.publicKey = publicKey
        self.memberID = memberID
        self.votes = votes
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        name = ByteText(try reader.filled("name"))
        publicKey = try reader.noteKey("publicKey")
        memberID = try reader.optionalIdentifier("memberId")
        votes = try reader.count("votes")
    }

    package var json: JSON {
        [
            "name": .string(name.text), "publicKey": .bytes(publicKey.bytes),
            "memberId": memberID.map { .name($0) }, "votes": .count(votes),
        ]
    }
}

extension ObjectReader {
    mutating func noteKey(_ name: String) throws(DecodingRefusal) -> NotePublicKey {
        guard let key = try optionalNoteKey(name) else { throw refusal(.missingMember, name) }
        return key
    }

    mutating func optionalNoteKey(_ name: String) throws(DecodingRefusal) -> NotePublicKey? {
        try optionalValue(name) { text -> NotePublicKey? in
            guard let bytes = Base64.decode(text) else { return nil }
            do { return try NotePublicKey(bytes) } catch { return nil }
        }
    }
}
