import Primitives
import Testing

@testable import Cryptography

struct DERReaderTests {
    /// A length in each form that BER has and DER has not, and each kind of truncation.
    @Test(
        arguments: [
            ("", DERRefusal.truncated), ("30", .truncated), ("3001", .truncated),
            ("3080", .badLength), ("308000", .badLength), ("30810100", .badLength),
            ("30817f", .badLength), ("3082000100", .badLength), ("308200ff", .badLength),
            ("3081", .truncated), ("308201", .truncated), ("30850000000001", .badLength),
            ("30ff", .badLength), ("3084ffffffff", .truncated), ("300100", .trailingBytes),
            ("3000ff", .trailingBytes), ("2400", .unexpectedTag), ("3100", .unexpectedTag),
        ]
    )
    func `a length or tag in another form is refused`(text: String, expected: DERRefusal) {
        #expect(throws: expected) {
            var reader = DERReader(hex(text))
            let contents = try reader.constructed(.sequence)
            try contents.finish()
            try reader.finish()
        }
    }

    @Test(arguments: [0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x10000])
    func `what is written is read, whatever its length`(count: Int) throws {
        let octets = [UInt8](repeating: 5, count: count)
        var reader = DERReader(DERValue.octetString(octets).encoded)
        #expect(try reader.primitive(.octetString) == octets)
        #expect(reader.isAtEnd)
    }

    @Test func `nesting ends at the limit`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            (1..<depth).reduce(DERValue.sequence([])) { inner, _ in .sequence([inner]) }.encoded
        }
        func enter(_ bytes: [UInt8]) throws(DERRefusal) {
            var reader = DERReader(bytes)
            while !reader.isAtEnd { reader = try reader.constructed(.sequence) }
        }
        try enter(nested(Limits.derDepth))
        #expect(throws: DERRefusal.tooDeep) { try enter(nested(Limits.derDepth + 1)) }
    }

    @Test(
        arguments: [
            ("0200", DERRefusal.badValue), ("020100", .badValue), ("0201ff", .badValue),
            ("02020001", .badValue), ("0202007f", .badValue), ("0203000080", .badValue),
        ]
    )
    func `an integer that is not positive and minimal is refused`(
        text: String,
        expected: DERRefusal
    ) {
        #expect(throws: expected) {
            var reader = DERReader(hex(text))
            _ = try reader.positiveInteger()
        }
    }

    @Test(arguments: [0, 1, 127, 128, 255, 256, 65_535, 0x7FFF_FFFF])
    func `a small integer survives`(number: Int) throws {
        var reader = DERReader(DERValue.integer(number).encoded)
        #expect(try reader.smallInteger() == number)
    }

    @Test(arguments: ["0200", "0201ff", "02020001", "02050100000000"])
    func `a small integer in another form is refused`(text: String) {
        #expect(throws: DERRefusal.badValue) {
            var reader = DERReader(hex(text))
            _ = try reader.smallInteger()
        }
    }

    @Test func `a Boolean is FF or 00`() throws {
        var yes = DERReader(hex("0101ff"))
        var no = DERReader(hex("010100"))
        #expect(try yes.boolean())
        #expect(try !no.boolean())
        for text in ["010101", "0100", "0102ffff"] {
            #expect(throws: DERRefusal.badValue) {
                var reader = DERReader(hex(text))
                _ = try reader.boolean()
            }
        }
    }

    @Test(arguments: ["0300", "030107", "03020700"])
    func `a bit string with unused bits is refused`(text: String) {
        #expect(throws: DERRefusal.badValue) {
            var reader = DERReader(hex(text))
            _ = try reader.octetsOfBitString()
        }
    }

    @Test(arguments: ["0c01ff", "0c0100", "0c017f", "0c02c285", "0c03eda080"])
    func `text that is not UTF-8 or has control characters is refused`(text: String) {
        #expect(throws: DERRefusal.badValue) {
            var reader = DERReader(hex(text))
            _ = try reader.text()
        }
    }

    @Test func `a set keeps its order and has no element twice`() throws {
        let set = DERValue.setOf([.integer(2), .octetString([]), .integer(1)])
        var reader = DERReader(set.encoded)
        #expect(try reader.setOf() == [hex("020101"), hex("020102"), hex("0400")])
        for wrong in ["3106020102020101", "3106020101020101"] {
            #expect(throws: DERRefusal.badOrder) {
                var reader = DERReader(hex(wrong))
                _ = try reader.setOf()
            }
        }
    }

    @Test func `named bits end at the last one set`() {
        #expect(DERValue.namedBits([0, 1]).encoded == hex("030206c0"))
        #expect(DERValue.namedBits([4]).encoded == hex("03020308"))
        #expect(DERValue.namedBits([5, 6]).encoded == hex("03020106"))
        #expect(DERValue.namedBits([]).encoded == hex("030100"))
    }
}

struct DERTimeTests {
    @Test(
        arguments: [
            ("2026-11-21T02:03:04.000Z", "170d" + "3236313132313032303330345a"),
            ("2049-12-31T23:59:59.000Z", "170d" + "3439313233313233353935395a"),
            ("2050-01-01T00:00:00.000Z", "180f" + "32303530303130313030303030305a"),
            ("1950-01-01T00:00:00.000Z", "170d" + "3530303130313030303030305a"),
        ]
    )
    func `the year decides the form`(text: String, expected: String) throws {
        let time = try #require(Timestamp(text))
        #expect(DERValue.time(time).encoded == hex(expected))
        var reader = DERReader(hex(expected))
        #expect(try reader.time() == time)
    }

    @Test(
        arguments: [
            (DERTag.generalizedTime, "20491231235959Z"), (.generalizedTime, "20500101000000"),
            (.generalizedTime, "20500101000000.0Z"), (.utcTime, "2611210203Z"),
            (.utcTime, "261121020304+0900"), (.utcTime, "261321020304Z"),
            (.utcTime, "260229020304Z"), (.utcTime, "261121240000Z"), (.utcTime, "261121020360Z"),
            (.utcTime, "26112102030aZ"), (.utcTime, ""),
        ]
    )
    func `every other form of time is refused`(tag: DERTag, text: String) {
        #expect(throws: DERRefusal.badValue) {
            var reader = DERReader(DERValue(tag, text.bytes).encoded)
            _ = try reader.time()
        }
    }
}

struct OIDTests {
    @Test(
        arguments: [
            (OID.sha256, "2.16.840.1.101.3.4.2.1", "608648016503040201"),
            (OID.ecPublicKey, "1.2.840.10045.2.1", "2a8648ce3d0201"),
            (OID.memberPolicy1, "1.3.6.1.4.1.99999.1.3.1", "2b06010401868d1f010301"),
        ]
    )
    func `an identifier has one encoding`(identifier: OID, text: String, contents: String) {
        #expect(identifier.description == text)
        #expect(identifier.contents == hex(contents))
        #expect(OID(contents: hex(contents)) == identifier)
    }

    @Test(arguments: ["", "80", "8001", "2a80", "2a8001", "2aff", "2affffffff7f"])
    func `an arc that is cut, padded or too long is refused`(contents: String) {
        #expect(OID(contents: hex(contents)) == nil)
    }

    @Test func `everything of ours is below the placeholder arc`() {
        let ours: [OID] = [
            .renkeiBinding, .memberSigning, .memberEncryption, .memberTransport, .exchangeReceipt,
            .exchangeRegistrar, .memberPolicy1,
        ]
        for identifier in ours {
            #expect(identifier.contents.starts(with: OID.renkeiPlaceholderArc.contents))
        }
        #expect(Set(ours).count == ours.count)
    }
}
