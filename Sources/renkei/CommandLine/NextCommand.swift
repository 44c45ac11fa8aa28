import Primitives

/// The command that makes sense after a success, as it can be typed: with the options of this call
/// that it takes too.
struct NextCommand {
    /// What says where a call acts and who does; all else is its own matter.
    private static let carried: [Option] = [
        .configuration, .data, .unlockFile, .organisation, .agent, .role, .desk,
    ]

    /// Without the program's name.
    let line: String

    /// `words` are those of a command of the call's table, with what is known of the rest, and with
    /// `--as NAME` where somebody must be named.
    init(_ words: String, after call: Invocation) {
        let known = call.table.commands.first { "\(words) ".hasPrefix("\($0.words) ") }
        // A gateway has another folder than its exchange, on another machine.
        guard let known, known.isExchanges == call.command.isExchanges else {
            line = words
            return
        }
        var line = words
        for option in Self.carried where known.options.contains(where: option.isCalledLike) {
            guard let value = call.text(option), let name = option.value?.name else { continue }
            let given = "--\(option.name) \(value.shellWord)"
            if let place = line.firstRange(of: "--\(option.name) \(name)") {
                line.replaceSubrange(place, with: given)
            } else if !line.contains("--\(option.name) ") {
                line += " " + given
            }
        }
        self.line = line
    }
}

extension Command {
    fileprivate var isExchanges: Bool { path.first?.hasSameBytes(as: "exchange") ?? false }
}

extension Option {
    fileprivate func isCalledLike(_ other: Option) -> Bool { name.hasSameBytes(as: other.name) }
}

extension String {
    /// What whoever got a joining paper does with it.
    static let enrolment = "gateway enrol --paper FILE --as NAME --role CODE --phone TEL"

    /// As one word of a shell.
    var shellWord: String {
        let isPlain = utf8.allSatisfy { byte in
            byte >= 0x80 || "-_./:@%+=,".utf8.contains(byte)
                || UnicodeScalar(byte).properties.isAlphabetic
                || UnicodeScalar(byte).properties.numericType != nil
        }
        return isPlain && !isEmpty ? self : "'" + replacing("'", with: "'\\''") + "'"
    }
}
