package import Delivery
package import Primitives

/// One thing that an evidence file proves.
package struct EvidenceFact: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// Offered by the sender, no later than `at`.
        case sent
        case accepted, delivered, refused, opened, confirmed, expired, undeliverable
        /// The sender took it back, and what the exchange and the recipient answered.
        case withdrawal, neverReleased, released, neverOpened, alreadyOpened
        /// Who acted, as the recipient told the sender.
        case disclosed
        /// These were the words, signed by the sender for these recipients.
        case content
    }

    package let kind: Kind
    /// The file that says so.
    package let file: String
    package let by: PartyID
    /// Of a member, as the registrar states it.
    package let name: String?
    package let at: Timestamp
    /// False: promised only, as the proof was not there when the file was made.
    package internal(set) var isProved = true
    /// An opening by somebody of another desk (緊急閲覧).
    package internal(set) var isEmergency = false
    /// Personal data.
    package internal(set) var disclosure: Disclosure?
}
