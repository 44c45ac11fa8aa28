import Primitives

/// 同意の文言: what a form prints about the consent that was given.
package struct ConsentSentence: Sendable {
    /// As it stands on the form.
    package let printed: String
    /// Where the form's own speaks of the family too: what it says when no family was asked.
    package let withoutFamily: String?

    init?(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        let without = try reader.optionalText("consentSentenceWithoutFamily")
        guard let printed = try reader.optionalText("consentSentence") else {
            guard without == nil else { throw reader.refusal(.missingMember, "consentSentence") }
            return nil
        }
        self.printed = printed
        withoutFamily = without
    }

    /// The words that are true of a consent with that of the family or without it.
    package func words(withFamily: Bool) -> String {
        withFamily ? printed : withoutFamily ?? printed
    }

    /// Whether a statement says what is so (C-7): the form's words where a consent was obtained,
    /// and none of them where the sheet goes on another ground.
    package func isTrue(of consent: ConsentStatement) -> Bool {
        switch consent.status {
        case .obtained, .obtainedFromProxy:
            return consent.statement.hasSameBytes(as: words(withFamily: consent.familyInfoConsent))
        case .implied, .emergencyException, .legalException, .notRequired, .pending, .refused,
            .withdrawn:
            return ![printed, withoutFamily].contains { words in
                words.map(consent.statement.hasSameBytes(as:)) ?? false
            }
        }
    }
}

/// What the delivery of a sheet asks of a consent, by the rules of its type.
package struct ConsentTerms: Sendable {
    /// One of them is needed; none where it is empty.
    package let purposes: [ConsentPurpose]
    /// nil where the form prints none.
    package let sentence: ConsentSentence?

    package init(purposes: [ConsentPurpose], sentence: ConsentSentence? = nil) {
        self.purposes = purposes
        self.sentence = sentence
    }
}
