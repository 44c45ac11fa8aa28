import Japanese
import Primitives
import Testing

struct TextTests {
    @Test(
        arguments: [
            ("ｶﾜｻｷ㈱１２", "カワサキ(株)12"), ("髙﨑　𠮷之助", "高崎 吉之助"), ("渡邉", "渡辺"), ("渡邊", "渡辺"),
            ("齋藤", "斎藤"), ("齊藤", "斎藤"), ("辻󠄁井", "辻井"), ("葛󠄀", "葛"), ("邊󠄀", "辺"),
            ("\u{FA19}", "神"), ("\u{FA10}\u{FA12}", "塚晴"), ("たかさき", "タカサキ"), ("ゔゞ", "ヴヾ"),
            ("か\u{3099}", "ガ"), ("か\u{FE00}\u{3099}", "ガ"), ("ハ\u{309A}", "パ"), ("ﾊﾟｰﾄ", "パート"),
            ("〜～~", "~~~"), ("−－-", "---"), ("㋿", "令和"), ("①Ⅲ", "1III"), ("", ""), ("abc", "abc"),
            ("ー", "ー"), ("が\0ぎ", "ガ\0ギ"),
        ]
    )
    func `search text is folded, once and for all`(text: String, folded: String) {
        #expect(SearchText.folded(text).hasSameBytes(as: folded))
        #expect(SearchText.folded(folded).hasSameBytes(as: folded))
    }

    @Test(
        arguments: [
            ("ﾀｶｻｷ ｷﾁﾉｽｹ", "タカサキ キチノスケ"), ("ｶﾞｷﾞﾊﾟｳﾞ", "ガギパヴ"), ("カﾞ", "ガ"), ("ｰ･｡", "ー・。"),
            ("ー", "ー"), ("たか１㈱", "たか１㈱"), ("ｱﾞ", "ア\u{3099}"), ("", ""), ("\u{FA19}ｱ", "\u{FA19}ア"),
        ]
    )
    func `only half-width kana is widened`(text: String, widened: String) {
        #expect(Kana.widened(text).hasSameBytes(as: widened))
    }

    @Test(arguments: ["タカサキ キチノスケ", "ヴァン・ダー　ベルク2", "ァ", "\u{30FA}", "ー", ""])
    func `katakana, blanks and digits are a reading`(text: String) {
        #expect(Kana.isReading(text))
    }

    @Test(
        arguments: [
            "たかさき", "ｱ", "高", "２", "A", "\u{30A0}", "\u{30FD}", "カ\u{3099}", "ア\u{3099}", "\n",
            "\t",
            "-", "ｰ", "\u{FF65}", "ㇰ",
        ]
    )
    func `nothing else is a reading`(text: String) {
        #expect(!Kana.isReading(text))
    }

    @Test(
        arguments: [
            ("０６－１２３４", "06-1234"), ("Ｈ１２３", "H123"), ("！～", "!~"), ("　ア〜−", "　ア〜−"), ("", ""),
        ]
    )
    func `full-width ASCII is narrowed and nothing else`(text: String, narrowed: String) {
        #expect(Width.narrowed(text).hasSameBytes(as: narrowed))
    }

    @Test(
        arguments: [
            ("", "" as String), ("abc\r\n", "6162630d0a"), ("あ亜", "82a0889f"), ("ｱ", "b1"),
            ("髙", "fbfc"),
            ("﨑", "fab1"), ("①Ⅲ㈱", "87408756878a"), ("〜～", "81608160"), ("−－", "817c817c"),
            ("—", "815c"), ("渡邉", "936ee7b3"), ("栁", "fae5" as String),
        ]
    )
    func `text is written in MS932`(text: String, hex: String) throws {
        #expect(Hex.encode(try MS932.encode(text)) == hex)
    }

    @Test func `what a reader of MS932 gets instead is told once`() {
        #expect(MS932.changes(in: "髙﨑 ㈱ カナ") == [])
        let found = MS932.changes(in: "𠮷野 葛󠄀飾 𠮷 🙂")
        #expect(found.map(\.from) == ["𠮷", "葛󠄀", "🙂"])
        #expect(found.map(\.to) == ["吉", "葛", nil])
    }

    @Test(
        arguments: [
            ("𠮷", 0), ("髙﨑 𠮷之助", 3), ("葛\u{E0100}", 1), ("辻\u{E0101}井", 1), ("𩸽", 0), ("あ😀", 1),
            ("か\u{3099}", 1),
        ]
    )
    func `what MS932 does not have is refused with its place`(text: String, offset: Int) {
        #expect(throws: MS932Refusal.character(scalarOffset: offset)) {
            try MS932.encode(text)
        }
    }
}
