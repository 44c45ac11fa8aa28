import Primitives

/// The target of a request, decoded once: routing is on segments, so `%2F` cannot forge one.
package struct Target: Sendable {
    /// `/` is the empty list.
    package let path: [String]
    package let query: [(name: String, value: String)]
    /// Of the absolute form, as written; nil in the origin form.
    let authority: String?

    /// - Throws: `malformed` for anything of rows A07 to A09.
    package init(reading raw: [UInt8]) throws(HTTPFailure) {
        guard !raw.isEmpty, raw.allSatisfy(Target.isAllowed) else { throw .malformed }
        var rest = raw[...]
        authority = try Target.takeAuthority(&rest)
        let mark = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        path = try Target.segments(rest[..<mark])
        query = try Target.pairs(rest[mark...].dropFirst())
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "#"), UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "<"),
            UInt8(ascii: ">"):
            false
        default: (0x21...0x7E).contains(byte)
        }
    }

    /// Takes `http://authority` off the front, where it stands there.
    private static func takeAuthority(
        _ rest: inout ArraySlice<UInt8>
    ) throws(HTTPFailure) -> String? {
        guard rest.first != UInt8(ascii: "/") else { return nil }
        let lowered = String(decoding: rest.prefix(8), as: UTF8.self).lowercased()
        let scheme = lowered.hasPrefix("https://") ? 8 : lowered.hasPrefix("http://") ? 7 : 0
        guard scheme > 0 else { throw .malformed }
        rest = rest.dropFirst(scheme)
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
        let authority = String(decoding: rest[..<(end ?? rest.endIndex)], as: UTF8.self)
        rest = rest[(end ?? rest.endIndex)...]
        return authority
    }

    private static func segments(_ raw: ArraySlice<UInt8>) throws(HTTPFailure) -> [String] {
        guard raw.count > 1 else { return [] }
        var segments: [String] = []
        let parts = raw.dropFirst().split(
            separator: UInt8(ascii: "/"),
            omittingEmptySubsequences: false
        )
        for part in parts {
            let segment = try decoded(part)
            let isForbidden =
                segment.isEmpty || segment.hasSameBytes(as: ".") || segment.hasSameBytes(as: "..")
                || segment.utf8.contains(UInt8(ascii: "/"))
                || segment.utf8.contains(UInt8(ascii: "\\"))
            guard !isForbidden else { throw .malformed }
            segments.append(segment)
        }
        return segments
    }

    private static func pairs(
        _ raw: ArraySlice<UInt8>
    ) throws(HTTPFailure) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for part in raw.split(separator: UInt8(ascii: "&")) {
            let mark = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            pairs.append((try decoded(part[..<mark]), try decoded(part[mark...].dropFirst())))
        }
        return pairs
    }

    /// Percent-decodes; `%00`, a cut triplet and text that is not UTF-8 are refused.
    private static func decoded(_ raw: ArraySlice<UInt8>) throws(HTTPFailure) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(raw.count)
        var index = raw.startIndex
        while index < raw.endIndex {
            if raw[index] == UInt8(ascii: "%") {
                guard raw.endIndex - index >= 3, let high = hexDigit(raw[index + 1]),
                    let low = hexDigit(raw[index + 2]), high | low != 0
                else { throw .malformed }
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(raw[index])
                index += 1
            }
        }
        guard let text = String(utf8Bytes: bytes) else { throw .malformed }
        return text
    }
}

/// The value of a hexadecimal digit in either case.
func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
