import Primitives

extension Command {
    static let demo = Command(
        ["demo"],
        (
            Phrase(ja: "この 1 台で一通り動かして見せる", en: "show everything at work on this machine"),
            Example(
                "demo",
                Phrase(
                    ja: "交換所と 4 つの機関を動かし、Ctrl-C まで試せる",
                    en: "runs an exchange and four organisations until Ctrl-C"
                )
            )
        ),
        options: [.check, .resultFolder]
    ) { invocation, console in
        let results = invocation.text(.resultFolder)
        if invocation.has(.check) && results == nil {
            throw UsageError.argumentMissing("--out DIR", of: invocation.command.path)
        }
        if let results, Files.exists(results) {
            guard try Files.names(in: results).isEmpty else { throw FileError.exists(results) }
        }
        let stage = try DemoStage(console)
        do {
            try await Interruption.ends {
                let demo = try await Demo(stage)
                try await demo.play()
                guard invocation.has(.check), let results else { return try await demo.wait() }
                try await demo.leave(in: results)
            }
        } catch {
            await stage.stop()
            throw error
        }
        await stage.stop()
        return .done
    }
}

/// Ctrl-C and a request to end cancel the work, which then cleans up.
private enum Interruption {
    static func ends(_ work: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask { for await _ in Signals.received() { return } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}

extension Option {
    fileprivate static let check = Option(
        mark: "check",
        Phrase(ja: "待たずに終え、結果を --out に残す", en: "do not wait; leave the results in --out")
    )
    fileprivate static let resultFolder = Option(
        "out",
        "DIR",
        Phrase(ja: "結果のフォルダー（新しい名前）", en: "folder for the results, a new name"),
        form: .file
    )
}
