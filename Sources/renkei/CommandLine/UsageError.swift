import Primitives

/// An error of the program itself, which can name words and so speaks both languages itself.
protocol Spoken: Explained {
    var said: (summary: Phrase, advice: Phrase) { get }
}

extension Spoken {
    var summary: String { said.summary.en }
    var advice: String { said.advice.en }
}

/// The call was not one the table of commands knows.
enum UsageError: Spoken, Equatable {
    case commandMissing(after: [String])
    case commandUnknown(String, after: [String], nearest: String?)
    case optionUnknown(String, of: [String], nearest: String?)
    case optionRepeated(String)
    case valueMissing(String)
    case valueUnexpected(String)
    case valueUnfit(String, of: [String])
    case valueUnknown(String, among: [String])
    case argumentMissing(String, of: [String])
    case argumentUnexpected(String, of: [String])

    var code: String { "usage" }
    var isTemporary: Bool { false }

    var said: (summary: Phrase, advice: Phrase) { (summaryPhrase, advicePhrase) }

    private var summaryPhrase: Phrase {
        switch self {
        case .commandMissing:
            Phrase(ja: "コマンドが足りません。", en: "A command is missing.")
        case .commandUnknown(let word, _, _):
            Phrase(ja: "「\(word)」というコマンドはありません。", en: "There is no command “\(word)”.")
        case .optionUnknown(let word, _, _):
            Phrase(ja: "「\(word)」というオプションはありません。", en: "There is no option “\(word)”.")
        case .optionRepeated(let option):
            Phrase(ja: "\(option) は一度だけ指定できます。", en: "\(option) may be given only once.")
        case .valueMissing(let option):
            Phrase(ja: "\(option) には値が必要です。", en: "\(option) needs a value.")
        case .valueUnexpected(let option):
            Phrase(ja: "\(option) に値は付けられません。", en: "\(option) takes no value.")
        case .valueUnfit(let name, _), .valueUnknown(let name, _):
            Phrase(ja: "\(name) の値が正しくありません。", en: "The value of \(name) is not of its form.")
        case .argumentMissing(let name, _):
            Phrase(ja: "\(name) が足りません。", en: "\(name) is missing.")
        case .argumentUnexpected(let word, _):
            Phrase(ja: "「\(word)」は余分です。", en: "“\(word)” is one word too many.")
        }
    }

    private var advicePhrase: Phrase {
        switch self {
        case .commandUnknown(_, let path, let nearest?):
            meant((["renkei"] + path + [nearest]).joined(separator: " "))
        case .optionUnknown(_, _, let nearest?): meant("--\(nearest)")
        case .commandMissing(let path), .commandUnknown(_, let path, _),
            .optionUnknown(_, let path, _), .valueUnfit(_, let path),
            .argumentMissing(_, let path), .argumentUnexpected(_, let path):
            help(path)
        case .valueUnknown(_, let words):
            Phrase(
                ja: "使える値: " + words.joined(separator: "、"),
                en: "It takes: " + words.joined(separator: ", ")
            )
        case .optionRepeated, .valueMissing, .valueUnexpected: help([])
        }
    }

    private func meant(_ words: String) -> Phrase {
        Phrase(ja: "もしかして: \(words)", en: "did you mean: \(words)")
    }

    private func help(_ path: [String]) -> Phrase {
        let call = (["renkei"] + path + ["--help"]).joined(separator: " ")
        return Phrase(ja: "\(call) で使い方を見られます。", en: "See \(call).")
    }
}
