import Primitives

/// Takes a call from its words to its exit code.
struct Frame: Sendable {
    let table: CommandTable

    /// - Parameter commands: those of the program; `completion`, `help` and `version` come on top.
    init(_ commands: [Command]) {
        table = CommandTable(commands + [.completion, .help, .version])
    }

    func run(_ words: [String], _ console: Console) async -> ExitCode {
        var words = words
        if words.first?.hasSameBytes(as: "--version") == true { words[0] = "version" }
        do {
            switch try Parser(table: table).parse(words) {
            case .help(let path):
                console.data(HelpText(table: table, language: console.language).text(path))
                return .done
            case .run(let invocation):
                return try await invocation.command.run(invocation, console)
            }
        } catch let error as any Explained {
            return console.report(error)
        } catch is CancellationError {
            return .temporary
        } catch {
            return console.report(UnexplainedError())
        }
    }
}

/// Something threw an error that is not ours; it is a fault of the program.
struct UnexplainedError: Spoken {
    var code: String { "internalFailure" }
    var isTemporary: Bool { false }
    var said: (summary: Phrase, advice: Phrase) {
        (
            Phrase(
                ja: "プログラムの内部で異常が起きました。",
                en: "The program met an internal fault."
            ),
            Phrase(
                ja: "操作と時刻を控え、運営者に連絡してください。",
                en: "Report the command and the time to the operator."
            )
        )
    }
}
