import Primitives
import Sheets
import Testing

struct SchemaPatternTests {
    private func matches(_ pattern: String, _ text: String) throws -> Bool {
        let schema: JSON = ["pattern": .string(pattern)]
        let schemas = try SchemaSet(
            [SchemaDocument(uri: "urn:test", content: schema)],
            options: .standard,
            resolve: { _ in nil }
        )
        return schemas.validate(.string(text), against: "urn:test").isValid
    }

    @Test(
        arguments: [
            ("b", "abc"), ("^abc$", "abc"), ("^$", ""), ("^a.c$", "a髙c"), ("^.$", "𠮷"),
            ("^.$", "\u{85}"),
            ("^\\d{2,3}$", "123"), ("^\\w+$", "aZ_9"), ("^\\s$", "\u{3000}"), ("^\\s$", "\u{FEFF}"),
            ("^\\s$", "\u{2000}"),
            ("^\\S$", "\u{85}"), ("^\\D\\W$", "a髙"), ("^[\\d-]+$", "0-6"), ("^[^\\d]$", "a"),
            ("^[a-z&&b]+$", "&z"), ("^[[]$", "["), ("^[a-]$", "-"), ("^[\\b]$", "\u{8}"),
            ("^[^]$", "x"),
            ("^\\u9ad9$", "髙"), ("^\\ud842\\udfb7$", "𠮷"), ("^\\u{20BB7}$", "𠮷"),
            ("^\\x41\\cA$", "A\u{1}"),
            ("^[ァ-ヺ・ー 　0-9]*$", "タカサキ・　1"), ("^\\p{L}\\P{L}$", "髙1"), ("^\\p{Script=Han}$", "髙"),
            ("^(?:a|b)*c$", "abac"), ("^(a)\\1$", "aa"), ("^a(?=b)", "ab"), ("^a(?!b)", "ac"),
            ("^a+?b*?c??$", "aab"), ("\\bb\\b", "a b c"), ("\\Bb", "ab"), ("髙\\b", "髙a"),
            ("^\\/\\-\\.$", "/-."),
            ("^\u{FA19}$", "\u{FA19}"), ("^か\u{3099}$", "か\u{3099}"), ("^a{0}$", ""),
            ("^a{2}$", "aa"),
            ("^\\t\\n\\v\\f\\r\\0$", "\t\n\u{B}\u{C}\r\0"),
            ("^[0-9]{3}-[0-9]{4}$", "123-4567"), ("^[a-c]{2,3}$", "abc"), ("^[a-c]{2,}$", "cc"),
            ("^x[^\\u0000-\\u001F\\u007F]+$", "x髙𠮷 a"), ("^[a-c]*$", ""), ("^a?$", ""),
            ("^[a-c]+c$", "abc"), ("^a?ab$", "ab"),
        ]
    )
    func `a pattern means what ECMA-262 says`(pattern: String, text: String) throws {
        #expect(try matches(pattern, text))
    }

    @Test(
        arguments: [
            ("^abc$", "abc\n"), ("^abc$", "x\nabc"), ("^.$", "\n"), ("^.$", "\u{2028}"),
            ("^.$", "か\u{3099}"),
            ("^\\d$", "１"), ("^\\w$", "é"), ("^\\s$", "\u{85}"), ("[]", "a"),
            ("^[一-龠]$", "\u{FA19}"), ("^[^\u{FA19}]$", "\u{FA19}"), ("^\u{FA19}$", "神"),
            ("^\u{E9}$", "e\u{301}"), ("^[^\\D]$", "a"), ("^a{2}$", "aaa"), ("\\bb", "ab"),
            ("^a$", "A"),
            ("^(?:\\r\\n)$", "\n"), ("^[\\u{1F600}]$", "😀\u{FE0F}"),
            ("^[0-9]{3}-[0-9]{4}$", "123-456"), ("^[0-9]{3}-[0-9]{4}$", "123-45678"),
            ("^[0-9]{3}-[0-9]{4}$", "1234567"), ("^[a-c]{2,3}$", "a"), ("^[a-c]{2,3}$", "aaaa"),
            ("^x[^\\u0000-\\u001F\\u007F]+$", "xa\n"), ("^x[^\\u0000-\\u001F\\u007F]+$", "x"),
            ("^[^\\u0000-\\u001F\\u007F]+$", "\u{7F}"), ("^[a-c]+$", "d"), ("^a?$", "aa"),
        ]
    )
    func `and nothing else`(pattern: String, text: String) throws {
        #expect(try !matches(pattern, text))
    }

    @Test(
        arguments: [
            "(", ")", "a)", "[a", "a{", "{1}", "a{2,1}", "a{99999}", "*", "a**", "a++", "^*", "\\",
            "\\a", "\\e",
            "\\u12", "\\u{110000}", "\\ud800", "\\ud800\\u0041", "\\xg1", "\\c1", "\\p",
            "\\p{Nonsense}",
            "[z-a]", "[\\d-z]", "(?<n>a)", "(?<=a)b", "(?i)a", "a}", "]", "\\k<a>", "[\\q]",
        ]
    )
    func `what is no pattern is refused`(pattern: String) throws {
        let refusal = SchemaRefusal(.badPattern, at: "urn:test#/pattern")
        #expect(throws: refusal) { try matches(pattern, "") }
    }

    @Test(
        arguments: [
            ("(a+)+", true), ("(a*)*", true), ("(?:a{1,2}){2}", true), ("((a?)b){2,}", true),
            ("(a|ab)*", true), ("((a|b)c)+", true), ("(a)\\1", true), ("\\k<a>", true),
            ("(?:x(a+))*", true),
            ("^[0-9]{1,3}(\\.[0-9]{1,2})?$", false), ("^([0-9a-f]{4}-){3}[0-9a-f]{12}$", false),
            ("^(a|b){2}$", false), ("^a*b*c*$", false), ("^(?:a|b)?$", false), ("[a+*]+", false),
        ]
    )
    func `under the safe rule nothing may take exponential time`(
        pattern: String,
        isRefused: Bool
    ) throws {
        for schema: JSON in [
            ["pattern": .string(pattern)],
            ["patternProperties": .object([pattern: true])],
        ] {
            var refusal: SchemaRefusal?
            do {
                let document = SchemaDocument(uri: "urn:test", content: schema)
                let options = SchemaOptions.product(annotations: [])
                _ = try SchemaSet([document], options: options, resolve: { _ in nil })
            } catch {
                refusal = error
            }
            #expect(refusal?.reason == (isRefused ? .unsafePattern : nil))
        }
    }
}
