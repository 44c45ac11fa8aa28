import Configuration
import Primitives

extension Command {
    /// `exchange config …` and `gateway config …`.
    static let configuration: [Command] = ServiceKind.allCases.flatMap { kind in
        [checkConfiguration(kind), showConfiguration(kind)]
    }

    private static func checkConfiguration(_ kind: ServiceKind) -> Command {
        Command(
            [kind.rawValue, "config", "check"],
            (
                Phrase(ja: "設定ファイルを検査する", en: "check the configuration file"),
                Example(
                    "\(kind.rawValue) config check",
                    Phrase(ja: "誤りの行と近い項目名を示す", en: "names the line and the nearest option")
                )
            ),
            options: [.configuration, .json]
        ) { invocation, console in
            let settings = try load(kind, invocation)
            let changed = settings.effective.count { $0.origin != .default }
            if invocation.has(.json) {
                console.data(["options": .integer(Int64(changed)), "valid": true])
            } else {
                console.talk(
                    Phrase(
                        ja: "正しい設定です（\(changed) 項目を指定）。",
                        en: "The configuration is sound (\(changed) options set)."
                    )
                )
                console.next("\(kind.rawValue) serve", after: invocation)
            }
            return .done
        }
    }

    private static func showConfiguration(_ kind: ServiceKind) -> Command {
        Command(
            [kind.rawValue, "config", "show"],
            (
                Phrase(ja: "設定を表示する", en: "print the configuration"),
                Example(
                    "\(kind.rawValue) config show --effective",
                    Phrase(
                        ja: "既定値も含む全項目と、その出どころ",
                        en: "every option with its value and where it came from"
                    )
                )
            ),
            options: [.configuration, .effective, .json]
        ) { invocation, console in
            let all = try load(kind, invocation).effective
            let shown = invocation.has(.effective) ? all : all.filter { $0.origin != .default }
            for line in shown {
                if invocation.has(.json) {
                    console.data(
                        [
                            "option": .string(line.row.name),
                            "origin": .string(line.origin.description),
                            "value": line.value,
                        ]
                    )
                } else {
                    let mark = line.row.needsRestart ? " †" : ""
                    let value = line.value.canonicalText
                    console.data("\(line.row.name) = \(value)  # \(line.origin)\(mark)")
                }
            }
            return .done
        }
    }

    private static func load(_ kind: ServiceKind, _ invocation: Invocation) throws -> Settings {
        let path = invocation.text(.configuration) ?? SettingsFiles.standardPath(kind)
        return try SettingsFiles.load(kind, from: path)
    }
}

extension Option {
    fileprivate static let effective = Option(
        mark: "effective",
        Phrase(ja: "既定値の項目も表示する", en: "also options at their default")
    )
}
