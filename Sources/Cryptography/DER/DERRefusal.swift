/// Why bytes are not the one DER form expected at a place. Holds no content.
package enum DERRefusal: Error, Equatable, Sendable {
    /// The value does not end where its length says, or bytes are missing.
    case truncated
    case trailingBytes
    /// Indefinite, too long, or not in the fewest octets.
    case badLength
    case unexpectedTag
    case tooDeep
    /// A BOOLEAN, INTEGER, OID, time or text that is not in its only form.
    case badValue
    /// Elements of a SET OF out of order or equal.
    case badOrder
    /// Well-formed, but not what the profile says at the named field.
    case notInProfile(StaticName)

    /// A field name out of the source code, so that no content can get into a message.
    package struct StaticName: Equatable, Sendable, ExpressibleByStringLiteral {
        package let text: String
        package init(stringLiteral value: String) { text = value }
    }

    package var detail: String {
        switch self {
        case .truncated: "truncated"
        case .trailingBytes: "trailing bytes"
        case .badLength: "bad length"
        case .unexpectedTag: "unexpected tag"
        case .tooDeep: "too deep"
        case .badValue: "bad value"
        case .badOrder: "set not in order"
        case .notInProfile(let field): "outside the profile: \(field.text)"
        }
    }
}
