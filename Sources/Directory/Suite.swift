package import Primitives

/// The name of a set of algorithms and forms (`envelope.md` 1). A new algorithm is a new suite,
/// never an option; the names of later ones are carried, so that a peer may list what we lack.
package enum SuiteForm: IdentifierForm {
    package static func accepts(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            }
    }
}

package typealias SuiteID = Identifier<SuiteForm>

/// The suites this program can read and write.
package enum Suite: String, CaseIterable, Sendable {
    case renkei2026 = "renkei-2026-1"

    /// - Returns: nil for a suite this program does not know.
    package init?(_ name: SuiteID) { self.init(rawValue: name.text) }
}
