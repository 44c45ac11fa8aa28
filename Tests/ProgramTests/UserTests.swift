import Primitives
import Testing

@testable import renkei

/// `renkei gateway user …` against a running service.
@Suite struct UserTests {
    private static let acting = ["--as", "辻󠄁本 春香", "--role", "careManager"]

    private static func user(
        _ words: String...,
        at town: CrashTown,
        in language: String = "ja"
    ) async throws -> Terminal.Outcome {
        let call = ["gateway", "user"] + words + ["--lang", language]
        return try await town.outcome(call, in: .care)
    }

    private static func act(_ words: String..., at town: CrashTown) async throws -> Terminal.Outcome
    {
        let call = ["gateway", "user"] + words + acting + ["--lang", "ja"]
        return try await town.outcome(call, in: .care)
    }

    @Test(.timeLimit(.minutes(5)))
    func `an office adds, changes and lets go its people`() async throws {
        try await CrashTown.live { town in
            let added = try await Self.act(
                "add",
                "sato",
                "--name",
                "佐藤 花子",
                "--profession",
                "nurse",
                "--roles",
                "administrator",
                "--desks",
                "main",
                at: town
            )
            #expect(added.exitCode == 0, "\(added.talk)")
            #expect(added.lines.count == 1)
            #expect(added.line.split(separator: "-").map(\.count) == [4, 4, 4, 4])
            #expect(added.talk.contains("一度だけ表示します"))
            #expect(added.talk.contains("パスワードの欄"))

            let again = try await Self.act(
                "add",
                "sato",
                "--name",
                "別人",
                "--profession",
                "nurse",
                "--roles",
                "reader",
                at: town
            )
            #expect(again.exitCode == 1)
            #expect(again.talk.contains("[signInNameTaken]"))

            let last = try await Self.act("suspend", "sato", at: town)
            #expect(last.talk.contains("ほかに管理者がいません。 [lastAdministrator]"))

            let other = try await Self.act(
                "add",
                "suzuki",
                "--name",
                "鈴木 一",
                "--profession",
                "msw",
                "--roles",
                "administrator",
                at: town
            )
            #expect(other.exitCode == 0, "\(other.talk)")
            let role = try await Self.act("role", "sato", "--roles", "deskLead,sender", at: town)
            #expect(role.line.hasPrefix("sato  在職  佐藤 花子  看護師  送信者・窓口責任者  main"))
            let changed = try await Self.act("change", "sato", "--name", "田中 花子", at: town)
            #expect(changed.line.contains("田中 花子  看護師"))
            try await Self.lets(go: "sato", town)
        }
    }

    private static func lets(go name: String, _ town: CrashTown) async throws {
        let code = try await act("reset", name, "--for", "once", at: town)
        #expect(code.talk.contains("確認コードの欄"))
        for (word, state) in [("suspend", "停止中"), ("resume", "在職")] {
            let outcome = try await act(word, name, at: town)
            #expect(outcome.line.hasPrefix("\(name)  \(state)"), "\(outcome.talk)")
        }
        let reviewed = try await act("review", name, at: town)
        #expect(!reviewed.line.contains("見直し"))
        let ended = try await act("sessions", name, "--end", at: town)
        #expect(ended.exitCode == 0)
        let left = try await act("leave", name, "--confirm", name, at: town)
        #expect(left.line.hasPrefix("\(name)  退職"))
        let back = try await act("resume", name, at: town)
        #expect(back.talk.contains("[accountLeft]"))
        let unknown = try await user("show", "nobody", at: town)
        #expect(unknown.exitCode == 66)

        // What was stored is found by a command that opens the folder itself.
        await town.kill(.care, afterMilliseconds: 0)
        let list = try await user("list", at: town)
        #expect(list.lines.map { $0.prefix { $0 != " " } } == ["sato", "suzuki"])
        let shown = try await user("show", "suzuki", at: town, in: "en")
        #expect(shown.line.contains("active  鈴木 一  msw  administrator  -  no second factor"))
        let log = try await town.outcome(["audit", "show", "--json"] + acting, in: .care)
        for event in ["account.created", "account.roleChanged", "account.disabled"] {
            #expect(log.output.contains(event), "\(log.talk)")
        }
        #expect(log.output.contains("\"account\":\"田中 花子\""), "by the name of today")
        #expect(!log.output.contains("佐藤"))
    }
}

extension Terminal.Outcome {
    fileprivate var line: String { lines.first ?? talk }
}
