import Primitives

/// Reads one request head, each byte once, and refuses it at the first byte that is wrong.
struct HeadReader: Sendable {
    private let limits: ServerLimits
    private var line: [UInt8] = []
    private var sawCarriageReturn = false
    private var total = 0
    private var requestLine: (method: Method, target: Target)?
    private var fields = Fields()

    init(limits: ServerLimits) { self.limits = limits }

    /// - Returns: the head, with the last byte of its empty line.
    mutating func take(_ byte: UInt8) throws(HTTPFailure) -> RequestHead? {
        total += 1
        if sawCarriageReturn {
            guard byte == UInt8(ascii: "\n") else { throw .malformed }
            sawCarriageReturn = false
            defer { line.removeAll(keepingCapacity: true) }
            return try finishLine()
        }
        if byte == UInt8(ascii: "\r") {
            sawCarriageReturn = true
            return nil
        }
        // Rows A11 and A14: a bare LF, a control or a byte above ASCII is refused at once.
        let isTab = byte == UInt8(ascii: "\t") && requestLine != nil
        guard (0x20...0x7E).contains(byte) || isTab else { throw .malformed }
        line.append(byte)
        if requestLine == nil {
            guard line.count <= limits.requestLineBytes else { throw .targetTooLong }
        } else {
            guard line.count <= limits.fieldLineBytes, total <= limits.headBytes else {
                throw .headTooLarge
            }
        }
        return nil
    }

    private mutating func finishLine() throws(HTTPFailure) -> RequestHead? {
        guard let requestLine else {
            requestLine = try HeadReader.requestLine(line)
            return nil
        }
        guard !line.isEmpty else {
            return try RequestHead(requestLine.method, requestLine.target, fields)
        }
        guard fields.count < limits.fieldCount else { throw .headTooLarge }
        try takeField()
        return nil
    }

    /// Method, target and version with one blank between (A01, A02, A05, A06).
    private static func requestLine(
        _ line: [UInt8]
    ) throws(HTTPFailure) -> (method: Method, target: Target) {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3, isToken(parts[0]) else { throw .malformed }
        let version = Array(parts[2])
        guard version.count == 8, version.starts(with: "HTTP/".utf8),
            isDigit(version[5]), version[6] == UInt8(ascii: "."), isDigit(version[7])
        else { throw .malformed }
        guard version[5] == UInt8(ascii: "1"), version[7] == UInt8(ascii: "1") else {
            throw .protocolVersionUnsupported
        }
        guard let method = Method(rawValue: String(decoding: parts[0], as: UTF8.self)) else {
            throw .notImplemented
        }
        return (method, try Target(reading: Array(parts[1])))
    }

    /// A line that starts with a blank has no name, so that folding is refused as well (A12, A13).
    private mutating func takeField() throws(HTTPFailure) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), isToken(line[..<colon]) else {
            throw .malformed
        }
        let value = line[(colon + 1)...].trimmed
        fields.append(
            String(decoding: line[..<colon], as: UTF8.self),
            String(decoding: value, as: UTF8.self)
        )
    }
}

/// Whether the bytes are a token of RFC 9110 §5.6.2.
func isToken(_ bytes: some Collection<UInt8>) -> Bool {
    !bytes.isEmpty
        && bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
}

/// Whether the text may stand in a field: visible ASCII, blanks and tabs, so no line end.
func isFieldValue(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x09 }
}

func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

extension ArraySlice<UInt8> {
    /// Without blanks and tabs at both ends.
    var trimmed: ArraySlice<UInt8> {
        var rest = self
        while let first = rest.first, first == 0x20 || first == 0x09 { rest.removeFirst() }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
        return rest
    }
}
