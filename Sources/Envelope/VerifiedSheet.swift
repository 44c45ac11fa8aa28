package import Delivery
package import Primitives
package import Sheets

/// A received sheet that passed every step of opening. Only this may be stored, shown and
/// acknowledged.
package struct VerifiedSheet: Sendable, CustomStringConvertible {
    package let sheet: Sheet
    package let arrival: Arrival
    package let manifest: Manifest
    /// Of `content.tar`; the *delivered* receipt names it.
    package let contentSha256: Digest
    /// Layer 2 as it was signed; goes into the evidence file.
    package let content: [UInt8]
    /// In the order of the sheet's list.
    package let attachments: [Attachment]
    package let checks: DeliveryChecks

    package var description: String { "VerifiedSheet" }

    /// An attachment with its plain bytes; nil where they are in chunks.
    package struct Attachment: Sendable {
        package let part: Manifest.Part
        package let bytes: [UInt8]?
    }
}
