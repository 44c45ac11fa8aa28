import Primitives

/// What an error says to a person, in the person's language.
struct Saying: Sendable {
    let summary: String
    let advice: String
    /// Numbers and paths that the fixed Japanese sentence cannot hold, in the error's own words.
    var detail: String?

    /// The error's own phrases; else in Japanese the words of its case, or those of its code; else
    /// its English texts.
    init(_ error: some Explained, _ language: Language) {
        if let spoken = error as? any Spoken {
            let said = spoken.said
            summary = said.summary.text(language)
            advice = said.advice.text(language)
        } else if language == .japanese, let relayed = error as? RelayedError {
            self = relayed.japanese
        } else if language == .japanese, let words = JapaneseCases.words(error) {
            (summary, advice) = words
        } else if language == .japanese, let words = JapaneseErrors.entry(error.code) {
            (summary, advice) = words
            let isSpecific = error.summary.utf8.contains { byte in
                byte == UInt8(ascii: "(") || byte == UInt8(ascii: "/")
                    || (0x30...0x39).contains(byte)
            }
            detail = isSpecific ? error.summary : nil
        } else {
            summary = error.summary
            advice = error.advice
        }
    }

    init(reading json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        summary = try reader.text("summary")
        advice = try reader.text("advice")
        detail = try reader.optionalText("detail")
    }

    var json: JSON {
        [
            "summary": .string(summary), "advice": .string(advice),
            "detail": detail.map { .string($0) },
        ]
    }
}
