/// The help of one command or of a group; it begins with an example.
struct HelpText: Sendable {
    let table: CommandTable
    let language: Language

    func text(_ path: [String]) -> String {
        table.command(path).map(text) ?? groupText(path)
    }

    private func text(of command: Command) -> String {
        let options = command.options + Option.everywhere
        var sections = [
            example(command.example),
            command.summary.text(language),
            section(Phrase(ja: "使い方", en: "Usage"), ["renkei \(usage(command))"]),
        ]
        if !command.arguments.isEmpty {
            let rows = command.arguments.map { ($0.name, $0.summary.text(language)) }
            sections.append(section(Phrase(ja: "引数", en: "Arguments"), columns(rows)))
        }
        let rows = options.map { ($0.usage, $0.summary.text(language)) }
        sections.append(section(Phrase(ja: "オプション", en: "Options"), columns(rows)))
        return sections.joined(separator: "\n\n")
    }

    private func groupText(_ path: [String]) -> String {
        let commands = table.commands(under: path)
        let rows = commands.map { ($0.words, $0.summary.text(language)) }
        let words = (["renkei"] + path).joined(separator: " ")
        let sections = [
            commands.first.map { example($0.example) },
            section(
                Phrase(ja: "使い方", en: "Usage"),
                ["\(words) \(Phrase(ja: "コマンド …", en: "COMMAND …").text(language))"]
            ),
            section(Phrase(ja: "コマンド", en: "Commands"), columns(rows)),
            Phrase(
                ja: "各コマンドの説明: renkei コマンド --help",
                en: "Help for each command: renkei COMMAND --help"
            ).text(language),
        ]
        return sections.compactMap(\.self).joined(separator: "\n\n")
    }

    /// The line of one call: words, arguments, options.
    func usage(_ command: Command) -> String {
        let options = command.options.map { option in
            let name = option.short.map { "-\($0)" } ?? "--\(option.name)"
            let value = option.value.map { " \($0.name)" } ?? ""
            return "[\(name)\(value)]" + (option.repeats ? "…" : "")
        }
        return (command.path + command.arguments.map(\.usage) + options).joined(separator: " ")
    }

    private func example(_ example: Example) -> String {
        section(
            Phrase(ja: "例", en: "Example"),
            ["renkei \(example.line)", "  → \(example.effect.text(language))"]
        )
    }

    private func section(_ title: Phrase, _ lines: [String]) -> String {
        ([title.text(language) + ":"] + lines.map { "  " + $0 }).joined(separator: "\n")
    }

    /// Left cells are ASCII, so counting scalars aligns the right ones.
    private func columns(_ rows: [(String, String)]) -> [String] {
        let width = rows.map { $0.0.unicodeScalars.count }.max() ?? 0
        return rows.map { left, right in
            let gap = String(repeating: " ", count: width - left.unicodeScalars.count + 2)
            return left + gap + right
        }
    }
}
