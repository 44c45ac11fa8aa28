/// A mailbox as notices are sent to (RFC 5321 §4.1.2, the part of it that is in use): letters,
/// digits and `._+-` before the at sign, a host name behind it. Nothing in it can end a line or a
/// command.
package struct MailAddress: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package static let maximumBytes = 254

    /// Nil for whatever has not that form.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= Self.maximumBytes,
            Self.isDotted(parts[0], atMost: 64, "_+-"), parts[1].contains(UInt8(ascii: ".")),
            Self.isDotted(parts[1], atMost: 253, "-")
        else { return nil }
        self.text = text
    }

    /// Personal: whoever prints it by accident prints this.
    package var description: String { "a mail address" }

    private static func isDotted(
        _ bytes: some Collection<UInt8>,
        atMost limit: Int,
        _ marks: String
    ) -> Bool {
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return bytes.count <= limit
            && labels.allSatisfy { label in
                !label.isEmpty && label.first != UInt8(ascii: "-")
                    && label.allSatisfy { isAlphanumeric($0) || marks.utf8.contains($0) }
            }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
