import Primitives

/// The file is no JSON that a sheet or a consent record can be read from: what is wrong with it,
/// and where.
struct SheetFault: Spoken {
    enum Kind: Equatable { case otherFile(String), otherEncoding, byteOrderMark, syntax, rule }

    let path: String
    let kind: Kind
    /// From 1; the byte within the line too.
    let place: (line: Int, byte: Int)?

    init(_ path: String, _ bytes: [UInt8], _ refusal: DecodingRefusal) {
        self.path = path
        kind = Self.kind(bytes, refusal)
        let isText = kind == .syntax || kind == .rule || kind == .otherEncoding
        place = isText ? Self.place(in: bytes, refusal) : nil
    }

    private static func kind(_ bytes: [UInt8], _ refusal: DecodingRefusal) -> Kind {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return .byteOrderMark }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return .otherEncoding
        }
        if bytes.starts(with: "%PDF".utf8) { return .otherFile("PDF") }
        if bytes.starts(with: "PK\u{3}\u{4}".utf8) { return .otherFile("ZIP (Office)") }
        switch refusal.reason {
        case .badUTF8: return .otherEncoding
        case .badSyntax, .trailingBytes: return .syntax
        default: return .rule
        }
    }

    private static func place(
        in bytes: [UInt8],
        _ refusal: DecodingRefusal
    ) -> (line: Int, byte: Int)? {
        guard refusal.place.hasPrefix("@"), let offset = Int(refusal.place.dropFirst()) else {
            return nil
        }
        let before = bytes.prefix(offset)
        let lines = before.split(separator: 0x0A, omittingEmptySubsequences: false)
        return (lines.count, (lines.last?.count ?? 0) + 1)
    }

    var code: String { "invalidSheet" }
    var isTemporary: Bool { false }

    var said: (summary: Phrase, advice: Phrase) {
        let at = place.map {
            Phrase(
                ja: "（\($0.line) 行目の \($0.byte) バイト目）",
                en: " (line \($0.line), byte \($0.byte))"
            )
        }
        return (
            Phrase(
                ja: "\(path) は UTF-8 の JSON ファイルではありません\(at?.ja ?? "")。",
                en: "\(path) is no JSON file in UTF-8\(at?.en ?? "")."
            ), advice
        )
    }

    private var advice: Phrase {
        switch kind {
        case .otherFile(let name):
            Phrase(
                ja: "\(name) のファイルです。ここには JSON を指定し、これはシートに --attach で添えてください。",
                en: "It is a \(name) file. JSON is wanted here; --attach adds this one to a sheet."
            )
        case .otherEncoding:
            Phrase(
                ja: "文字コードが UTF-8 ではありません（Shift_JIS など）。UTF-8 で保存し直してください。",
                en: "It is in another encoding, such as Shift_JIS. Save it as UTF-8."
            )
        case .byteOrderMark:
            Phrase(
                ja: "先頭に BOM があります。BOM なしの UTF-8 で保存し直してください。",
                en: "It begins with a byte order mark. Save it as UTF-8 without one."
            )
        case .syntax:
            Phrase(
                ja: "その場所の前後のかっこ、引用符、コンマを確かめてください。",
                en: "Check the brackets, quotes and commas around that place."
            )
        case .rule:
            Phrase(
                ja: "同じ名前の項目、null、小数、大きすぎる数は使えません。その場所を直してください。",
                en: "Names that repeat, null, fractions and huge numbers are not taken: correct it."
            )
        }
    }
}
