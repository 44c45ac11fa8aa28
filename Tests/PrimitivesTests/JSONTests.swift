import Primitives
import Testing

@Suite struct JSONReadingTests {
    @Test(arguments: [
        (#"{"a":1,"a":2}"#, DecodingRefusal.Reason.duplicateMember),
        (#"{"b":1,"a":2,"b":3}"#, .duplicateMember),
        (#"{"a":1"#, .badSyntax), ("[1,]", .badSyntax), ("01", .badSyntax),
        ("\"a\nb\"", .badSyntax),
        (#""\x""#, .badSyntax), (#""\ud800""#, .badUTF8), (#""\ud800\u0041""#, .badUTF8),
        ("1 2", .trailingBytes), ("\u{FEFF}1", .badSyntax), ("null", .nullForbidden),
        ("1.5", .fractionForbidden), ("9007199254740992", .numberTooLarge),
    ])
    func `what is not strict is refused`(_ text: String, _ reason: DecodingRefusal.Reason) {
        let refusal = #expect(throws: DecodingRefusal.self) { try JSON(reading: text.bytes) }
        #expect(refusal?.reason == reason)
    }

    /// Schemas compare such numbers digit by digit.
    @Test(arguments: ["1e400", "-1e400", "[0,1e309]"])
    func `a number beyond every double is written as it was read`(_ text: String) throws {
        #expect(try JSON(reading: text.bytes, .general).canonicalText == text)
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0x41, 0xE3, 0x81, 0x22], [0x22, 0x5C, 0x6E, 0xE3, 0x81, 0x22],
        ] as [[UInt8]]
    )
    func `bytes that are no UTF-8 are refused`(_ bytes: [UInt8]) {
        let refusal = #expect(throws: DecodingRefusal.self) { try JSON(reading: bytes) }
        #expect(refusal?.reason == .badUTF8)
    }

    @Test func `text comes through byte for byte, with escapes and without`() throws {
        let text =
            #"["","日本 太郎","e\u0301 é","\"\\\/\b\f\n\r\t","\ud83d\ude00😀","\u795e\ufa19",""#
            + "\u{795E}\u{FA19}\"]"
        let expected = [
            "", "日本 太郎", "e\u{301} é", "\"\\/\u{8}\u{C}\n\r\t", "😀😀", "\u{795E}\u{FA19}",
            "\u{795E}\u{FA19}",
        ]
        let array = try #require(try JSON(reading: text.bytes).array)
        #expect(array.count == expected.count)
        for (value, wanted) in zip(array, expected) {
            #expect(try #require(value.string).hasSameBytes(as: wanted))
        }
    }

    /// Above a dozen members they are found in other ways, ordered and not.
    @Test(arguments: [1, 2, 12, 13, 14, 40], [true, false])
    func `members are found, replaced and removed, however many there are`(
        _ count: Int,
        _ isOrdered: Bool
    ) throws {
        let names = (0..<count).map { "member\(isOrdered ? 100 + $0 : 200 - $0)" }
        var object = JSONObject()
        for (place, name) in names.enumerated() { object[name] = .integer(Int64(place)) }
        let twice =
            "{" + (names + names.suffix(1)).map { "\"\($0)\":1" }.joined(separator: ",") + "}"
        #expect(throws: DecodingRefusal.self) { try JSON(reading: twice.bytes) }
        for (place, name) in names.enumerated() {
            #expect(object[name]?.integer == Int64(place) && object.position(of: name) == place)
        }
        object[names[0]] = "new"
        #expect(object.count == count && object[names[0]]?.string == "new")
        object[names[0]] = nil
        #expect(object[names[0]] == nil && object.names == Array(names.dropFirst()))
        for (place, name) in names.dropFirst().enumerated() {
            #expect(object.position(of: name) == place)
        }
        object["é"] = 1
        #expect(object["e\u{301}"] == nil && object["é"]?.integer == 1)
    }

    @Test func `a reader refuses what nobody asked for`() throws {
        var reader = try ObjectReader(["a": 1, "b": "two"])
        #expect(try reader.integer("a") == 1)
        #expect(reader.optional("c") == nil)
        #expect(throws: DecodingRefusal.self) { try reader.finish() }
        #expect(try reader.text("b") == "two")
        try reader.finish()
    }
}

@Suite struct CanonicalFormTests {
    /// RFC 8785 §3.2.3.
    @Test func `members stand in the order of UTF-16`() throws {
        let text = #"""
            {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
            "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control",
            "\u00f6":"Latin Small Letter O With Diaeresis"}
            """#
        let json = try JSON(reading: text.bytes)
        let names = try JSON(reading: json.canonicalBytes).object?.names
        #expect(names == ["\r", "1", "\u{80}", "ö", "€", "😀", "\u{FB33}"])
    }

    /// Against the definition, over names of all lengths of UTF-8.
    @Test func `the order is that of UTF-16 for any names`() throws {
        let letters: [Character] = ["a", "é", "あ", "\u{D7FF}", "\u{E000}", "\u{FFFD}", "😀", "𠮷"]
        var names: Set<ByteText> = []
        for first in letters {
            for second in letters {
                for third in letters { names.insert(ByteText(String([first, second, third]))) }
                names.insert(ByteText(String([first, second])))
            }
            names.insert(ByteText(String(first)))
        }
        var object = JSONObject()
        for name in names { object[name.text] = true }
        let written = try #require(try JSON(reading: JSON.object(object).canonicalBytes).object)
        let expected = names.map(\.text).sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
        #expect(written.count == names.count)
        #expect(written.names.elementsEqual(expected) { $0.hasSameBytes(as: $1) })
    }

    @Test func `only what RFC 8785 escapes is escaped`() throws {
        let text = "\u{0}\u{1F}\u{7F}\"\\/\u{8}\t\n\u{C}\r日本"
        let expected = #""\u0000\u001f"# + "\u{7F}" + #"\"\\/\b\t\n\f\r日本""#
        #expect(JSON.string(text).canonicalText == expected)
    }

    /// Against the definition: every change of one byte, with and without all that is allowed.
    @Test(arguments: [JSONRules.strict, .general])
    func `canonical is what is written as it was read`(_ rules: JSONRules) throws {
        let text = #"{"a":{"\\":[],"é":-7},"b":[true,0,"\t\u001f\"/"],"日":{}}"#
        var fractions = [#"[1.5,1e+30,-2]"#, "-0", "[1.0]", "[1e5]", "12", "-12", "[0.10]"]
        if !rules.allowsFractions { fractions = [] }
        let letters = Array("ab01-.eE+[]{},:\"\\/ \tunt".utf8)
        var counts = (canonical: 0, other: 0)
        for original in ([text] + fractions).map(\.bytes) {
            for place in original.indices {
                for letter in letters {
                    var bytes = original
                    bytes[place] = letter
                    let read = Result { () throws(DecodingRefusal) in
                        try JSON(reading: bytes, rules)
                    }
                    let known = Result { () throws(DecodingRefusal) in
                        try JSON(canonical: bytes, rules)
                    }
                    switch (read, known) {
                    case (.failure(let refusal), .failure(let other)): #expect(refusal == other)
                    case (.success(let json), .success):
                        #expect(json.canonicalBytes == bytes)
                        counts.canonical += 1
                    case (.success(let json), .failure(let refusal)):
                        #expect(json.canonicalBytes != bytes && refusal.reason == .notCanonical)
                        counts.other += 1
                    case (.failure(let refusal), .success): Issue.record(refusal)
                    }
                }
            }
        }
        #expect(counts.canonical > 100 && counts.other > 10)
    }

    @Test(arguments: [#"{"b":1,"a":2}"#, #"{"a": 1}"#, #""\u0041""#, #""\/""#])
    func `another form of the same is refused`(_ text: String) {
        let refusal = #expect(throws: DecodingRefusal.self) { try JSON(canonical: text.bytes) }
        #expect(refusal?.reason == .notCanonical)
    }
}
