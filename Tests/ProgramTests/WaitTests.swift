import Foundation
import Primitives
import Testing

@testable import renkei

/// Sending while somebody is down: the number is told first, and whoever waits is told why.
@Suite struct WaitTests {
    @Test(.timeLimit(.minutes(3)))
    func `the number of a message is told before the waiting`() async throws {
        let sheet = try Installation.demoData() + "/care-liaison.json"
        let acting = ["--as", "辻󠄁本 春香", "--role", "careManager", "--lang", "ja"]
        let sending = [
            "send", sheet, "--now", "--wait", "delivered", "--timeout", "3", "--idempotency-key",
            "once",
        ]
        try await CrashTown.live { town in
            await town.kill(.clinic, afterMilliseconds: 0)
            let waited = try await town.outcome(sending + acting + ["--json"], in: .care)
            #expect(waited.exitCode == 75, "\(waited.talk)")
            #expect(waited.lines.count == 1)
            let message = try #require(
                try JSON(reading: waited.lines[0].bytes)["messageId"]?.string
            )
            #expect(!waited.talk.contains("gateway serve") && !waited.talk.contains("同じ書類"))

            await town.kill(.care, afterMilliseconds: 0)
            let unserved = try await town.outcome(sending + acting, in: .care)
            #expect(unserved.exitCode == 75)
            #expect(unserved.lines == [message])
            #expect(unserved.talk.contains("gateway serve が動いていません"), "\(unserved.talk)")
            #expect(!unserved.talk.contains("同じ書類"), "the same word is the same sending")
            let twice = try await town.outcome(["send", sheet, "--now"] + acting, in: .care)
            #expect(twice.exitCode == 0)
            let second = try #require(twice.lines.first)
            #expect(twice.talk.contains("同じ方の同じ書類を、同じ宛先に"), "\(twice.talk)")
            #expect(twice.talk.contains(message) && twice.talk.contains("withdraw \(second)"))

            try await lists(message, town)
            let withdrawn = try await town.outcome(
                ["withdraw", message, "--reason", "wrongPatient"] + acting,
                in: .care
            )
            #expect(withdrawn.exitCode == 0)
            #expect(withdrawn.talk.contains("取消を申し出ました"), "\(withdrawn.talk)")
            let course = try await town.outcome(["track", message, "--lang", "ja"], in: .care)
            #expect(course.output.contains("取消の申し出"), "\(course.output)")
            #expect(course.output.contains("患者誤り"), "\(course.output)")
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `who confirms what nobody has opened is told that it is opened too`() async throws {
        let sheet = try Installation.demoData() + "/care-liaison.json"
        try await CrashTown.live { town in
            let sent = try await town.outcome(
                [
                    "send", sheet, "--now", "--wait", "delivered", "--as", "辻本", "--role",
                    "careManager",
                ],
                in: .care
            )
            let message = try #require(sent.lines.first, "\(sent.talk)")
            let acting = ["--as", "潮見 薫", "--role", "msw", "--lang", "ja"]
            for isTold in [true, false] {
                let confirmed = try await town.outcome(
                    ["inbox", "confirm", message] + acting,
                    in: .clinic
                )
                #expect(confirmed.exitCode == 0, "\(confirmed.talk)")
                #expect(confirmed.talk.contains("開封の受領証にも署名しました") == isTold)
                let next = "renkei inbox open \(message) --data "
                #expect(confirmed.talk.contains(next) == isTold, "\(confirmed.talk)")
                #expect(confirmed.talk.contains("--as '潮見 薫' --role msw") == isTold)
            }
            let auditing = ["audit", "show", "--unusual"] + acting
            let unusual = try await town.outcome(auditing, in: .clinic)
            #expect(unusual.exitCode == 0, "\(unusual.talk)")
            #expect(unusual.lines.isEmpty == unusual.talk.contains("ありません"))
            let both = try await town.outcome(auditing + ["--patient", "x"], in: .clinic)
            #expect(both.exitCode == 2, "\(both.talk)")
        }
    }

    /// What the folder itself says to people, without its service.
    private func lists(_ message: String, _ town: CrashTown) async throws {
        for words in [["outbox", "list"], ["track", message], ["receipt", message]] {
            let told = try await town.outcome(words + ["--lang", "ja"], in: .care)
            #expect(told.exitCode == 0, "\(told.talk)")
            #expect(told.output.contains("送信済"), "\(told.output)")
            #expect(told.output.contains(" JST"), "\(told.output)")
            let name = words[0] == "receipt" ? "交換所 (x" : DemoOffice.clinic.name
            #expect(told.output.contains(name), "\(told.output)")
        }
        let shown = try await town.outcome(
            ["audit", "show", "--patient", "誰でもない", "--as", "監査", "--role", "clerk"],
            in: .care
        )
        #expect(shown.exitCode == 0)
        #expect(shown.output.isEmpty)
        #expect(shown.talk == "There is none.\n")
        try await exported(town)
        let digest = String(repeating: "0", count: 64)
        let proved = try await town.outcome(["audit", "prove", digest], in: .care)
        #expect(proved.exitCode == 1)
        #expect(proved.talk.hasPrefix("No proof"))
    }

    /// What the office exports of its log, as both verifiers read it with the exchange's root.
    private func exported(_ town: CrashTown) async throws {
        let room = try Room()
        let today = SystemTime().now.dayInJapan
        let path = room.path("log.renkei")
        let days = ["--from", "\(today.adding(days: -1))", "--to", "\(today)"]
        let acting = ["--as", "監査", "--role", "clerk", "--openings"]
        let made = try await town.outcome(
            ["audit", "bundle"] + days + acting + ["-o", path],
            in: .care
        )
        #expect(made.exitCode == 0, "\(made.talk)")
        let root = ["--root", town.data(.exchange) + "/ca/root.pem"]
        let program = Session.products.path + "/renkei"
        let ours = try await Terminal.run(
            [program, "audit", "verify", path, "--lang", "ja"] + root
        )
        // Today is not over: nobody can have seen its end.
        #expect(ours.exitCode == 1, "\(ours.talk)")
        #expect(ours.output.contains("△ 期間: "), "\(ours.output)")
        #expect(ours.output.contains("✓ 記録: \(DemoOffice.care.name)（"), "\(ours.output)")
        #expect(ours.output.contains("✓ 氏名などの値: "), "\(ours.output)")
        let script = Session.root.appendingPathComponent("Deploy/verify/audit.py").path
        let others = try await Terminal.run(["python3", "-B", script, path] + root)
        #expect(others.exitCode == 1 && others.output == ours.output, "\(others.output)")
    }
}
