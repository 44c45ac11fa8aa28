package import Primitives

/// What a person types to say who they are (職員ID), `^[a-z0-9][a-z0-9._-]{0,31}$`.
package enum SignInForm: IdentifierForm {
    package static func accepts(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 32, isSmall(first) else {
            return false
        }
        return text.utf8.allSatisfy { isSmall($0) || "._-".utf8.contains($0) }
    }

    private static func isSmall(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

package typealias SignInName = Identifier<SignInForm>

extension Identifier where Form == SignInForm {
    /// Takes what Japanese keyboards leave in such a field: wide letters, capitals, spaces around.
    package init?(typed text: String) {
        self.init(text.narrowed.lowercasedASCII)
    }
}

extension String {
    /// Wide ASCII (ＡＢＣ１２３－) made narrow, spaces at both ends dropped.
    var narrowed: String {
        var scalars = unicodeScalars.map { scalar in
            (0xFF01...0xFF5E).contains(scalar.value)
                ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar
        }
        let spaces: Set<Unicode.Scalar> = [" ", "\u{3000}", "\t", "\n", "\r"]
        while let last = scalars.last, spaces.contains(last) { scalars.removeLast() }
        let kept = scalars.drop { spaces.contains($0) }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: kept)
        return String(text)
    }

    var lowercasedASCII: String {
        String(
            decoding: utf8.map { byte in
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
            },
            as: UTF8.self
        )
    }
}
