import Foundation

/// The built program, called as from a terminal.
enum Terminal {
    struct Outcome: Sendable {
        let output: String
        let talk: String
        let exitCode: Int32

        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    static func renkei(_ words: String...) async throws -> Outcome {
        try await run([Session.products.path + "/renkei"] + words)
    }

    static func shell(_ script: String, in folder: URL) async throws -> Outcome {
        try await run(["/bin/bash", "-o", "pipefail", "-c", script], in: folder)
    }

    /// Output goes to files, so that no pipe can fill up.
    static func run(_ words: [String], in folder: URL? = nil) async throws -> Outcome {
        let room = try Room()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["300"] + words
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try room.handle("output")
        process.standardError = try room.handle("talk")
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
        return Outcome(
            output: try room.text("output"),
            talk: try room.text("talk"),
            exitCode: process.terminationStatus
        )
    }
}

/// A folder that goes with its owner.
final class Room: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("room-\(UUID())")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    /// A room of that name beside the built program; what an earlier run left there goes now.
    init(besideProgram name: String) throws {
        url = Session.products.appendingPathComponent(name)
        if FileManager.default.fileExists(atPath: url.path) {
            try FileManager.default.removeItem(at: url)
        }
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    func text(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: url.appendingPathComponent(name)))
    }

    /// - Returns: the path.
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: url.appendingPathComponent(name))
        return path(name)
    }

    func handle(_ name: String) throws -> FileHandle {
        _ = try write(name, [])
        return try FileHandle(forWritingTo: url.appendingPathComponent(name))
    }
}
