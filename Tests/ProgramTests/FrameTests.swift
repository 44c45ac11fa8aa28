import Primitives
import Testing

@testable import renkei

@Suite struct FrameTests {
    private struct Refused: Explained {
        let code: String
        let isTemporary: Bool
        var summary: String { "It was refused." }
        var advice: String { "Ask." }
    }

    private struct Foreign: Error {}

    private func run(
        _ words: [String],
        _ language: Language = .english,
        _ act: @escaping Command.Act
    ) async -> (code: ExitCode, output: String, errors: String) {
        let phrase = Phrase(ja: "試す", en: "try")
        let command = Command(["try"], (phrase, Example("try", phrase)), run: act)
        let (output, errors) = (MemorySink(), MemorySink())
        let console = Console(
            language: language,
            output: output,
            errorOutput: errors,
            hasColours: true
        )
        let code = await Frame([command]).run(words, console)
        return (code, output.text, errors.text)
    }

    @Test func `data and talk go to different outputs`() async {
        let result = await run(["try"]) { invocation, console in
            console.data("data")
            console.data(["b": 1, "a": 2])
            console.talk(Phrase(ja: "話", en: "talk"))
            console.next("track 1", after: invocation)
            console.progress(Phrase(ja: "進", en: "progress"))
            console.endProgress()
            return .notFound
        }
        #expect(result.code == .notFound)
        #expect(result.output == "data\n{\"a\":2,\"b\":1}\n")
        #expect(result.errors == "talk\nnext: renkei track 1\n")
    }

    @Test(arguments: [true, false])
    func `what columns are is told at a terminal alone`(isTerminal: Bool) {
        let errors = MemorySink(isTerminal: isTerminal)
        let console = Console(
            language: .english,
            output: MemorySink(),
            errorOutput: errors,
            hasColours: false
        )
        console.heading(Phrase(ja: "名称", en: "name"))
        #expect(errors.text == (isTerminal ? "name\n" : ""))
    }

    @Test func `an error is printed with its advice and decides the exit code`() async {
        let result = await run(["try"]) { _, _ in
            throw Refused(code: "consentMissing", isTemporary: false)
        }
        #expect(result.code == .refused)
        #expect(result.errors == "error: It was refused. [consentMissing]\nhint: Ask.\n")
    }

    @Test func `the Japanese of an error is found by its code`() async {
        let result = await run(["try"], .japanese) { _, _ in
            throw Refused(code: "consentMissing", isTemporary: false)
        }
        #expect(result.errors.hasPrefix("エラー: 本人の同意が確認できません。"))
        #expect(result.errors.contains("\n対処: 同意を記録"))
    }

    @Test func `a code without Japanese keeps its English`() async {
        let result = await run(["try"], .japanese) { _, _ in
            throw Refused(code: "neverHeardOf", isTemporary: true)
        }
        #expect(result.code == .temporary)
        #expect(result.errors == "エラー: It was refused. [neverHeardOf]\n対処: Ask.\n")
    }

    @Test func `a foreign error is a fault of the program`() async {
        let result = await run(["try"]) { _, _ in throw Foreign() }
        #expect(result.code == .failed)
        #expect(result.errors.contains("[internalFailure]"))
    }

    @Test func `an unfit call runs nothing`() async {
        let result = await run(["try", "more"], .japanese) { _, _ in
            Issue.record("it ran")
            return .done
        }
        #expect(result.code == .usage)
        #expect(result.output.isEmpty)
        #expect(result.errors.hasPrefix("エラー: 「more」は余分です。"))
    }

    @Test(arguments: [(true, true), (true, false), (false, true)])
    func `colours need a terminal and leave`(_ isTerminal: Bool, _ wanted: Bool) {
        let errors = MemorySink(isTerminal: isTerminal)
        let console = Console(
            language: .english,
            output: MemorySink(),
            errorOutput: errors,
            hasColours: wanted
        )
        _ = console.report(UsageError.commandMissing(after: []))
        #expect(errors.text.contains("\u{1B}[31m") == (isTerminal && wanted))
    }

    @Test func `progress replaces its line on a terminal`() {
        let errors = MemorySink(isTerminal: true)
        let console = Console(
            language: .english,
            output: MemorySink(),
            errorOutput: errors,
            hasColours: false
        )
        console.progress(Phrase(ja: "1", en: "one"))
        console.endProgress()
        #expect(errors.text == "\r\u{1B}[Kone\r\u{1B}[K")
    }
}
