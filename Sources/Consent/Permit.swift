package import Cryptography
package import Directory
package import Primitives
package import Sheets

/// This sheet may go to these recipients now, on this ground. Made by `ConsentRegister.permit`
/// alone; never stored: it is asked for again at signing.
package struct Permit: Sendable, CustomStringConvertible {
    package let sheet: Sheet
    package let recipients: [Recipient]
    package let ground: Ground
    package let grantedAt: Timestamp

    package var description: String { "Permit" }

    /// A member a sheet is addressed to, with the key it will be sealed to.
    package struct Recipient: Sendable {
        package let membership: Membership
        package let certificate: Certificate

        package init(membership: Membership, certificate: Certificate) {
            self.membership = membership
            self.certificate = certificate
        }
    }

    /// What the permit rests on.
    package enum Ground: Sendable, Equatable {
        case record(ConsentRecordID)
        case impliedByNotice
        /// Reviewed by a second person within three business days (C-12).
        case emergency
        case law
        case noPersonalData
    }

    init(sheet: Sheet, recipients: [Recipient], ground: Ground, grantedAt: Timestamp) {
        self.sheet = sheet
        self.recipients = recipients
        self.ground = ground
        self.grantedAt = grantedAt
    }
}
