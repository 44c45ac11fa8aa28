/// Full-width forms of ASCII (全角英数).
package enum Width {
    /// `text` with every full-width form of an ASCII character as that character, for numbers and
    /// codes at input. Blanks (U+3000) and everything else stay.
    package static func narrowed(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(narrowed(scalar)) }
        return String(result)
    }

    /// The digit (`0`…`9`) that `scalar` is in either width.
    static func digit(_ scalar: Unicode.Scalar) -> UInt8? {
        let narrow = narrowed(scalar)
        return ("0"..."9").contains(narrow) ? UInt8(ascii: narrow) : nil
    }

    private static func narrowed(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard ("\u{FF01}"..."\u{FF5E}").contains(scalar) else { return scalar }
        return Unicode.Scalar(UInt8(scalar.value - 0xFF01 + 0x21))
    }
}
