import Glibc
import Primitives

/// The character set of the care-plan files (MS932, Windows-31J).
package enum MS932 {
    /// The bytes of `text`. Nothing is replaced or left out.
    ///
    /// - Throws: `MS932Refusal` at the first character that MS932 does not have: 𠮷, 𩸽, variation
    ///   selectors.
    package static func encode(_ text: String) throws(MS932Refusal) -> [UInt8] {
        let converter = unsafe iconv_open("CP932", "UTF-8")
        guard Int(bitPattern: converter) != -1 else { throw .noConverter }
        defer { unsafe iconv_close(converter) }
        var input = Array(text.utf8).map { CChar(bitPattern: $0) }
        // No character takes more bytes in MS932 than in UTF-8.
        var output = [CChar](repeating: 0, count: input.count)
        var (inputLeft, outputLeft) = (input.count, output.count)
        let result = unsafe input.withUnsafeMutableBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                var from = source.baseAddress
                var to = target.baseAddress
                return unsafe iconv(converter, &from, &inputLeft, &to, &outputLeft)
            }
        }
        guard result != -1 else {
            let place = text.utf8.index(text.utf8.startIndex, offsetBy: input.count - inputLeft)
            throw .character(scalarOffset: text.unicodeScalars[..<place].count)
        }
        return output.dropLast(outputLeft).map { UInt8(bitPattern: $0) }
    }
}

extension MS932 {
    /// A character that a reader of MS932 gets in another form, or (nil) not at all.
    package struct Change: Hashable, Sendable {
        package let from: String
        package let to: String?
    }

    /// Each character once, in the order of the text; none where MS932 has them all.
    package static func changes(in text: String) -> [Change] {
        guard !has(text) else { return [] }
        var found: [Change] = []
        for character in text where !has(String(character)) {
            let usual = SearchText.folded(String(character))
            let change = Change(from: String(character), to: has(usual) ? usual : nil)
            if !found.contains(change) { found.append(change) }
        }
        return found
    }

    private static func has(_ text: String) -> Bool {
        do throws(MS932Refusal) { return try !encode(text).isEmpty || text.isEmpty } catch {
            return false
        }
    }
}

/// Why a text has no bytes in MS932.
package enum MS932Refusal: Explained, Equatable {
    /// MS932 does not have the character that stands there, counted in Unicode scalars.
    case character(scalarOffset: Int)
    /// The C library was installed without its character-set tables.
    case noConverter

    package var code: String {
        switch self {
        case .character: "notInMS932"
        case .noConverter: "noMS932Converter"
        }
    }

    package var summary: String {
        switch self {
        case .character(let offset): "Character \(offset + 1) is not in MS932."
        case .noConverter: "The C library cannot convert to CP932."
        }
    }

    package var advice: String {
        switch self {
        case .character: "Replace the character by its usual form, as 𠮷 by 吉."
        case .noConverter: "Install the package libc6 completely, with its folder gconv."
        }
    }

    package var isTemporary: Bool { false }
}
