import Primitives

/// A request line and its fields, accepted as a whole.
package struct RequestHead: Sendable {
    package let method: Method
    package let target: Target
    package let fields: Fields
    /// Host in lower case, without the port.
    package let host: String
    package let framing: Framing
    package let expectsContinue: Bool
    /// The peer wants the connection closed after the answer.
    package let wantsClose: Bool

    /// How the end of the body is found.
    package enum Framing: Sendable, Equatable {
        case none
        case length(Int)
        case chunked

        var isEmpty: Bool { self == .none || self == .length(0) }
    }

    /// Fields of which a second one is an attack or a fault (A33).
    private static let singles = [
        "authorization", "content-type", "cookie", "idempotency-key", "if-match", "range",
    ]

    init(_ method: Method, _ target: Target, _ fields: Fields) throws(HTTPFailure) {
        self.method = method
        self.target = target
        self.fields = fields
        guard let authority = try fields.single("host"), let host = Host.name(of: authority)
        else { throw .malformed }
        self.host = host
        if let other = target.authority {
            guard other.lowercased().hasSameBytes(as: authority.lowercased()) else {
                throw .malformed
            }
        }
        for name in RequestHead.singles { _ = try fields.single(name) }
        // Read from the Unix socket behind nginx alone, so nobody may send one here (A36).
        guard !fields.hasName(prefix: "x-renkei-client-") else { throw .malformed }
        framing = try RequestHead.framing(method, fields)
        let expectation = try fields.single("expect")?.lowercased()
        expectsContinue = expectation != nil
        guard expectation?.hasSameBytes(as: "100-continue") ?? true else {
            throw .expectationFailed
        }
        let coding = fields["content-encoding"]?.lowercased() ?? "identity"
        guard coding.hasSameBytes(as: "identity") else { throw .unsupportedType }
        wantsClose = fields.values("connection").contains { value in
            list(value).contains { $0.hasSameBytes(as: "close") }
        }
    }

    /// One of length and chunked, said once and plainly; or neither, where no body is due.
    private static func framing(_ method: Method, _ fields: Fields) throws(HTTPFailure) -> Framing {
        let lengths = fields.values("content-length")
        let codings = fields.values("transfer-encoding")
        guard lengths.count + codings.count <= 1 else { throw .malformed }
        if let coding = codings.first {
            let codings = list(coding)
            let areChunked = codings.map { $0.hasSameBytes(as: "chunked") }
            let areAllChunked = areChunked.allSatisfy(\.self)
            guard !codings.contains(where: \.isEmpty) else { throw .malformed }
            guard areAllChunked else { throw .notImplemented }
            guard codings.count == 1, method.carriesBody else { throw .malformed }
            return .chunked
        }
        guard let text = lengths.first else {
            guard !method.carriesBody else { throw .lengthRequired }
            return .none
        }
        let digits = text.bytes
        guard !digits.isEmpty, digits.allSatisfy(isDigit),
            digits.count == 1 || digits.first != UInt8(ascii: "0")
        else { throw .malformed }
        guard let length = Decimal.value(digits) else { throw .tooLarge }
        guard method.carriesBody || length == 0 else { throw .malformed }
        return .length(length)
    }
}

/// The elements of a comma-separated value, in lower case and without blanks around them.
private func list(_ value: String) -> [String] {
    value.bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { part in
        String(decoding: part.trimmed, as: UTF8.self).lowercased()
    }
}

/// The Host field.
private enum Host {
    /// - Returns: the name in lower case; nil for user info, path, blank or a bad port (A15).
    static func name(of authority: String) -> String? {
        let bytes = authority.bytes
        let isLiteral = bytes.first == UInt8(ascii: "[")
        guard let end = isLiteral ? endOfLiteral(bytes) : endOfName(bytes), end > 0 else {
            return nil
        }
        if end < bytes.count {
            guard bytes[end] == UInt8(ascii: ":"), bytes.count - end <= 6,
                let port = Decimal.value(bytes[(end + 1)...]), port <= 65_535
            else { return nil }
        }
        return String(decoding: bytes[..<end], as: UTF8.self).lowercased()
    }

    private static func endOfName(_ bytes: [UInt8]) -> Int? {
        let end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
        let isName = bytes[..<end].allSatisfy { byte in
            isDigit(byte) || "-._".utf8.contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        return isName ? end : nil
    }

    private static func endOfLiteral(_ bytes: [UInt8]) -> Int? {
        guard let close = bytes.firstIndex(of: UInt8(ascii: "]")), close > 1 else { return nil }
        let isAddress = bytes[1..<close].allSatisfy { byte in
            hexDigit(byte) != nil || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
        }
        return isAddress ? close + 1 : nil
    }
}
