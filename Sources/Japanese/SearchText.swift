/// The folded copy of a text, by which it is found. It is never stored or shown.
package enum SearchText {
    /// `text` in NFKC, hiragana as katakana, variant characters of names as their usual form,
    /// variation selectors dropped, wave dashes and minus signs in one form each.
    ///
    /// Folding what is folded changes nothing.
    package static func folded(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in NFKC.normalized(text).unicodeScalars where !isVariationSelector(scalar) {
            result.append(variants[scalar] ?? Kana.katakana(scalar))
        }
        // Dropping a selector can bring together what composes.
        return NFKC.normalized(String(result))
    }

    /// The same without blanks: people put them into a name anywhere or nowhere.
    package static func withoutBlanks(_ text: String) -> String {
        folded(text).filter { !$0.isWhitespace }
    }

    private static func isVariationSelector(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\u{FE00}"..."\u{FE0F}", "\u{E0100}"..."\u{E01EF}": true
        default: false
        }
    }

    /// After NFKC, which has made U+FA19 a 神 and ～ a tilde.
    private static let variants: [Unicode.Scalar: Unicode.Scalar] = [
        "\u{9AD9}": "高",  // 髙
        "\u{FA11}": "崎",  // 﨑
        "\u{20BB7}": "吉",  // 𠮷
        "\u{9089}": "辺",  // 邉
        "\u{908A}": "辺",  // 邊
        "\u{9F4B}": "斎",  // 齋
        "\u{9F4A}": "斎",  // 齊
        "\u{301C}": "~",  // 〜
        "\u{2212}": "-",  // −
    ]
}
