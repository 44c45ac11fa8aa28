import Primitives

/// What an error says to a person, in the person's language.
struct Saying: Sendable {
    let summary: String
    let advice: String

    /// The error's own phrases, else the Japanese catalogue by code, else its English texts.
    init(_ error: some Explained, _ language: Language) {
        if let spoken = error as? any Spoken {
            let said = spoken.said
            summary = said.summary.text(language)
            advice = said.advice.text(language)
        } else if language == .japanese, let entry = JapaneseErrors.entry(error.code) {
            summary = entry.summary
            advice = entry.advice
        } else {
            summary = error.summary
            advice = error.advice
        }
    }
}
