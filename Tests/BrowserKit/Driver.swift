import Foundation
import Glibc
import Primitives
import TestKit

/// chromedriver, and through it chromium, in a folder of their own.
///
/// A shell watches over both: its standard input is a socket on which nothing is ever written. When
/// that ends, because `end` was called or because this process is gone, however that came about, it
/// kills everything that the driver started and removes the folder.
final class Driver: Sendable {
    let service: Loopback
    let folder: URL
    private let watch: Process
    private let lifeline: Lock<FileHandle?>

    private static let program = "/usr/bin/chromedriver"
    private static let script = """
        export TMPDIR="$1/tmp" HOME="$1" LANGUAGE=ja
        set -m
        "$2" --port=0 </dev/null >"$1/driver.log" 2>&1 &
        set +m
        cat >/dev/null
        kill -KILL -- -$!
        wait
        rm -rf -- "$1"
        """

    private init(_ folder: URL, _ watch: Process, _ lifeline: FileHandle, port: Int) {
        self.folder = folder
        self.watch = watch
        self.lifeline = Lock(lifeline)
        service = Loopback(port: port)
    }

    static func start() async throws -> Driver {
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw BrowserError("\(program) is not installed; `Deploy/install test` does that")
        }
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("browser-\(UUID())")
        for name in ["tmp", "profile"] {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(name),
                withIntermediateDirectories: true
            )
        }
        // Closed in every other child, so that this process alone holds the end that counts.
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw BrowserError("no pair") }
        let lifeline = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
        let watch = Process()
        watch.executableURL = URL(fileURLWithPath: "/bin/bash")
        watch.arguments = ["-c", script, "browser", folder.path, program]
        watch.standardInput = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        watch.standardOutput = FileHandle.nullDevice
        watch.standardError = FileHandle.nullDevice
        try watch.run()
        do {
            return Driver(folder, watch, lifeline, port: try await port(folder))
        } catch {
            try lifeline.close()
            await end(watch)
            throw error
        }
    }

    /// Ends all processes and waits for the one that is our child: the exit tests of other suites
    /// wait for any child of this process, and would find for ever one that nobody waited for.
    func end() async {
        lifeline.withLock { handle in
            do { try handle?.close() } catch { preconditionFailure("closed twice: \(error)") }
            handle = nil
        }
        await Driver.end(watch)
    }

    private static func end(_ watch: Process) async {
        let time = MachineTime()
        while watch.isRunning {
            // Ending goes on also in a test that was cancelled.
            do { try await time.sleep(for: .milliseconds(2)) } catch { await Task.yield() }
        }
    }

    /// The driver chooses a free port and says which; silenced it would not.
    private static func port(_ folder: URL) async throws -> Int {
        let log = folder.appendingPathComponent("driver.log")
        return try await eventually("the driver serves") {
            guard let data = FileManager.default.contents(atPath: log.path),
                let match = String(decoding: data, as: UTF8.self)
                    .firstMatch(of: /started successfully on port ([0-9]+)/)
            else { return nil }
            return Int(match.1)
        }
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
