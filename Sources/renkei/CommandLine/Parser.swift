import Primitives

/// Words of a call to what they ask for. Pure: it reads nothing but its table.
struct Parser: Sendable {
    enum Request: Sendable {
        case run(Invocation)
        /// Help for a command or a group of commands.
        case help([String])
    }

    let table: CommandTable

    func parse(_ words: [String]) throws(UsageError) -> Request {
        var rest = words[...]
        let marks = try leadingOptions(&rest)
        let path = try commandPath(&rest)
        if marks.contains("help") || asksForHelp(rest) { return .help(path) }
        guard let command = table.command(path) else {
            throw .commandMissing(after: path)
        }
        return .run(try invocation(of: command, rest))
    }

    /// The language asked for by `--lang`, wherever it stands, so that errors can use it.
    static func language(in words: [String]) -> Language? {
        for (index, word) in words.enumerated() {
            if word == "--" { return nil }
            if word == "--lang", index + 1 < words.count {
                return Language(rawValue: words[index + 1])
            }
            if word.hasPrefix("--lang=") { return Language(rawValue: String(word.dropFirst(7))) }
        }
        return nil
    }

    /// `--lang` and `--help` may stand before the command.
    private func leadingOptions(_ rest: inout ArraySlice<String>) throws(UsageError) -> [String] {
        var names: [String] = []
        while let word = rest.first, word.hasPrefix("-"), word != "--" {
            rest.removeFirst()
            let (option, value) = try option(word, among: Option.everywhere, of: [])
            _ = try self.value(of: option, value, &rest, of: [])
            names.append(option.name)
        }
        return names
    }

    private func commandPath(_ rest: inout ArraySlice<String>) throws(UsageError) -> [String] {
        var path: [String] = []
        while table.command(path) == nil, let word = rest.first, !word.hasPrefix("-") {
            let known = table.words(after: path)
            guard known.contains(word) else {
                let nearest = Nearest.word(to: word, among: known)
                throw .commandUnknown(word, after: path, nearest: nearest)
            }
            rest.removeFirst()
            path.append(word)
        }
        return path
    }

    private func asksForHelp(_ rest: ArraySlice<String>) -> Bool {
        rest.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
    }

    private func invocation(
        of command: Command,
        _ words: ArraySlice<String>
    ) throws(UsageError) -> Invocation {
        var invocation = Invocation(command, of: table)
        var places: [String] = []
        var rest = words
        var onlyArguments = false
        while let word = rest.popFirst() {
            if !onlyArguments, word == "--" {
                onlyArguments = true
            } else if !onlyArguments, word.hasPrefix("-"), word != "-" {
                let known = command.options + Option.everywhere
                let (option, given) = try option(word, among: known, of: command.path)
                let value = try value(of: option, given, &rest, of: command.path)
                guard option.repeats || !invocation.has(option) else {
                    throw .optionRepeated("--\(option.name)")
                }
                invocation.add(value, to: option)
            } else {
                places.append(word)
            }
        }
        try place(places, in: &invocation)
        return invocation
    }

    private func option(
        _ word: String,
        among known: [Option],
        of path: [String]
    ) throws(UsageError) -> (Option, String?) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let value = parts.count > 1 ? String(parts[1]) : nil
        let found = known.first { option in
            name == "--\(option.name)" || option.short.map { name == "-\($0)" } ?? false
        }
        guard let found else {
            let bare = String(name.drop { $0 == "-" })
            let nearest = Nearest.word(to: bare, among: known.map(\.name))
            throw .optionUnknown(name, of: path, nearest: nearest)
        }
        return (found, value)
    }

    private func value(
        of option: Option,
        _ given: String?,
        _ rest: inout ArraySlice<String>,
        of path: [String]
    ) throws(UsageError) -> String {
        let name = "--\(option.name)"
        guard let form = option.value?.form else {
            guard given == nil else { throw .valueUnexpected(name) }
            return ""
        }
        guard let value = given ?? rest.popFirst() else { throw .valueMissing(name) }
        guard form.accepts(value) else { throw unfit(name, form, of: path) }
        return value
    }

    private func unfit(_ name: String, _ form: ValueForm, of path: [String]) -> UsageError {
        form.choices.isEmpty
            ? .valueUnfit(name, of: path) : .valueUnknown(name, among: form.choices)
    }

    private func place(
        _ words: [String],
        in invocation: inout Invocation
    ) throws(UsageError) {
        let path = invocation.command.path
        var rest = words[...]
        for argument in invocation.command.arguments {
            if argument.count == .one || argument.count == .many, rest.isEmpty {
                throw .argumentMissing(argument.name, of: path)
            }
            let takesAll = argument.count == .many || argument.count == .any
            let taken = takesAll ? rest : rest.prefix(1)
            for word in taken {
                guard argument.form.accepts(word) else {
                    throw unfit(argument.name, argument.form, of: path)
                }
                invocation.add(word, to: argument)
            }
            rest = rest.dropFirst(taken.count)
        }
        if let extra = rest.first { throw .argumentUnexpected(extra, of: path) }
    }
}
