import Glibc

/// The program. Live parts are put together here and nowhere else.
@main
enum Renkei {
    /// Every command, in the order of the help.
    static let commands: [Command] =
        Command.exchange + Command.members + Command.gateway + Command.consents + Command.keys
        + Command.witnesses + Command.directory + Command.configuration + Command.sending
        + Command.receiving + Command.book + Command.erasing + Command.maintaining
        + Command.backups + Command.desks + Command.users + Command.checking + Command.auditing + [
            Command.demo, .bench,
        ]

    static func main() async {
        Signals.ignoreBrokenPipes()
        ThisProcess.leaveNoDump()
        ThisProcess.keepMemoryLow()
        let words = Array(CommandLine.arguments.dropFirst())
        // For this program alone: it is in no list of commands.
        if words == [PaperLoop.command] { PaperLoop.run() }
        let language = Parser.language(in: words) ?? .ofLocale(Environment.value)
        let console = Console(
            language: language,
            output: FileSink.output,
            errorOutput: FileSink.errorOutput,
            hasColours: Environment.value("NO_COLOR") == nil
        )
        exit(await Frame(commands).run(words, console).rawValue)
    }
}
