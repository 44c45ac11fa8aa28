import Primitives

/// Asks a worker which of these characters no font of this machine draws. A character is what a
/// reader takes for one: with its variation selector or its marks.
package struct PaperQuestion: Sendable, CustomStringConvertible {
    package let characters: [String]

    package static let mostCharacters = 10_000
    private static let mark = UInt8(ascii: "?")

    /// Of many characters the first ones.
    package init(_ characters: [String]) {
        self.characters = Array(characters.prefix(Self.mostCharacters))
    }

    package var description: String { "PaperQuestion" }

    /// The bytes that a worker reads; no job begins like them.
    package var bytes: [UInt8] { [Self.mark] + Self.json(characters).canonicalBytes }

    /// Nil for a job.
    ///
    /// - Throws: `malformed`, `tooLarge`.
    init?(reading bytes: [UInt8]) throws(PaperRefusal) {
        guard bytes.first == Self.mark else { return nil }
        guard let characters = Self.texts(bytes.dropFirst()) else { throw .malformed }
        guard characters.count <= Self.mostCharacters else { throw .tooLarge }
        self.characters = characters
    }

    static func json(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }

    /// Nil for whatever is no list of texts.
    static func texts(_ bytes: ArraySlice<UInt8>) -> [String]? {
        let json: JSON
        do throws(DecodingRefusal) {
            json = try JSON(reading: Array(bytes), .strict.within(Limits.paperJobBytes))
        } catch { return nil }
        guard let array = json.array else { return nil }
        let texts = array.compactMap(\.string)
        return texts.count == array.count ? texts : nil
    }
}
