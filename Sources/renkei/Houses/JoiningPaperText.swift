import Cryptography
import Exchange
import Primitives

/// The joining paper as text: printed for the office, and read back by `gateway enrol` whatever
/// words stand around its four values.
struct JoiningPaperText: Sendable {
    let url: String
    let rootSha256: Digest
    let member: MemberID
    let code: String

    init(url: String, _ paper: JoiningPaper) {
        self.url = url
        rootSha256 = paper.rootSha256
        member = paper.member
        code = paper.code ?? ""
    }

    /// - Returns: nil unless each value stands in `text` exactly once.
    init?(_ text: String) {
        let words = text.split { $0.isWhitespace }.map(String.init)
        guard let url = Self.only(words, where: { $0.hasPrefix("https://") }),
            let root = Self.only(words, where: { $0.utf8.count == 64 && Digest(hex: $0) != nil }),
            let rootSha256 = Digest(hex: root),
            let member = Self.only(words, where: { MemberID($0) != nil }).flatMap({
                MemberID($0)
            }),
            let code = Self.only(words, where: Self.isCode)
        else { return nil }
        self.url = url
        self.rootSha256 = rootSha256
        self.member = member
        self.code = code
    }

    var lines: [String] {
        [
            "参加票 (joining paper)",
            "",
            "交換所 (exchange):             \(url)",
            "ルート証明書 SHA-256 (root):    \(rootSha256)",
            "会員番号 (member id):          \(member)",
            "参加コード (one-time code):     \(code)",
            "",
            "この票は 72 時間、1 回だけ使えます。gateway enrol に渡してください。",
        ]
    }

    private static func only(_ words: [String], where isOne: (String) -> Bool) -> String? {
        let found = words.filter(isOne)
        return found.count == 1 ? found[0] : nil
    }

    private static func isCode(_ word: String) -> Bool {
        let groups = word.split(separator: "-", omittingEmptySubsequences: false)
        return groups.count == 5
            && groups.allSatisfy { $0.utf8.count == 4 && Base32.isAlphabet($0.lowercased().utf8) }
    }
}
