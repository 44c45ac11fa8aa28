/// The language of help, talk and errors.
enum Language: String, Sendable, CaseIterable {
    case japanese = "ja"
    case english = "en"

    /// By the first locale variable that is set, in the order of POSIX; Japanese for `ja…`.
    static func ofLocale(_ variable: (String) -> String?) -> Language {
        for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
            if let value = variable(name), !value.isEmpty {
                return value.hasPrefix("ja") ? .japanese : .english
            }
        }
        return .english
    }
}

/// One text in both languages.
struct Phrase: Sendable {
    let ja: String
    let en: String

    init(ja: String, en: String) {
        self.ja = ja
        self.en = en
    }

    func text(_ language: Language) -> String {
        switch language {
        case .japanese: ja
        case .english: en
        }
    }
}
