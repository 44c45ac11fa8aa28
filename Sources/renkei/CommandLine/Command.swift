// The command line: one table of commands drives parsing, help, completion and the manual page.
//
// A command is a value: its words, what it says about itself, what it takes and the act itself.
// Commands are listed in `Renkei.commands`; nothing registers itself. The frame parses strictly
// before a command runs, so an act sees only options it declared and values of the right form.
// Data goes to standard output, everything meant for a person to standard error. What a command
// throws is printed as error and hint in the reader's language, and its code decides the exit
// status (`ExitCode`).

import Primitives

/// One act of the program.
struct Command: Sendable {
    typealias Act = @Sendable (Invocation, Console) async throws -> ExitCode

    /// The words that call it, for example `["inbox", "open"]`.
    let path: [String]
    /// One line for lists, without a full stop.
    let summary: Phrase
    /// What `--help` begins with.
    let example: Example
    let arguments: [Argument]
    let options: [Option]
    let run: Act

    init(
        _ path: [String],
        _ text: (summary: Phrase, example: Example),
        arguments: [Argument] = [],
        options: [Option] = [],
        run: @escaping Act
    ) {
        self.path = path
        summary = text.summary
        example = text.example
        self.arguments = arguments
        self.options = options
        self.run = run
    }

    var words: String { path.joined(separator: " ") }
}

/// A call that can be typed as it stands, and what it brings about.
struct Example: Sendable {
    /// Without the program's name.
    let line: String
    let effect: Phrase

    init(_ line: String, _ effect: Phrase) {
        self.line = line
        self.effect = effect
    }
}

/// The form of a value; the parser refuses every other form.
enum ValueForm: Sendable {
    case text
    case file
    case number(ClosedRange<Int>)
    case choice([String])
    /// One or more of these, with commas between.
    case list([String])
    /// Whatever the check takes, for example an identifier.
    case checked(@Sendable (String) -> Bool)

    /// What `make` can read, for example `Timestamp.init(_:)`.
    static func of<Value>(_ make: @escaping @Sendable (String) -> Value?) -> ValueForm {
        .checked { make($0) != nil }
    }

    /// All that may be written; none where that has no end.
    var choices: [String] {
        switch self {
        case .choice(let words), .list(let words): words
        case .text, .file, .number, .checked: []
        }
    }

    func accepts(_ text: String) -> Bool {
        switch self {
        case .text, .file: !text.isEmpty
        case .number(let range): Int(text).map(range.contains) ?? false
        case .choice(let words): words.contains { $0.hasSameBytes(as: text) }
        case .list(let words):
            text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { part in
                words.contains { $0.hasSameBytes(as: String(part)) }
            }
        case .checked(let isFit): isFit(text)
        }
    }
}

/// A value given by its place. The declared value is also the key to read it with.
struct Argument: Sendable {
    enum Count: Sendable { case one, optional, many, any }

    /// As shown in the usage line: `FILE`.
    let name: String
    let summary: Phrase
    let form: ValueForm
    let count: Count

    init(_ name: String, _ summary: Phrase, form: ValueForm = .text, count: Count = .one) {
        self.name = name
        self.summary = summary
        self.form = form
        self.count = count
    }

    var usage: String {
        switch count {
        case .one: name
        case .optional: "[\(name)]"
        case .many: "\(name)…"
        case .any: "[\(name)…]"
        }
    }
}

/// A value or mark given by its name. The declared value is also the key to read it with.
struct Option: Sendable {
    /// Without the dashes.
    let name: String
    /// One letter, for the few that have one.
    let short: String?
    let summary: Phrase
    /// The name and form of its value; nil for a mark.
    let value: (name: String, form: ValueForm)?
    let repeats: Bool

    /// An option that takes a value.
    init(
        _ name: String,
        _ value: String,
        _ summary: Phrase,
        form: ValueForm = .text,
        repeats: Bool = false
    ) {
        self.name = name
        short = nil
        self.summary = summary
        self.value = (value, form)
        self.repeats = repeats
    }

    /// An option that is there or not.
    init(mark name: String, short: String? = nil, _ summary: Phrase) {
        self.name = name
        self.short = short
        self.summary = summary
        value = nil
        repeats = false
    }

    /// The file or folder a command writes, `-o`.
    init(output summary: Phrase, _ value: String = "FILE") {
        name = "output"
        short = "o"
        self.summary = summary
        self.value = (value, .file)
        repeats = false
    }

    var usage: String {
        let names = (short.map { "-\($0), " } ?? "") + "--\(name)"
        return value.map { "\(names) \($0.name)" } ?? names
    }
}
