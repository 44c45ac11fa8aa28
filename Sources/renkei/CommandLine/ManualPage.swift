/// `renkei(1)` in roff, from the same table as everything else.
struct ManualPage: Sendable {
    let table: CommandTable
    let language: Language

    var text: String {
        var lines = [
            ".TH RENKEI 1 \"\" \"renkei \(Program.version)\"",
            ".SH \(title(ja: "名前", en: "NAME"))",
            "renkei \\- "
                + escaped(
                    Phrase(
                        ja: "在宅医療と介護の事業所間で文書を封印して届ける",
                        en: "sealed exchange of sheets between care offices and hospitals"
                    ).text(language)
                ),
            ".SH \(title(ja: "コマンド", en: "COMMANDS"))",
        ]
        for command in table.commands { lines += entry(command) }
        lines.append(".SH \(title(ja: "終了コード", en: "EXIT STATUS"))")
        for (code, meaning) in ManualPage.exitCodes {
            lines += [".TP", "\(code.rawValue)", escaped(meaning.text(language))]
        }
        return lines.joined(separator: "\n")
    }

    private func entry(_ command: Command) -> [String] {
        let help = HelpText(table: table, language: language)
        var lines = [
            ".SS renkei \(escaped(help.usage(command)))",
            escaped(command.summary.text(language)),
            ".PP", ".RS", ".nf",
            "$ renkei \(escaped(command.example.line))",
            ".fi", ".RE",
        ]
        for argument in command.arguments {
            lines += [".TP", escaped(argument.name), escaped(argument.summary.text(language))]
        }
        for option in command.options {
            lines += [".TP", escaped(option.usage), escaped(option.summary.text(language))]
        }
        return lines
    }

    private static let exitCodes: [(ExitCode, Phrase)] = [
        (.done, Phrase(ja: "完了、検査に合格", en: "done; the check passed")),
        (.failed, Phrase(ja: "検査または操作に失敗", en: "the check or the operation failed")),
        (.usage, Phrase(ja: "使い方の誤り", en: "usage")),
        (
            .notFound,
            Phrase(ja: "ファイル、文書、会員がない", en: "file, message or member not found")
        ),
        (.unreachable, Phrase(ja: "相手に接続できない", en: "service unreachable")),
        (.temporary, Phrase(ja: "一時的: 後でもう一度", en: "temporary: try again later")),
        (
            .refused,
            Phrase(ja: "拒否（権限、同意、証明書）", en: "refused: right, consent, certificate")
        ),
        (.configuration, Phrase(ja: "設定または自己診断", en: "configuration or self-test")),
    ]

    private func title(ja: String, en: String) -> String { Phrase(ja: ja, en: en).text(language) }

    /// roff reads `\`, `-` and a leading `.` or `'` as its own.
    private func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            default: result.append(character)
            }
        }
        return result.hasPrefix(".") || result.hasPrefix("'") ? "\\&" + result : result
    }
}
