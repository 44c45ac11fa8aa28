import Primitives

// The three commands of the frame itself.
extension Command {
    static let completion = Command(
        ["completion"],
        (
            Phrase(ja: "シェルの補完を出力する", en: "print the completion for a shell"),
            Example(
                "completion bash > /etc/bash_completion.d/renkei",
                Phrase(ja: "bash で Tab キーの補完が使える", en: "the Tab key completes in bash")
            )
        ),
        arguments: [.shell]
    ) { invocation, console in
        console.data(
            Completion(table: invocation.table, language: console.language)
                .text(for: Completion.Shell(rawValue: invocation.text(.shell)) ?? .bash)
        )
        return .done
    }

    static let help = Command(
        ["help"],
        (
            Phrase(ja: "コマンドの説明を表示する", en: "explain a command"),
            Example(
                "help inbox open",
                Phrase(ja: "inbox open の使い方を表示する", en: "how to use inbox open")
            )
        ),
        arguments: [.words],
        options: [.manualPage]
    ) { invocation, console in
        if invocation.has(.manualPage) {
            console.data(
                ManualPage(table: invocation.table, language: console.language).text
            )
            return .done
        }
        let path = invocation.texts(.words)
        if case .help = try Parser(table: invocation.table).parse(path + ["--help"]) {
            let help = HelpText(table: invocation.table, language: console.language)
            console.data(help.text(path))
        }
        return .done
    }

    static let version = Command(
        ["version"],
        (
            Phrase(ja: "版とリンクしたライブラリーを表示する", en: "print version and linked libraries"),
            Example(
                "version --json",
                Phrase(ja: "版を JSON で出力する", en: "the version as JSON")
            )
        ),
        options: [.json]
    ) { invocation, console in
        if invocation.has(.json) {
            console.data(Program.json)
        } else {
            console.data("renkei \(Program.version)")
            for library in Program.libraries {
                console.data("  \(library.name) \(library.version)")
            }
        }
        return .done
    }
}

extension Argument {
    fileprivate static let shell = Argument(
        "SHELL",
        Phrase(ja: "bash、zsh、fish のいずれか", en: "bash, zsh or fish"),
        form: .choice(Completion.Shell.allCases.map(\.rawValue))
    )
    fileprivate static let words = Argument(
        "COMMAND",
        Phrase(ja: "説明を見たいコマンド", en: "the command to explain"),
        count: .any
    )
}

extension Option {
    fileprivate static let manualPage = Option(
        mark: "man",
        Phrase(ja: "全コマンドのマニュアルを man の形式で出力する", en: "print the manual page of all commands")
    )
}

/// What this program says of itself.
enum Program {
    static let version = "0.1.0"

    /// The C libraries it runs with, as they call themselves.
    static var libraries: [(name: String, version: String)] {
        [
            ("OpenSSL", LinkedLibrary.text("OpenSSL_version", 0)),
            ("curl", LinkedLibrary.text("curl_version")),
            ("SQLite", LinkedLibrary.text("sqlite3_libversion")),
            ("utf8proc", LinkedLibrary.text("utf8proc_version")),
        ].compactMap { library in library.1.map { (library.0, $0) } }
    }

    static var json: JSON {
        var linked = JSONObject()
        for library in libraries { linked[library.name] = .string(library.version) }
        return ["libraries": .object(linked), "version": .string(version)]
    }
}
