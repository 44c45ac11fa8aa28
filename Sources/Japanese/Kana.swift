/// Katakana in the fields for readings (フリガナ).
package enum Kana {
    /// Rule P4: katakana U+30A1–30FA, ー, ・, a blank of either width, ASCII digits.
    package static func isReading(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "\u{30A1}"..."\u{30FA}", "\u{30FB}", "\u{30FC}", " ", "\u{3000}", "0"..."9": true
            default: false
            }
        }
    }

    /// `text` with half-width kana (ｶﾞ) in full width (ガ); everything else stays.
    package static func widened(_ text: String) -> String {
        var result = ""
        var kana = ""
        for scalar in text.unicodeScalars {
            if isKatakana(scalar) {
                kana.unicodeScalars.append(scalar)
            } else {
                result += NFKC.normalized(kana)
                result.unicodeScalars.append(scalar)
                kana = ""
            }
        }
        return result + NFKC.normalized(kana)
    }

    /// In either width. Full-width letters go along so that a half-width voicing mark after one
    /// joins it; by themselves they do not change.
    private static func isKatakana(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\u{30A1}"..."\u{30FA}", "\u{30FC}", "\u{FF61}"..."\u{FF9F}": true
        default: false
        }
    }

    /// The katakana of a hiragana; any other scalar unchanged.
    static func katakana(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "\u{3041}"..."\u{3096}", "\u{309D}"..."\u{309E}":
            Unicode.Scalar(scalar.value + 0x60) ?? scalar
        default: scalar
        }
    }
}
