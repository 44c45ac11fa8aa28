import Foundation
import Testing

@testable import renkei

/// Rules for every command of the program, and what is made from the table.
@Suite struct TableTests {
    private let table = Frame(Renkei.commands).table

    @Test func `no command's words begin another's`() {
        for command in table.commands {
            #expect(table.commands(under: command.path).count == 1, "\(command.words)")
        }
    }

    @Test(arguments: Frame(Renkei.commands).table.commands.map(\.words))
    func `help begins with an example that the parser takes`(_ words: String) throws {
        let path = words.split(separator: " ").map(String.init)
        let command = try #require(table.command(path))
        let line = command.example.line.split(separator: " ").map(String.init)
        let call = line.prefix { !["|", ">", "<", "&&"].contains($0) }
        guard case .run(let invocation) = try Parser(table: table).parse(Array(call)) else {
            Issue.record("the example asks for help")
            return
        }
        #expect(invocation.command.path == path)
        for (language, title) in [(Language.english, "Example:"), (.japanese, "例:")] {
            let text = HelpText(table: table, language: language).text(path)
            #expect(text.hasPrefix("\(title)\n  renkei \(words)"))
        }
    }

    @Test func `an option's name means one thing in one command`() {
        for command in table.commands {
            let names = (command.options + Option.everywhere).map(\.name)
            #expect(Set(names).count == names.count, "\(command.words)")
        }
    }

    @Test func `the organisation types are those of the code list`() throws {
        struct List: Decodable {
            struct Row: Decodable { let code: String }
            let codes: [Row]
        }
        let file = Session.root.appendingPathComponent("Schemas/codes/OrgType.json")
        let list = try JSONDecoder().decode(List.self, from: try Data(contentsOf: file))
        #expect(Option.organisationTypes == list.codes.map(\.code))
    }

    @Test func `a group's help lists its commands`() {
        let text = HelpText(table: Sample.table, language: .japanese).text(["inbox"])
        #expect(text.contains("  inbox open  説明\n  inbox list  説明"))
        #expect(!text.contains("verify"))
    }

    @Test func `the usage line shows what may and must be given`() {
        let help = HelpText(table: Sample.table, language: .english)
        #expect(
            Sample.commands.map(help.usage) == [
                "inbox open ID [--json] [--as NAME] [--role CODE]",
                "inbox list [--json]",
                "send SHEET [--to ORG]… [--port N] [--wait STATE] [-o FILE]",
                "verify FILE…",
            ]
        )
    }

    @Test func `the manual page names every command and exit code`() {
        for language in Language.allCases {
            let page = ManualPage(table: table, language: language).text
            for command in table.commands {
                #expect(page.contains(".SS renkei \(command.words)"))
            }
            for code in [0, 1, 2, 66, 69, 75, 77, 78] { #expect(page.contains(".TP\n\(code)\n")) }
        }
    }

    @Test(arguments: [
        (["in"], "inbox"), (["inbox", ""], "open list --lang --help"),
        (["inbox", "open", "m1", "--js"], "--json"), (["send", "--wait", ""], "opened delivered"),
        (["--lang", ""], "ja en"),
    ])
    func `bash completes words, options and choices`(_ typed: [String], _ offered: String) throws {
        let script = Completion(table: Sample.table, language: .english).text(for: .bash)
        let words = (["renkei"] + typed).map { "'\($0)'" }.joined(separator: " ")
        let call = "COMP_WORDS=(\(words)); COMP_CWORD=\(typed.count); _renkei; echo ${COMPREPLY[*]}"
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", script + "\n" + call]
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        #expect(String(decoding: output, as: UTF8.self) == offered + "\n")
    }

    @Test func `zsh and fish know every command`() {
        for shell in [Completion.Shell.zsh, .fish] {
            let script = Completion(table: table, language: .japanese).text(for: shell)
            for command in table.commands { #expect(script.contains("renkei \(command.words)")) }
        }
    }
}
