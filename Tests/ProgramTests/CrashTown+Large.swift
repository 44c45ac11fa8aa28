import Foundation
import Primitives

@testable import renkei

// What a large message takes: cuts at a place, and the memory of every process.
extension CrashTown {
    /// Kills a process as soon as `isThere`, and starts it again.
    func cut(_ name: Name, when isThere: @Sendable () throws -> Bool) async throws {
        try await until("\(name) can be cut") { try isThere() ? true : nil }
        notePeaks()
        await kill(name, afterMilliseconds: 0)
        try await restart(name)
    }

    /// How many chunks lie beside an office's database.
    func segments(of name: Name) throws -> Int {
        let folders = try Files.names(in: data(name) + "/orgs")
        guard let org = folders.first else { return 0 }
        return try Files.names(in: data(name) + "/orgs/\(org)/segments").count {
            !$0.hasSuffix(".new")
        }
    }

    func progress(of message: String) async throws -> (state: String, done: Int) {
        let json = try await ask(.care, "track", ["message": .string(message)])
        return (json?["state"]?.string ?? "queued", Int(json?["upload"]?["done"]?.integer ?? 0))
    }

    /// Runs a command of the program and watches its memory.
    func watched(
        _ label: String,
        _ words: [String],
        in name: Name
    ) async throws -> (exitCode: Int32, text: String) {
        let output = try ChildOutput()
        let child = try ChildProcess(
            [program] + words + place(name),
            output: output,
            errorOutput: output
        )
        while true {
            note(label, child.id)
            if let code = try await child.exitCode(within: .milliseconds(10)) {
                return (code, output.text)
            }
        }
    }
}
