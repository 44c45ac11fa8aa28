package import Primitives

/// A passkey as the account keeps it: its public half.
struct Passkey: Hashable, Sendable {
    /// As the authenticator names it.
    let id: [UInt8]
    /// P-256, x then y.
    let key: [UInt8]
    /// How often it has signed, as it last said; 0 where it does not count.
    var counter: Int64
    /// What its owner calls it.
    let label: String
    let createdAt: Timestamp

    init(id: [UInt8], key: [UInt8], counter: Int64, label: String, createdAt: Timestamp) {
        self.id = id
        self.key = key
        self.counter = counter
        self.label = label
        self.createdAt = createdAt
    }

    init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        id = try reader.bytes("id")
        key = try reader.bytes("key")
        counter = Int64(try reader.integer("counter"))
        label = try reader.value("label") { $0.isPersonName ? $0 : nil }
        createdAt = try reader.value("createdAt") { Timestamp($0) }
        guard (1...Limits.passkeyNameBytes).contains(id.count) else {
            throw reader.refusal(.badForm, "id")
        }
        guard key.count == 64 else { throw reader.refusal(.badForm, "key") }
        guard (0...Int64(UInt32.max)).contains(counter) else {
            throw reader.refusal(.badForm, "counter")
        }
        try reader.finish()
    }

    var json: JSON {
        [
            "id": .string(Base64.encode(id)),
            "key": .string(Base64.encode(key)),
            "counter": .integer(counter),
            "label": .string(label),
            "createdAt": .string(createdAt.description),
        ]
    }

    /// Whether a signature with this counter can be the next one (WebAuthn §7.2): a counter that
    /// does not rise tells of a copy.
    func mayFollow(_ counter: Int64) -> Bool {
        (counter == 0 && self.counter == 0) || counter > self.counter
    }
}

/// A passkey as its owner sees it in a list.
package struct PasskeyLine: Sendable {
    /// Base64url of its id.
    package let name: String
    package let label: String
    package let createdAt: Timestamp

    init(_ passkey: Passkey) {
        name = Base64.encode(passkey.id)
        label = passkey.label
        createdAt = passkey.createdAt
    }
}
