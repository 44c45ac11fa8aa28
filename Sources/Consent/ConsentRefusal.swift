import Primitives

/// Why a sheet may not go out, or may not be taken in.
package struct ConsentRefusal: Explained, Equatable {
    /// The reasons an access log knows.
    package enum Reason: String, Sendable, CaseIterable {
        /// No record, or the statement names one that this organisation does not hold.
        case none
        /// The record is about another person than the sheet.
        case person
        /// Purpose, sheet type or validity is outside what was consented to.
        case scope
        /// A recipient is neither named nor of a named type.
        case recipient
        case expired
        case withdrawn
        /// Family data without the family's consent.
        case family
        /// The printed sentence is not that of the form, or says what is not so.
        case statement
        /// The organisation that took it has left.
        case left
    }

    package let reason: Reason
    /// The rule that said no, for example `C-2`.
    package let rule: String

    package init(_ reason: Reason, rule: String) {
        self.reason = reason
        self.rule = rule
    }

    package var code: String { "consentMissing" }
    package var summary: String {
        isOfTemplate
            ? "The blanket consent names no template that covers it (\(rule))."
            : "There is no consent for this delivery (\(rule))."
    }
    package var isTemporary: Bool { false }

    /// Of a record of a blanket consent, not of a delivery.
    package var isOfTemplate: Bool { rule.hasSameBytes(as: "C-6") }

    package var advice: String {
        switch reason {
        case .none: "Record the consent of the person first, then send again."
        case .person: "Choose a consent of the person of the sheet, or correct the sheet."
        case .scope where isOfTemplate:
            "Name with `--template` the text that was explained: `renkei gateway template list`."
        case .scope: "Ask for consent to this purpose, or leave the sheet unsent."
        case .recipient: "Remove the recipient, or ask for consent that covers it."
        case .expired: "Renew the consent, then send again."
        case .withdrawn: "The consent was withdrawn: do not send; telephone if care demands it."
        case .family: "Send it without the family's data, or ask the family."
        case .statement: "Write the sentence of the form, or state the ground there really is."
        case .left: "This organisation has left: nothing new goes out on its consents."
        }
    }
}
