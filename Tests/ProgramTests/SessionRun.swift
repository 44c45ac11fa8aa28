import Foundation

/// One run of a session: what each command printed and how it ended.
struct SessionRun {
    struct Outcome: Sendable {
        let output: [String]
        let exitCode: Int32?
    }

    /// Runs all commands of `session` in a folder of their own.
    static func outcomes(of session: Session) async throws -> [Outcome] {
        let files = FileManager.default
        let folder = files.temporaryDirectory.appendingPathComponent("session-\(UUID())")
        let work = folder.appendingPathComponent("work")
        try files.createDirectory(at: work, withIntermediateDirectories: true)
        defer { try? files.removeItem(at: folder) }
        let script = folder.appendingPathComponent("script")
        try self.script(session, folder.path).write(to: script, atomically: true, encoding: .utf8)
        try await run(script, in: work)
        return session.steps.indices.map { index in
            let output = try? String(
                contentsOf: folder.appendingPathComponent("out.\(index)"),
                encoding: .utf8
            )
            let code = try? String(
                contentsOf: folder.appendingPathComponent("code.\(index)"),
                encoding: .utf8
            )
            var lines = (output ?? "").components(separatedBy: "\n")
            while lines.last?.isEmpty == true { lines.removeLast() }
            return Outcome(
                output: lines,
                exitCode: code.flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
            )
        }
    }

    /// Whether `lines` are as `expected` says.
    static func matches(
        _ lines: some Collection<String>,
        _ expected: some Collection<String>
    ) -> Bool {
        guard let first = expected.first else { return lines.isEmpty }
        if first == "…" {
            let rest = expected.dropFirst()
            if matches(lines, rest) { return true }
            return !lines.isEmpty && matches(lines.dropFirst(), expected)
        }
        guard let line = lines.first, matchesLine(line, first) else { return false }
        return matches(lines.dropFirst(), expected.dropFirst())
    }

    private static func matchesLine(_ line: String, _ pattern: String) -> Bool {
        let pieces = pattern.components(separatedBy: "…")
        guard pieces.count > 1 else { return line == pattern }
        guard line.hasPrefix(pieces[0]) else { return false }
        var rest = line.dropFirst(pieces[0].count)
        for piece in pieces[1..<(pieces.count - 1)] where !piece.isEmpty {
            guard let found = rest.range(of: piece) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.hasSuffix(pieces[pieces.count - 1])
    }

    private static func script(_ session: Session, _ folder: String) -> String {
        session.steps.enumerated().map { index, step in
            """
            { \(step.command)
            } > '\(folder)/out.\(index)' 2>&1
            echo $? > '\(folder)/code.\(index)'
            """
        }.joined(separator: "\n")
    }

    private static func run(_ script: URL, in folder: URL) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["120", "bash", script.path]
        process.currentDirectoryURL = folder
        process.environment = environment(home: folder)
        process.standardInput = FileHandle.nullDevice
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
    }

    /// Nothing of the caller's environment but what a sanitizer reads.
    private static func environment(home: URL) -> [String: String] {
        var variables = [
            "HOME": home.path,
            "PATH": Session.products.path + ":/usr/bin:/bin",
            "ROOT": Session.root.path,
        ]
        for name in ["LD_LIBRARY_PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"] {
            variables[name] = ProcessInfo.processInfo.environment[name]
        }
        return variables
    }
}
