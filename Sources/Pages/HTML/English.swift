package import Primitives

/// The pages in English: our own words are looked up as they stand in the source, in Japanese; what
/// people wrote and the labels of the forms stay as they are.
///
/// A key is a run of own words between tags, or of an attribute that is read aloud, with `{}` for
/// what is put in. Its English may have `{1}`, `{2}` … in an order of its own. What has no English
/// stays Japanese.
package struct English: Sendable {
    /// In force while a request is answered; nil: the pages are Japanese.
    @TaskLocal package static var spoken: English?

    /// The English of a key; nil: there is none.
    let word: @Sendable (String) -> String?

    init(_ word: @escaping @Sendable (String) -> String?) { self.word = word }

    /// `file` is a JSON object, from Japanese to English.
    package init(reading file: [UInt8]) throws(DecodingRefusal) {
        let json = try JSON(reading: file, .strict.within(Limits.contentBytes))
        guard let object = json.object else { throw DecodingRefusal(.wrongType) }
        var words: [ByteText: String] = [:]
        for (key, value) in object.members {
            guard let english = value.string else { throw DecodingRefusal(.wrongType) }
            words[ByteText(key)] = english
        }
        let known = words
        word = { known[ByteText($0)] }
    }

    /// Words of our own in the language of the page; for words that stand by themselves.
    static func said(_ own: String) -> String { spoken?.word(own) ?? own }
}

/// Markup in English, made of own words and of what is put in between.
struct SpokenMarkup {
    enum Piece {
        case own(String)
        /// Markup that is complete.
        case put(String)
    }

    private let english: English
    private var text = ""
    /// Since the last tag, or in an attribute that is read aloud.
    private var run: [Piece] = []
    private var place = Place.outside
    /// Of the tag so far, to know the name of an attribute.
    private var tag = ""

    private enum Place {
        case outside, inTag, inValue, inSpoken
    }

    private static let spoken = ["aria-label=", "placeholder=", "alt="]

    static func text(_ pieces: [Piece], _ english: English) -> String {
        var markup = SpokenMarkup(english: english)
        for piece in pieces { markup.take(piece) }
        markup.endRun()
        return markup.text
    }

    private init(english: English) { self.english = english }

    private mutating func take(_ piece: Piece) {
        switch piece {
        case .put(let put):
            switch place {
            case .outside, .inSpoken: run.append(piece)
            case .inTag, .inValue: text += put
            }
        case .own(let words): for character in words { take(character) }
        }
    }

    private mutating func take(_ character: Character) {
        switch (place, character) {
        case (.outside, "<"): endRun(andGo: .inTag)
        case (.inSpoken, "\""): endRun(andGo: .inTag)
        case (.inTag, ">"): place = .outside
        case (.inTag, "\""):
            place = Self.spoken.contains(where: tag.hasSuffix) ? .inSpoken : .inValue
        case (.inValue, "\""): place = .inTag
        case (.inTag, _): tag.append(character)
        case (.inValue, _): break
        case (.outside, _), (.inSpoken, _): return say(character)
        }
        text.append(character)
    }

    private mutating func endRun(andGo next: Place) {
        endRun()
        (place, tag) = (next, "")
    }

    private mutating func say(_ character: Character) {
        if case .own(let words)? = run.last {
            run[run.count - 1] = .own(words + String(character))
        } else {
            run.append(.own(String(character)))
        }
    }

    // MARK: A run

    /// What stands at its ends, other than own words, is no part of what is looked up.
    private mutating func endRun() {
        defer { run = [] }
        guard let first = run.firstIndex(where: \.isSpoken),
            let last = run.lastIndex(where: \.isSpoken)
        else { return text += run.map(\.markup).joined() }
        text += run[..<first].map(\.markup).joined()
        text += said(run[first...last])
        text += run[(last + 1)...].map(\.markup).joined()
    }

    private func said(_ run: ArraySlice<Piece>) -> String {
        var puts: [String] = []
        var whole = ""
        for piece in run {
            switch piece {
            case .own(let words): whole += words
            case .put(let put):
                whole += "{}"
                puts.append(put)
            }
        }
        let key = whole.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard let english = english.word(key) else { return run.map(\.markup).joined() }
        let before = whole.prefix(while: \.isWhitespace)
        let after = whole.suffix(from: whole.endOfWords)
        return before + Self.filled(english, puts) + after
    }

    /// `{}` in order, `{1}` by number.
    private static func filled(_ english: String, _ puts: [String]) -> String {
        var (text, next) = ("", 0)
        var rest = Substring(english)
        while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
            text += rest[..<start]
            let number = Int(rest[rest.index(after: start)..<end])
            let index = number.map { $0 - 1 } ?? next
            if number == nil { next += 1 }
            text += puts.indices.contains(index) ? puts[index] : ""
            rest = rest[rest.index(after: end)...]
        }
        return text + rest
    }
}

extension SpokenMarkup.Piece {
    fileprivate var markup: String {
        switch self {
        case .own(let words): words
        case .put(let put): put
        }
    }

    /// Whether there is something to say in another language.
    fileprivate var isSpoken: Bool {
        switch self {
        case .own(let words): words.unicodeScalars.contains { $0.value > 0x7F }
        case .put: false
        }
    }
}

extension String {
    /// Behind the last character that is no blank.
    fileprivate var endOfWords: Index {
        lastIndex { !$0.isWhitespace }.map(index(after:)) ?? startIndex
    }
}
