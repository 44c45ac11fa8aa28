import Primitives

@testable import renkei

/// A small table of commands that do nothing.
enum Sample {
    static let id = Argument("ID", phrase)
    static let files = Argument("FILE", phrase, form: .file, count: .many)
    static let to = Option("to", "ORG", phrase, repeats: true)
    static let port = Option("port", "N", phrase, form: .number(1...65535))
    static let wait = Option("wait", "STATE", phrase, form: .choice(["opened", "delivered"]))
    static let output = Option(output: phrase)

    static let commands: [Command] = [
        command(["inbox", "open"], [id], [.json, .agent, .role]),
        command(["inbox", "list"], [], [.json]),
        command(["send"], [Argument("SHEET", phrase, form: .file)], [to, port, wait, output]),
        command(["verify"], [files], []),
    ]

    static let table = CommandTable(commands)

    private static let phrase = Phrase(ja: "説明", en: "text")

    private static func command(
        _ path: [String],
        _ arguments: [Argument],
        _ options: [Option]
    ) -> Command {
        let example = Example(path.joined(separator: " "), phrase)
        return Command(path, (phrase, example), arguments: arguments, options: options) { _, _ in
            .done
        }
    }
}

/// Keeps what was printed.
final class MemorySink: TextSink {
    private let written = Lock("")
    let isTerminal: Bool

    init(isTerminal: Bool = false) { self.isTerminal = isTerminal }

    var text: String { written.withLock { $0 } }

    func write(_ text: String) { written.withLock { $0 += text } }
}
