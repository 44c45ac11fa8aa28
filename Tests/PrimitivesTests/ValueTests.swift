import Primitives
import Testing

@Suite struct DigestTests {
    @Test func `a digest is its 32 bytes and nothing else`() throws {
        let bytes = (0..<32).map { UInt8(255 - $0 * 7 % 256) }
        let digest = try #require(Digest(bytes))
        #expect(digest.bytes == bytes && digest.hex == Hex.encode(bytes))
        #expect(Digest(hex: digest.hex) == digest)
        #expect(Digest(Array(bytes.dropLast())) == nil && Digest(bytes + [0]) == nil)
        #expect(Digest(hex: digest.hex.uppercased()) == nil && Digest(hex: "00") == nil)
    }

    @Test func `each of its bytes counts, in their order`() throws {
        let zero = try #require(Digest([UInt8](repeating: 0, count: 32)))
        var before = zero
        for place in (0..<32).reversed() {
            var bytes = zero.bytes
            bytes[place] = 1
            let digest = try #require(Digest(bytes))
            #expect(digest != zero && before < digest && !(digest < before))
            before = digest
        }
    }
}

@Suite struct TimestampTests {
    @Test(
        arguments: [
            0, 1, 999, 1000, 951_782_399_999, 951_782_400_000, 1_795_226_584_567, -1,
            -62_135_596_800_000,
            253_402_300_799_999,
        ] as [Int64]
    )
    func `a moment reads back from its text`(_ milliseconds: Int64) {
        let time = Timestamp(milliseconds: milliseconds)
        #expect(time.description.utf8.count == 24 && Timestamp(time.description) == time)
        #expect(time.description.hasPrefix(time.day.description))
    }

    @Test(arguments: [
        "2026-02-29T00:00:00.000Z", "2026-11-21T24:00:00.000Z", "2026-11-21T02:60:04.567Z",
        "2026-11-21T02:03:60.567Z", "2026-11-21T02:03:04.56Z", "2026-11-21 02:03:04.567Z",
        "2026-11-21T02:03:04.567z", "2026-11-21T02:03:04.567+00", "٢٠٢٦-11-21T02:03:04Z",
    ])
    func `what is no moment in the one form is none`(_ text: String) {
        #expect(Timestamp(text) == nil)
    }
}

@Suite struct IdentifierTests {
    @Test(arguments: [
        ("01933b5c-0000-7000-8000-000000000001", true),
        ("01933b5c-0000-4000-8000-000000000001", false),
        ("01933b5c-0000-7000-8000-00000000000", false),
        ("01933B5c-0000-7000-8000-000000000001", false),
        ("01933b5c00000-7000-8000-000000000001", false),
    ])
    func `a message is a UUID of version 7 in lower case`(_ text: String, _ isGood: Bool) {
        #expect((MessageID(text) != nil) == isGood)
    }

    @Test func `a member is m and 128 bits in base32`() {
        let member = MemberID.make(CountingBytes())
        #expect(MemberID(member.text) == member && PartyID(member.text) != nil)
        #expect(ExchangeID(member.text) == nil)
        for text in [
            "x" + member.text.dropFirst(), member.text.uppercased(), String(member.text.dropLast()),
            member.text.dropLast() + "b", "m" + String(repeating: "1", count: 26), "ｍ", "",
        ] { #expect(MemberID(String(text)) == nil, "\(text)") }
    }
}

/// Bytes that are known.
private struct CountingBytes: RandomSource {
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0) } }
}
