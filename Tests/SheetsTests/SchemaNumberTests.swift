import Primitives
import Sheets
import Testing

struct SchemaNumberTests {
    @Test(
        arguments: [
            (#"{"multipleOf":0.01}"#, "19.99"), (#"{"multipleOf":0.1}"#, "0.3"),
            (#"{"multipleOf":1e-8}"#, "12391239123"), (#"{"multipleOf":3}"#, "3e400"),
            (#"{"multipleOf":7}"#, "0e99"), (#"{"multipleOf":25}"#, "1e2"),
            (#"{"multipleOf":1e3}"#, "-5000"),
            (#"{"type":"integer"}"#, "1.0"), (#"{"type":"integer"}"#, "1e400"),
            (#"{"type":"integer"}"#, "98249283749234923498293171823948729348710298301928331"),
            (#"{"const":1}"#, "1.0"), (#"{"const":1.5}"#, "15e-1"), (#"{"const":0}"#, "-0.0"),
            (#"{"const":0}"#, "-0"), (#"{"enum":[100]}"#, "1E+2"),
            (#"{"const":9007199254740993}"#, "9007199254740993.0"),
            (#"{"maximum":0.3}"#, "0.3"), (#"{"minimum":-2.5}"#, "-2.50"),
            (#"{"exclusiveMinimum":-1e-400}"#, "0"),
            (#"{"minimum":10}"#, "1e999999999999999999999999"),
            (#"{"maximum":-10}"#, "-1e999999999999999999999999"),
            (#"{"maxLength":2.0}"#, #""ab""#),
            (#"{"uniqueItems":true}"#, "[1,true,1.5,\"1\",[1],[true]]"),
            (#"{"uniqueItems":true}"#, #"[{"a":1,"b":2},{"a":2,"b":1}]"#),
        ]
    )
    func `numbers are exact`(schema: String, instance: String) throws {
        #expect(try outcome(schema, instance).isValid)
    }

    @Test(
        arguments: [
            (#"{"multipleOf":0.01}"#, "19.995"), (#"{"multipleOf":3}"#, "1e400"),
            (#"{"multipleOf":10}"#, "1e-1"), (#"{"type":"integer"}"#, "1e-1"),
            (#"{"const":9007199254740992}"#, "9007199254740993"), (#"{"const":1}"#, "true"),
            (#"{"const":9007199254740992}"#, "9007199254740993.0"), (#"{"const":1}"#, #""1""#),
            (#"{"maximum":0.3}"#, "0.30000000000000000001"), (#"{"minimum":-2.5}"#, "-2.51"),
            (#"{"exclusiveMaximum":3}"#, "3.0"), (#"{"exclusiveMinimum":-1e-400}"#, "-1e-400"),
            (
                #"{"exclusiveMaximum":972783798187987123879878123.18878137}"#,
                "972783798187987123879878123.188781371"
            ),
            (#"{"minimum":100}"#, "99.9"), (#"{"minimum":0}"#, "-1e-9"),
            (#"{"maximum":0}"#, "1e-9"),
            (#"{"uniqueItems":true}"#, "[1,1.0]"), (#"{"uniqueItems":true}"#, "[[10],[1e1]]"),
            (#"{"uniqueItems":true}"#, #"[{"a":1,"b":2},{"b":2,"a":1.0}]"#),
        ]
    )
    func `exact numbers are not rounded into validity`(schema: String, instance: String) throws {
        #expect(try outcome(schema, instance).isValid == false)
    }

    @Test(
        arguments: [
            ("\u{FA19}", "\u{795E}"), ("\u{E9}", "e\u{301}"), ("が", "か\u{3099}"),
            ("辻", "辻\u{E0101}"),
        ]
    )
    func `texts that only look alike are different`(one: String, other: String) throws {
        let schema: JSON = [
            "const": .string(one), "properties": .object([one: false]), "required": [.string(one)],
        ]
        let schemas = try SchemaSet(
            [SchemaDocument(uri: "urn:test", content: schema)],
            options: .standard,
            resolve: { _ in nil }
        )
        #expect(schemas.validate(.string(one), against: "urn:test").isValid)
        #expect(!schemas.validate(.string(other), against: "urn:test").isValid)
        let object = schemas.validate(.object([other: 1]), against: "urn:test")
        #expect(object.problems.map(\.keyword).sorted() == ["const", "required"])
        let array: JSON = ["uniqueItems": true]
        let unique = try SchemaSet(
            [SchemaDocument(uri: "urn:test", content: array)],
            options: .standard,
            resolve: { _ in nil }
        )
        #expect(unique.validate([.string(one), .string(other)], against: "urn:test").isValid)
    }

    @Test(arguments: [
        ("髙﨑 𠮷之助", 6), ("辻\u{E0101}", 2), ("か\u{3099}", 2), ("👨‍👩‍👧", 5), ("\r\n", 2), ("", 0),
    ])
    func `lengths count Unicode scalars`(text: String, length: Int64) throws {
        for (limit, isValid) in [(length, true), (length - 1, false)] where limit >= 0 {
            let schema = try schemaSet(#"{"maxLength":\#(limit)}"#)
            #expect(schema.validate(.string(text), against: "urn:test").isValid == isValid)
        }
        let least = try schemaSet(#"{"minLength":\#(length + 1)}"#)
        #expect(!least.validate(.string(text), against: "urn:test").isValid)
    }

    @Test func `a long array is compared in one pass`() throws {
        let elements = (0..<100_000).map { JSON.integer($0) }
        let schemas = try schemaSet(#"{"uniqueItems":true}"#)
        #expect(schemas.validate(.array(elements), against: "urn:test").isValid)
        #expect(!schemas.validate(.array(elements + [99_999]), against: "urn:test").isValid)
    }
}
