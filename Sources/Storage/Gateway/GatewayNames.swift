package import Primitives

/// A record within its kind: any identifier, or a word of the caller's.
package enum StoredName: IdentifierForm {
    package static func accepts(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            }
    }
}

package typealias RecordID = Identifier<StoredName>

/// How far a feed of the exchange was applied.
package enum CursorName: String, Hashable, Sendable {
    case events, inbox
}

/// A setting of the organisation; nothing personal.
package struct SettingName: RawRepresentable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

/// A code of a table: refusal, problem, or reason of a hold.
package struct ReasonCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}
