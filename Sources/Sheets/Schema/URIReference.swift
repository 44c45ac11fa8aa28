/// A URI reference (RFC 3986), in its five parts.
struct URIReference: Sendable {
    private var scheme: String?
    private var authority: String?
    private var path: String
    private var query: String?
    private(set) var fragment: String?

    /// Splits `text` as RFC 3986 appendix B does; what is in the parts is **not** checked.
    init(_ text: String) {
        var rest = Substring(text)
        fragment = URIReference.cut(&rest, after: UInt8(ascii: "#"))
        query = URIReference.cut(&rest, after: UInt8(ascii: "?"))
        if let colon = rest.utf8.firstIndex(of: UInt8(ascii: ":")), colon > rest.startIndex,
            !rest[..<colon].utf8.contains(UInt8(ascii: "/"))
        {
            scheme = String(rest[..<colon])
            rest = rest[rest.utf8.index(after: colon)...]
        }
        if rest.utf8.starts(with: "//".utf8) {
            rest = rest.dropFirst(2)
            let end = rest.utf8.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            authority = String(rest[..<end])
            rest = rest[end...]
        }
        path = String(rest)
    }

    var isAbsolute: Bool { scheme != nil }

    var withoutFragment: URIReference {
        var copy = self
        copy.fragment = nil
        return copy
    }

    /// The target of this reference as seen from `base` (RFC 3986 §5.2.2).
    func resolved(against base: URIReference) -> URIReference {
        var target = self
        if scheme == nil {
            target.scheme = base.scheme
            if authority == nil {
                target.authority = base.authority
                if path.isEmpty {
                    target.path = base.path
                    target.query = query ?? base.query
                } else if !path.utf8.starts(with: "/".utf8) {
                    target.path = base.merged(path)
                }
            }
        }
        target.path = URIReference.withoutDots(target.path)
        return target
    }

    /// The parts put together again (RFC 3986 §5.3).
    var text: String {
        (scheme.map { $0 + ":" } ?? "") + (authority.map { "//" + $0 } ?? "") + path
            + (query.map { "?" + $0 } ?? "") + (fragment.map { "#" + $0 } ?? "")
    }

    private func merged(_ relative: String) -> String {
        if authority != nil && path.isEmpty { return "/" + relative }
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return relative }
        return path[...slash] + relative
    }

    private static func withoutDots(_ path: String) -> String {
        guard path.utf8.starts(with: "/".utf8) else { return path }
        let segments = path.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"),
            omittingEmptySubsequences: false
        )
        var kept: [String] = []
        for (position, segment) in segments.enumerated() {
            let isLast = position == segments.count - 1
            switch Array(segment) {
            case Array(".".utf8):
                if isLast { kept.append("") }
            case Array("..".utf8):
                if !kept.isEmpty { kept.removeLast() }
                if isLast { kept.append("") }
            default: kept.append(String(Substring(segment)))
            }
        }
        return "/" + kept.joined(separator: "/")
    }

    private static func cut(_ text: inout Substring, after byte: UInt8) -> String? {
        guard let mark = text.utf8.firstIndex(of: byte) else { return nil }
        let tail = String(text[text.utf8.index(after: mark)...])
        text = text[..<mark]
        return tail
    }
}
