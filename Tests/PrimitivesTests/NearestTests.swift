import Primitives
import Testing

@Suite struct NearestTests {
    @Test(arguments: [
        ("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("abc", "abd", 1), ("abc", "acb", 1),
        ("abc", "ab", 1), ("abc", "xabc", 1), ("kitten", "sitting", 3), ("ca", "abc", 3),
    ])
    func `the distance counts edits and swaps`(_ left: String, _ right: String, _ count: Int) {
        #expect(Nearest.distance(Array(left.unicodeScalars), Array(right.unicodeScalars)) == count)
        #expect(Nearest.distance(Array(right.unicodeScalars), Array(left.unicodeScalars)) == count)
    }

    @Test(arguments: [
        ("opne", "open"), ("serv", "serve"), ("lst", "list"), ("ls", nil), ("xyz", nil),
        ("checkpiont", "checkpoint"),
    ])
    func `only a near word is suggested`(_ typed: String, _ word: String?) {
        let known = ["open", "serve", "list", "checkpoint"]
        #expect(Nearest.word(to: typed, among: known) == word)
    }
}
