import Audit
import Cryptography
import Primitives
import Testing

struct CommitmentTests {
    static let salt = [UInt8](0..<32)

    @Test(arguments: CommitmentField.allCases)
    func `openssl computes the same commitment`(field: CommitmentField) throws {
        let value = "佐藤花子 \(field.rawValue)"
        let commitment = Commitment.make(
            field: field,
            value: value.bytes,
            salt: CommitmentTests.salt
        )
        let message = "renkei-commitment-v1\0\(field.rawValue)\0\(value)"
        let printed = try OpenSSLProgram.run(
            [
                "dgst", "-sha256", "-mac", "HMAC", "-macopt",
                "hexkey:" + Hex.encode(CommitmentTests.salt), "message",
            ],
            files: ["message": message.bytes]
        )
        let code = try #require(Base64.decode(commitment.text))
        #expect(printed.contains("= " + Hex.encode(code)))
    }

    @Test func `a commitment binds field, value and salt`() {
        let opening = Opening(.patient, "0123456789", salt: CommitmentTests.salt)
        let others = [
            Opening(.details, "0123456789", salt: CommitmentTests.salt),
            Opening(.patient, "0123456780", salt: CommitmentTests.salt),
            Opening(.patient, "0123456789", salt: CommitmentTests.salt.reversed()),
        ]
        #expect(!others.map(\.commitment).contains(opening.commitment))
        #expect(opening.commitment.text.utf8.count == 43)
    }

    @Test func `the same value twice has unlike commitments`() {
        let random = CountingRandom()
        let openings = [
            Opening(.patient, "0123456789", random: random),
            Opening(.patient, "0123456789", random: random),
        ]
        #expect(openings[0].commitment != openings[1].commitment)
    }

    @Test(arguments: [
        "", "AAAA", String(repeating: "A", count: 44), "+" + zeros(42), zeros(42) + "B",
    ])
    func `a text that is not base64url of 32 bytes is no commitment`(text: String) {
        #expect(Commitment(text) == nil)
        #expect(Commitment(CommitmentTests.zeros(43)) != nil)
    }

    @Test func `an opening goes through a disclosure unchanged`() throws {
        let opening = Opening(.actorName, "佐藤花子", salt: CommitmentTests.salt)
        var reader = try ObjectReader(opening.json)
        let read = try Opening(reading: &reader)
        #expect(read.commitment == opening.commitment)
        #expect(read.value.hasSameBytes(as: opening.value))
    }

    @Test(
        arguments: [
            ["value": "a", "salt": .string(zeros(43))],
            ["field": "shoeSize", "value": "a", "salt": .string(zeros(43))],
            ["field": "desk", "value": 1, "salt": .string(zeros(43))],
            ["field": "desk", "value": "a", "salt": "AAAA"],
            ["field": "desk", "value": "a", "salt": .string(zeros(43)), "more": 1],
        ] as [JSON]
    )
    func `an opening in another form is refused`(json: JSON) {
        #expect(throws: DecodingRefusal.self) {
            var reader = try ObjectReader(json)
            return try Opening(reading: &reader)
        }
    }

    @Test func `an opening does not print its value`() {
        let opening = Opening(.actorName, "佐藤花子", salt: CommitmentTests.salt)
        #expect(!"\(opening) \(String(reflecting: [opening]))".contains("佐藤"))
    }

    static func zeros(_ count: Int) -> String { String(repeating: "A", count: count) }
}
