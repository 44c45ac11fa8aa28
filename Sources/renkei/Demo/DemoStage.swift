import Primitives

/// Where the demonstration plays: a temporary folder, the services that run in it, and the voice
/// that tells what happens. Every act is a call of this same program, as a person would type it.
final class DemoStage: Sendable {
    let console: Console
    let folder: String
    private let services = Lock<[ChildProcess]>([])
    private let step = Lock(0)

    init(_ console: Console) throws(FileError) {
        self.console = console
        folder = try Files.makeTemporaryFolder("renkei-demo")
    }

    // MARK: Telling

    /// What comes now, in both languages.
    func tell(_ ja: String, _ en: String) {
        let number = step.withLock { step in
            step += 1
            return step
        }
        console.data("")
        console.data("■ \(number). \(ja)")
        console.data("   \(en)")
    }

    func show(_ line: String) { console.data("   \(line)") }

    // MARK: Calling

    /// Starts a service whose log is `logs/NAME.log`, and waits until it says that it runs.
    ///
    /// - Returns: the line with which it says so.
    func serve(_ name: String, _ words: [String]) async throws -> JSON {
        let path = log(of: name)
        try Files.makeFolder(Files.folder(of: path))
        let output = try ChildOutput(appendingTo: path)
        let words = [Installation.executable] + words + ["--until-input-ends"]
        let service = try ChildProcess(words, output: output, errorOutput: output)
        services.withLock { $0.append(service) }
        return try await until("\(name) serves") {
            let lines = String(
                decoding: try Files.read(path, atMost: Limits.contentBytes),
                as: UTF8.self
            )
            if let started = Self.started(lines) { return started }
            if service.exitCode() != nil { throw DemoFailure(what: name, output: lines) }
            return nil
        }
    }

    private static func started(_ lines: String) -> JSON? {
        for line in lines.split(separator: "\n") {
            guard let json = json(String(line)) else { continue }
            if json["event"]?.string?.hasSameBytes(as: "process.started") == true { return json }
        }
        return nil
    }

    static func json(_ line: String) -> JSON? {
        do throws(DecodingRefusal) { return try JSON(reading: line.bytes) } catch { return nil }
    }

    func log(of name: String) -> String { folder + "/logs/\(name).log" }

    /// Calls this program, shows the call, and gives what it printed.
    ///
    /// - Throws: `DemoFailure` unless it ends with 0.
    @discardableResult
    func call(_ words: [String], hidden: [String] = []) async throws -> String {
        show("$ renkei " + words.map(\.shellWord).joined(separator: " "))
        return try await run([Installation.executable] + words + hidden)
    }

    /// Runs any program.
    func run(
        _ words: [String],
        succeedsWith expected: Int32 = 0,
        within limit: Duration = .seconds(60)
    ) async throws -> String {
        let output = try ChildOutput()
        let talk = try ChildOutput()
        let child = try ChildProcess(words, output: output, errorOutput: talk)
        do {
            guard let code = try await child.exitCode(within: limit), code == expected
            else {
                child.kill()
                throw DemoFailure(
                    what: words.joined(separator: " "),
                    output: output.text + talk.text
                )
            }
        } catch {
            child.kill()
            throw error
        }
        return output.text
    }

    /// Asks again until there is an answer; nothing here takes longer than `limit`.
    func until<Answer>(
        _ what: String,
        within limit: Duration = .seconds(60),
        _ ask: () async throws -> Answer?
    ) async throws -> Answer {
        let time = SystemTime()
        let deadline = time.uptime + limit
        while true {
            if let answer = try await ask() { return answer }
            guard time.uptime < deadline else {
                throw DemoFailure(what: what, output: "not within \(limit)\n" + troubles())
            }
            try await time.sleep(for: .milliseconds(50))
        }
    }

    /// The processes of all services.
    var processes: [Int32] { services.withLock { $0.map(\.id) } }

    /// The failures that the services logged.
    private func troubles() -> String {
        var lines: [String] = []
        do throws(FileError) {
            for name in try Files.names(in: folder + "/logs") {
                let log = try Files.read("\(folder)/logs/\(name)", atMost: Limits.contentBytes)
                let failures = String(decoding: log, as: UTF8.self).split(separator: "\n")
                    .filter { $0.contains("\"failure\"") }
                lines += failures.suffix(5).map { "\(name): \($0)" }
            }
        } catch {
            lines.append("the logs cannot be read")
        }
        return lines.joined(separator: "\n")
    }

    // MARK: Ending

    /// Stops all services, the exchange last; after that nothing writes in the folder.
    func end() async {
        for service in services.withLock({ Array($0.reversed()) }) {
            service.terminate()
            // Not cancelled with the play: what was started must be stopped.
            await Task.detached {
                do {
                    if try await service.exitCode(within: .seconds(10)) == nil { service.kill() }
                } catch { service.kill() }
            }.value
        }
    }

    /// Ends the play and removes the folder.
    func stop() async {
        await end()
        do { try Files.removeFolder(folder) } catch {
            console.talk(Phrase(ja: "\(folder) が残りました。", en: "\(folder) is left."))
        }
    }
}

/// A step of the demonstration did not do what it must.
struct DemoFailure: Spoken {
    let what: String
    let output: String

    var code: String { "demoFailed" }
    var isTemporary: Bool { false }
    var said: (summary: Phrase, advice: Phrase) {
        (
            Phrase(ja: "うまくいきません: \(what)\n\(output)", en: "failed: \(what)\n\(output)"),
            Phrase(
                ja: "上の出力を添えて開発元に知らせてください。",
                en: "Report the output above to the vendor."
            )
        )
    }
}
