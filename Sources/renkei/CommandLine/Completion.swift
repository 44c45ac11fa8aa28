/// Completion scripts. Each walks the words typed so far along the known paths and then offers
/// what may follow; where nothing is offered the shell completes file names.
struct Completion: Sendable {
    enum Shell: String, CaseIterable, Sendable { case bash, zsh, fish }

    let table: CommandTable
    let language: Language

    func text(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    private var bash: String {
        """
        # bash completion for renkei
        _renkei() {
            local path="renkei" item words=""
            for item in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                case "$path $item" in
                    \(knownPaths)) path="$path $item" ;;
                esac
            done
            case "$path" in
        \(wordCases)
            esac
            case "${COMP_WORDS[COMP_CWORD-1]}" in
        \(choiceCases)
            esac
            COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _renkei renkei
        """
    }

    private var zsh: String {
        """
        #compdef renkei
        _renkei() {
            local way="renkei" item list=""
            for item in "${(@)words[2,CURRENT-1]}"; do
                case "$way $item" in
                    (\(knownPaths)) way="$way $item" ;;
                esac
            done
            case "$way" in
        \(wordCases.replacing("words=", with: "list="))
            esac
            case "${words[CURRENT-1]}" in
        \(choiceCases.replacing("words=", with: "list="))
            esac
            compadd -- ${=list}
            _files
        }
        if [[ "${funcstack[1]}" == _renkei ]]; then _renkei "$@"; else compdef _renkei renkei; fi
        """
    }

    private var fish: String {
        var lines = [
            "# fish completion for renkei",
            "function __renkei_path",
            "    set -l way renkei",
            "    for item in (commandline -opc)[2..-1]",
            "        switch \"$way $item\"",
            "            case \(knownPathList.joined(separator: " "))",
            "                set way \"$way $item\"",
            "        end",
            "    end",
            "    echo $way",
            "end",
        ]
        for path in table.paths {
            let condition = "-n 'test (__renkei_path) = \"\(joined(path))\"'"
            for word in table.words(after: path) {
                let summary = table.command(path + [word])?.summary.text(language) ?? ""
                lines.append("complete -c renkei -f \(condition) -a \(word) -d '\(summary)'")
            }
            for choice in table.command(path)?.arguments.flatMap(\.form.choices) ?? [] {
                lines.append("complete -c renkei -f \(condition) -a \(choice)")
            }
            for option in table.command(path)?.options ?? [] {
                let needs = option.value == nil ? "" : " -r"
                let summary = option.summary.text(language)
                lines.append(
                    "complete -c renkei \(condition) -l \(option.name)\(needs) -d '\(summary)'"
                )
            }
        }
        return lines.joined(separator: "\n")
    }

    private func joined(_ path: [String]) -> String {
        (["renkei"] + path).joined(separator: " ")
    }

    private var knownPathList: [String] {
        table.paths.dropFirst().map { "\"\(joined($0))\"" }
    }

    private var knownPaths: String { knownPathList.joined(separator: "|") }

    private var wordCases: String {
        table.paths.map { path in
            let command = table.command(path)
            let options = (command?.options ?? []) + Option.everywhere
            let choices = command?.arguments.flatMap(\.form.choices) ?? []
            let words = table.words(after: path) + choices + options.map { "--\($0.name)" }
            return "        (\"\(joined(path))\") words=\"\(words.joined(separator: " "))\" ;;"
        }.joined(separator: "\n")
    }

    private var choiceCases: String {
        var seen: [String] = []
        var lines: [String] = []
        for option in table.commands.flatMap(\.options) + Option.everywhere {
            let words = option.value?.form.choices ?? []
            if words.isEmpty || seen.contains(option.name) { continue }
            seen.append(option.name)
            lines.append("        (--\(option.name)) words=\"\(words.joined(separator: " "))\" ;;")
        }
        return lines.joined(separator: "\n")
    }
}
