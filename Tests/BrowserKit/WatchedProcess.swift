import Foundation
import Glibc
import Primitives
import TestKit

/// A program that this process has started.
///
/// Its standard input is a socket on which nothing is ever written: it ends when `end` is called or
/// when this process is gone, however that came about. The program must end with it.
package final class WatchedProcess: Sendable {
    private let process: Process
    private let lifeline: Lock<FileHandle?>

    /// Starts `words`, the path of the program first; what it prints goes into a file.
    package init(_ words: [String], printingTo file: String) throws {
        // Closed in every other child, so that this process alone holds the end that counts.
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw BrowserError("no pair") }
        lifeline = Lock(FileHandle(fileDescriptor: ends[1], closeOnDealloc: true))
        guard FileManager.default.createFile(atPath: file, contents: nil) else {
            throw BrowserError("cannot write \(file)")
        }
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        process = Process()
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.standardInput = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    package var isRunning: Bool { process.isRunning }

    /// Ends it and waits for that: the exit tests of other suites wait for any child of this
    /// process, and would find for ever one that nobody waited for.
    package func end() async {
        lifeline.withLock { handle in
            do { try handle?.close() } catch { preconditionFailure("closed twice: \(error)") }
            handle = nil
        }
        let time = MachineTime()
        while process.isRunning {
            // Ending goes on also in a test that was cancelled.
            do { try await time.sleep(for: .milliseconds(2)) } catch { await Task.yield() }
        }
    }

    /// Runs a program to its end.
    ///
    /// - Returns: what it printed.
    /// - Throws: unless its exit code is 0.
    package static func run(_ words: [String]) async throws -> String {
        let process = Process()
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("run-\(UUID())")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: output) }
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = process.standardOutput
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
        let printed = try String(contentsOf: output, encoding: .utf8)
        guard process.terminationStatus == 0 else {
            throw BrowserError("\(words.joined(separator: " ")): \(printed)")
        }
        return printed
    }
}

/// Asks again until there is an answer, at most half a minute long.
@discardableResult
package func eventually<Answer>(
    _ what: String,
    within limit: Duration = .seconds(30),
    _ ask: () async throws -> Answer?
) async throws -> Answer {
    let time = MachineTime()
    let deadline = time.uptime + limit
    while true {
        if let answer = try await ask() { return answer }
        guard time.uptime < deadline else { throw BrowserError("not within \(limit): \(what)") }
        try await time.sleep(for: .milliseconds(5))
    }
}
