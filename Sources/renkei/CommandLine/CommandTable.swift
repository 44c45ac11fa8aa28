/// All commands, found by their words.
struct CommandTable: Sendable {
    let commands: [Command]

    /// - Precondition: no command's words begin another's.
    init(_ commands: [Command]) { self.commands = commands }

    func command(_ path: [String]) -> Command? { commands.first { $0.path == path } }

    /// The commands whose words begin with `path`, in the order of the table.
    func commands(under path: [String]) -> [Command] {
        commands.filter { $0.path.starts(with: path) }
    }

    /// The words that may follow `path`, each once.
    func words(after path: [String]) -> [String] {
        var words: [String] = []
        for command in commands(under: path) where command.path.count > path.count {
            let word = command.path[path.count]
            if !words.contains(word) { words.append(word) }
        }
        return words
    }

    /// Every beginning of every command, the empty one first.
    var paths: [[String]] {
        var paths: [[String]] = [[]]
        for command in commands {
            for length in 1...command.path.count {
                let path = Array(command.path.prefix(length))
                if !paths.contains(path) { paths.append(path) }
            }
        }
        return paths
    }
}
