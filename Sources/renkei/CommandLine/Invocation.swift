import Primitives

/// What one call gave to its command. Every value already has the form its key declares.
struct Invocation: Sendable {
    let command: Command
    /// All commands, for those that speak about commands.
    let table: CommandTable
    private var options: [ByteText: [String]] = [:]
    private var arguments: [ByteText: [String]] = [:]

    init(_ command: Command, of table: CommandTable) {
        self.command = command
        self.table = table
    }

    func has(_ option: Option) -> Bool { options[ByteText(option.name)] != nil }
    func text(_ option: Option) -> String? { options[ByteText(option.name)]?.last }
    func texts(_ option: Option) -> [String] { options[ByteText(option.name)] ?? [] }
    func number(_ option: Option) -> Int? { text(option).flatMap { Int($0) } }

    /// The value of an argument that is declared as `.one`.
    func text(_ argument: Argument) -> String { texts(argument).first ?? "" }
    func optionalText(_ argument: Argument) -> String? { texts(argument).first }
    func texts(_ argument: Argument) -> [String] { arguments[ByteText(argument.name)] ?? [] }

    /// - Throws: which of the options are not given.
    func demand(_ options: [Option]) throws(UsageError) {
        let absent = options.filter { text($0) == nil }
        guard absent.isEmpty else {
            let names = absent.map { "--\($0.name)" }.joined(separator: " ")
            throw .argumentMissing(names, of: command.path)
        }
    }

    mutating func add(_ value: String, to option: Option) {
        options[ByteText(option.name), default: []].append(value)
    }

    mutating func add(_ value: String, to argument: Argument) {
        arguments[ByteText(argument.name), default: []].append(value)
    }
}
