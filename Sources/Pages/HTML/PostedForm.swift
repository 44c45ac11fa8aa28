import HTTP
import Primitives

/// The fields of a form as a browser posts them (application/x-www-form-urlencoded), in order.
///
/// - Source: WHATWG URL §5.1, strict: a cut or wrong percent triplet and bytes that are no UTF-8
///   are refused (`http` A40). Line ends become LF.
struct PostedForm: Sendable {
    private(set) var fields: [(name: String, value: String)] = []

    /// Nothing was posted.
    init() {}

    /// What a form begins with.
    init(fields: [(name: String, value: String)]) { self.fields = fields }

    static let mediaType = "application/x-www-form-urlencoded"
    static let maximumBytes = 1024 * 1024
    static let maximumFields = 4000

    init(_ bytes: [UInt8]) throws(HTTPFailure) {
        guard !bytes.isEmpty else { return }
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let split = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = try Self.decode(pair[..<split])
            let value = try Self.decode(pair[split...].dropFirst())
            guard fields.count < Self.maximumFields else { throw .tooLarge }
            fields.append((name, value))
        }
    }

    /// The first value of a name.
    subscript(name: String) -> String? {
        fields.first { $0.name.hasSameBytes(as: name) }?.value
    }

    func all(_ name: String) -> [String] {
        fields.filter { $0.name.hasSameBytes(as: name) }.map(\.value)
    }

    /// A value as it stands in the query of an address.
    static func encoded(_ value: String) -> String {
        value.utf8.map { byte in
            isUnreserved(byte) ? String(UnicodeScalar(byte)) : "%" + Hex.encode([byte]).uppercased()
        }
        .joined()
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._".utf8.contains(byte)
        }
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) throws(HTTPFailure) -> String {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "+"): plain.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard index + 2 < bytes.endIndex, let high = digit(bytes[index + 1]),
                    let low = digit(bytes[index + 2])
                else { throw .malformed }
                plain.append(high << 4 | low)
                index += 2
            default: plain.append(bytes[index])
            }
            index += 1
        }
        plain.removeAll { $0 == UInt8(ascii: "\r") }
        guard let text = String(validating: plain, as: UTF8.self) else { throw .malformed }
        return text
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
