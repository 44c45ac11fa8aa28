import Primitives

/// Text in UTF-8 or, as care-plan software writes it, MS932; without control characters but tabs
/// and line ends. It is kept byte for byte. Text in other forms, and whatever is no text, is
/// neither.
///
/// - Source: Unicode 16 table 3-7; Microsoft code page 932 (lead and trail bytes).
struct TextSieve: FileSieve {
    private let isXML: Bool
    private var utf8 = UTF8Check()
    private var ms932 = MS932Check()
    private var hasControls = false
    /// The first character that is neither blank nor the mark of UTF-8.
    private var first: UInt8?

    init(isXML: Bool) { self.isXML = isXML }

    private static let blanks: [UInt8] = [0x09, 0x0A, 0x0D, 0x20]
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    mutating func take(_ bytes: [UInt8]) throws(FileRefusal) -> [UInt8] {
        for byte in bytes {
            utf8.take(byte)
            ms932.take(byte)
            if byte < 0x20, !Self.blanks.contains(byte) { hasControls = true }
            if byte == 0x7F { hasControls = true }
            guard first == nil, !Self.blanks.contains(byte), !Self.mark.contains(byte) else {
                continue
            }
            first = byte
        }
        guard !hasControls, utf8.isGood || ms932.isGood else { throw .notText }
        return bytes
    }

    func end() throws(FileRefusal) {
        guard utf8.isWhole || ms932.isWhole else { throw .notText }
        guard !isXML || first == UInt8(ascii: "<") else { throw .differs(named: .xml, is: nil) }
    }
}

/// Whether bytes are UTF-8, one at a time.
private struct UTF8Check {
    private(set) var isGood = true
    private var left = 0
    private var next: ClosedRange<UInt8> = 0x80...0xBF

    var isWhole: Bool { isGood && left == 0 }

    mutating func take(_ byte: UInt8) {
        guard isGood else { return }
        guard left == 0 else {
            isGood = next.contains(byte)
            left -= 1
            next = 0x80...0xBF
            return
        }
        switch byte {
        case 0x00...0x7F: break
        case 0xC2...0xDF: left = 1
        case 0xE0...0xEF:
            left = 2
            if byte == 0xE0 { next = 0xA0...0xBF }
            // No surrogates.
            if byte == 0xED { next = 0x80...0x9F }
        case 0xF0...0xF4:
            left = 3
            if byte == 0xF0 { next = 0x90...0xBF }
            if byte == 0xF4 { next = 0x80...0x8F }
        default: isGood = false
        }
    }
}

/// Whether bytes have the form of MS932, one at a time.
private struct MS932Check {
    private(set) var isGood = true
    private var isInside = false

    var isWhole: Bool { isGood && !isInside }

    mutating func take(_ byte: UInt8) {
        guard isGood else { return }
        guard !isInside else {
            isGood = (0x40...0xFC).contains(byte) && byte != 0x7F
            isInside = false
            return
        }
        switch byte {
        case 0x00...0x7F, 0xA1...0xDF: break
        case 0x81...0x9F, 0xE0...0xFC: isInside = true
        default: isGood = false
        }
    }
}
