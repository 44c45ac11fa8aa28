/// Why bytes were not accepted as what they should have been.
///
/// It names the place and the kind of fault and never repeats content.
package struct DecodingRefusal: Explained, Equatable {
    /// What is wrong at the place.
    package enum Reason: String, Sendable {
        case tooLarge, tooDeep, badSyntax, badUTF8, duplicateMember, trailingBytes
        case nullForbidden, fractionForbidden, numberTooLarge
        case notCanonical, wrongType, missingMember, unknownMember, badForm, badVersion
    }

    package let reason: Reason
    /// JSON Pointer (RFC 6901) or, for syntax, the byte offset as `@n`.
    package let place: String

    package init(_ reason: Reason, at place: String = "") {
        self.reason = reason
        self.place = place
    }

    package var code: String { "malformed" }
    package var summary: String { "The data is not in the agreed form (\(reason.rawValue))." }
    package var advice: String { "Ask the sender's vendor to correct the program that made it." }
    package var isTemporary: Bool { false }
}
