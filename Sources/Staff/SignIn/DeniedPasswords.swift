import Primitives

/// What is guessed first. Words that come with digits and signs around them are no better, and so
/// are runs, repetitions and the own name.
enum DeniedPasswords {
    /// - Returns: whether whoever guesses has it in the first lists.
    static func denies(_ text: String, name: SignInName) -> Bool {
        let small = text.narrowed.lowercasedASCII
        let scalars = Array(small.unicodeScalars)
        if Set(scalars).count < 5 || isRun(scalars) || isRepeated(scalars) { return true }
        let letters = small.utf8.filter { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        let word = String(decoding: letters, as: UTF8.self)
        let own = String(
            decoding: name.text.utf8.filter {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
            },
            as: UTF8.self
        )
        // What is left of a text in letters other than these is the person's own.
        guard scalars.allSatisfy(\.isASCII) else { return false }
        return isMade(word, of: words + (own.utf8.count > 2 ? [own] : []))
    }

    /// Whether a text is nothing but such words one after the other.
    private static func isMade(_ text: String, of words: [String]) -> Bool {
        guard !text.isEmpty else { return true }
        var reached: Set<Int> = [0]
        let bytes = Array(text.utf8)
        for start in bytes.indices where reached.contains(start) {
            for word in words where bytes[start...].starts(with: word.utf8) {
                reached.insert(start + word.utf8.count)
            }
        }
        return reached.contains(bytes.count)
    }

    /// Neighbours on the keyboard or in the alphabet, forwards or backwards, but for a few.
    private static func isRun(_ scalars: [Unicode.Scalar]) -> Bool {
        let steps = zip(scalars, scalars.dropFirst())
        let near = steps.count { left, right in
            abs(Int(left.value) - Int(right.value)) <= 1 || areNeighbours(left, right)
        }
        return near * 4 >= (scalars.count - 1) * 3
    }

    private static func areNeighbours(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Bool {
        rows.contains { row in
            guard let here = row.firstIndex(of: left), let there = row.firstIndex(of: right) else {
                return false
            }
            return abs(here - there) == 1
        }
    }

    /// The same few characters again and again.
    private static func isRepeated(_ scalars: [Unicode.Scalar]) -> Bool {
        (1...max(1, scalars.count / 2)).contains { length in
            zip(scalars, scalars.dropFirst(length)).allSatisfy { $0 == $1 }
        }
    }

    private static let rows = ["1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm"]
        .map { Array($0.unicodeScalars) }

    private static let words = """
        password passwort pass passwd passphrase word secret himitsu letmein welcome login signin
        admin administrator root user guest test testing tester demo default changeme change me
        hello world master monkey dragon sunshine princess football baseball iloveyou love abc
        qwerty asdf zxcv qaz wsx edc rfv tgb asdfgh zxcvbn qwertyuiop asdfghjkl zxcvbnm
        renkei kango kaigo byouin byoin hospital clinic iryo iryou care carecenter center centre
        nurse kangoshi ishi isha doctor sensei caremanager manager keamane jimu shokuin staff
        kanja riyosha riyousha zaitaku houmon soudan shitsu fukushi hoken shien jigyosho
        tokyo osaka kyoto nagoya sapporo fukuoka yokohama sendai hiroshima kobe japan nihon nippon
        sakura hana hanako taro tarou yamada sato satou suzuki tanaka takahashi ito itou watanabe
        haru natsu aki fuyu spring summer autumn winter reiwa heisei showa shouwa
        january february march april may june july august september october november december
        monday tuesday wednesday thursday friday saturday sunday
        my the a i is san sama kun chan no to
        """.split { $0 == " " || $0 == "\n" }.map(String.init)
}
