import Foundation

/// chromedriver, and through it chromium, in a folder of their own.
///
/// A shell watches over both: when its input ends, it kills everything that the driver started and
/// removes the folder.
final class Driver: Sendable {
    let service: Loopback
    let folder: URL
    private let watch: WatchedProcess

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

    private init(_ folder: URL, _ watch: WatchedProcess, port: Int) {
        self.folder = folder
        self.watch = watch
        service = Loopback(port: port)
    }

    static func start() async throws -> Driver {
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw BrowserError("\(program) is not installed; `Deploy/install test` does that")
        }
        // The port it chooses for IPv4 may be somebody else's for IPv6: then it ends at once.
        for _ in 0..<2 {
            do { return try await begin() } catch is BrowserError { continue }
        }
        return try await begin()
    }

    private static func begin() async throws -> Driver {
        let folder = FileManager.default.temporaryDirectory
            // Short: chromium has a socket below it, whose path has a narrow bound.
            .appendingPathComponent("browser-" + UUID().uuidString.prefix(8))
        for name in ["tmp", "profile"] {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(name),
                withIntermediateDirectories: true
            )
        }
        let watch = try WatchedProcess(
            ["/bin/bash", "-c", script, "browser", folder.path, program],
            printingTo: folder.path + "/watch.log"
        )
        do {
            return Driver(folder, watch, port: try await port(folder))
        } catch {
            await watch.end()
            throw error
        }
    }

    func end() async { await watch.end() }

    /// The driver chooses a free port and says which; silenced it would not.
    private static func port(_ folder: URL) async throws -> Int {
        let log = folder.appendingPathComponent("driver.log")
        return try await eventually("the driver serves", within: .seconds(15)) {
            guard let data = FileManager.default.contents(atPath: log.path),
                let match = String(decoding: data, as: UTF8.self)
                    .firstMatch(of: /started successfully on port ([0-9]+)/)
            else { return nil }
            return Int(match.1)
        }
    }
}
