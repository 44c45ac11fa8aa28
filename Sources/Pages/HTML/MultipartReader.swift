import HTTP
import Primitives

/// Cuts the body of a form with a file (multipart/form-data) into its parts as it arrives.
///
/// Strict, since only browsers post to us: nothing stands before the first boundary, lines end in
/// CRLF, a part has one `Content-Disposition: form-data` with a name and at most a `Content-Type`
/// beside it, and nothing but one CRLF follows the last boundary. A name is UTF-8, as in the page
/// of the form, with `%22`, `%0D` and `%0A` for what cannot stand in quotes.
///
/// Holds no more than the head of a part and what may be the beginning of a boundary.
///
/// - Source: RFC 7578 §4.2, §4.8 (other fields are refused, not ignored); RFC 2046 §5.1.1 without
///   preamble, epilogue and padding; WHATWG HTML §4.10.21.8.
struct MultipartReader: Sendable {
    enum Event: Hashable, Sendable {
        case part(MultipartHead)
        case bytes([UInt8])
        /// Of the part.
        case end
    }

    static let mediaType = "multipart/form-data"
    static let maximumHeadBytes = 4096
    static let maximumParts = 8

    private enum State { case start, afterBoundary, head, content, ended }

    private var state = State.start
    private var parts = 0
    /// What has come and is not read yet. Before the first byte there is as it were a line end: a
    /// boundary stands at the beginning of a line.
    private var held = Self.lineEnd
    private let delimiter: [UInt8]
    /// How far the search goes on by the last byte of where a delimiter might stand (Horspool).
    private let skips: [Int]

    private static let lineEnd = "\r\n".bytes
    private static let headEnd = "\r\n\r\n".bytes

    /// Takes the value of `Content-Type`.
    ///
    /// - Throws: `malformed` unless it is this type with one boundary of RFC 2046.
    init(contentType: String?) throws(HTTPFailure) {
        guard let boundary = contentType.flatMap(Self.boundary) else { throw .malformed }
        delimiter = "\r\n--".bytes + boundary
        var skips = [Int](repeating: delimiter.count, count: 256)
        for (index, byte) in delimiter.dropLast().enumerated() {
            skips[Int(byte)] = delimiter.count - 1 - index
        }
        self.skips = skips
    }

    private static func boundary(_ contentType: String) -> [UInt8]? {
        let sides = contentType.split(separator: ";", omittingEmptySubsequences: false)
        guard sides.count == 2,
            String(sides[0]).trimmed.lowercased().hasSameBytes(as: mediaType)
        else { return nil }
        let parameter = String(sides[1]).trimmed
        let name = "boundary="
        guard parameter.lowercased().hasPrefix(name) else { return nil }
        var value = Array(parameter.utf8.dropFirst(name.utf8.count))
        if value.count > 1, value.first == UInt8(ascii: "\""), value.last == value.first {
            value = Array(value[1..<(value.count - 1)])
        }
        let isPlain = value.allSatisfy { isWord($0) || "'()+_,-./:=?".utf8.contains($0) }
        return isPlain && (1...70).contains(value.count) ? value : nil
    }

    /// What these bytes bring, in their order.
    ///
    /// - Throws: `malformed`, `tooLarge`. Nothing more is to be fed then.
    mutating func feed(_ bytes: [UInt8]) throws(HTTPFailure) -> [Event] {
        held += bytes
        var events: [Event] = []
        var index = 0
        while try step(&index, &events) {}
        held = Array(held[index...])
        return events
    }

    /// - Throws: `malformed` where the body has ended before its last boundary.
    func finish() throws(HTTPFailure) {
        guard state == .ended, held.isEmpty || held == Self.lineEnd else { throw .malformed }
    }

    /// - Returns: whether there may be more to read in what has come.
    private mutating func step(
        _ index: inout Int,
        _ events: inout [Event]
    ) throws(HTTPFailure) -> Bool {
        let rest = held[index...]
        switch state {
        case .start:
            guard rest.starts(with: delimiter.prefix(rest.count)) else { throw .malformed }
            guard rest.count >= delimiter.count else { return false }
            index += delimiter.count
            state = .afterBoundary
        case .afterBoundary:
            guard rest.count >= 2 else { return false }
            index += 2
            if rest.starts(with: Self.lineEnd) {
                guard parts < Self.maximumParts else { throw .tooLarge }
                parts += 1
                state = .head
            } else if rest.starts(with: "--".utf8) {
                state = .ended
            } else {
                throw .malformed
            }
        case .head:
            let most = rest.prefix(Self.maximumHeadBytes)
            guard let end = most.firstRange(of: Self.headEnd) else {
                guard rest.count < Self.maximumHeadBytes else { throw .malformed }
                return false
            }
            events.append(.part(try MultipartHead(reading: rest[..<end.lowerBound])))
            index = end.upperBound
            state = .content
        case .content: return content(&index, &events)
        case .ended:
            guard rest.isEmpty || Self.lineEnd.starts(with: rest) else { throw .malformed }
            return false
        }
        return true
    }

    private mutating func content(_ index: inout Int, _ events: inout [Event]) -> Bool {
        let found = delimiter(from: index)
        // What may be the beginning of a delimiter waits for what comes after it.
        let end = found ?? max(index, held.count - delimiter.count + 1)
        if index < end { events.append(.bytes(Array(held[index..<end]))) }
        index = end
        guard found != nil else { return false }
        events.append(.end)
        index += delimiter.count
        state = .afterBoundary
        return true
    }

    private func delimiter(from start: Int) -> Int? {
        var index = start
        let last = delimiter.count - 1
        while index + last < held.count {
            let byte = held[index + last]
            if byte == delimiter[last], held[index...].starts(with: delimiter) { return index }
            index += skips[Int(byte)]
        }
        return nil
    }
}

/// The head of a part: the name of its field and, where that is for a file, the name of the file.
struct MultipartHead: Hashable, Sendable {
    let name: String
    let fileName: String?

    init(name: String, fileName: String?) {
        self.name = name
        self.fileName = fileName
    }

    /// - Throws: `malformed`.
    init(reading bytes: ArraySlice<UInt8>) throws(HTTPFailure) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed }
        var disposition: String?
        var hasType = false
        // CRLF is one character.
        for line in text.split(separator: "\r\n", omittingEmptySubsequences: false) {
            guard let colon = line.firstIndex(of: ":"),
                line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
            else { throw .malformed }
            let value = String(line[line.index(after: colon)...]).trimmed
            switch line[..<colon].lowercased() {
            case "content-disposition" where disposition == nil: disposition = value
            case "content-type" where !hasType: hasType = true
            default: throw .malformed
            }
        }
        guard let disposition else { throw .malformed }
        var parameters = try Self.parameters(disposition)
        guard let name = parameters.removeValue(forKey: .name), !name.isEmpty else {
            throw .malformed
        }
        self.name = name
        fileName = parameters[.fileName].map(Self.unescaped)
    }

    private enum Parameter: String {
        case name = "name"
        case fileName = "filename"
    }

    /// `form-data; name="…"; filename="…"`; every value in quotes, none twice, no other.
    private static func parameters(
        _ disposition: String
    ) throws(HTTPFailure) -> [Parameter: String] {
        let kind = "form-data"
        guard disposition.lowercased().hasPrefix(kind) else { throw .malformed }
        var rest = Substring(disposition.dropFirst(kind.count))
        var found: [Parameter: String] = [:]
        while !rest.isEmpty {
            guard rest.removeFirst() == ";" else { throw .malformed }
            rest = rest.drop { $0 == " " }
            guard let equals = rest.firstIndex(of: "="),
                let parameter = Parameter(rawValue: rest[..<equals].lowercased()),
                found[parameter] == nil
            else { throw .malformed }
            rest = rest[rest.index(after: equals)...]
            // A quote may be one character with a mark that follows it: its scalars are looked at.
            let scalars = rest.unicodeScalars
            guard scalars.first == "\"",
                let end = scalars.dropFirst().firstIndex(of: "\"")
            else { throw .malformed }
            found[parameter] = String(scalars[scalars.index(after: scalars.startIndex)..<end])
            rest = Substring(scalars[scalars.index(after: end)...])
        }
        return found
    }

    private static func unescaped(_ name: String) -> String {
        [("%22", "\""), ("%0D", "\r"), ("%0A", "\n")].reduce(name) { name, escape in
            name.replacing(escape.0, with: escape.1)
        }
    }
}

extension String {
    /// Without blanks around it.
    fileprivate var trimmed: String {
        let from = drop { $0 == " " || $0 == "\t" }
        return String(
            from.prefix(from.count - from.reversed().prefix { $0 == " " || $0 == "\t" }.count)
        )
    }
}

private func isWord(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}
