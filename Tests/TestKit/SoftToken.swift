import Foundation
import Primitives

/// A PKCS #11 token in software (SoftHSM), under a label of its own. All of a process lie in one
/// folder: the library reads where that is when it starts.
package final class SoftToken: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package static let module = "/usr/lib/softhsm/libsofthsm2.so"
    package static let pin = "271828"

    package let label = "t" + UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(24)
    /// The files of this token.
    package let folder: String

    /// The variable that the library reads, for another process.
    package static var variable: String { "SOFTHSM2_CONF=\(room.path)/conf" }

    private static let room: URL = {
        let room = FileManager.default.temporaryDirectory
            .appending(path: "softhsm-" + UUID().uuidString)
        let tokens = room.appending(path: "tokens")
        do {
            try FileManager.default.createDirectory(at: tokens, withIntermediateDirectories: true)
            try Data("directories.tokendir = \(tokens.path)\nlog.level = ERROR\n".utf8)
                .write(to: room.appending(path: "conf"))
        } catch { preconditionFailure("no folder for tokens: \(error)") }
        unsafe setenv("SOFTHSM2_CONF", room.path + "/conf", 1)
        atexit { try? FileManager.default.removeItem(at: SoftToken.room) }
        return room
    }()

    private static let making = Lock(())

    package init() throws {
        let label = label
        folder = try Self.making.withLock { _ in
            let tokens = Self.room.path + "/tokens"
            let before = try FileManager.default.contentsOfDirectory(atPath: tokens)
            _ = try Self.run(
                "softhsm2-util",
                [
                    "--init-token", "--free", "--label", String(label), "--pin", Self.pin,
                    "--so-pin", "31415926",
                ]
            )
            let after = try FileManager.default.contentsOfDirectory(atPath: tokens)
            guard let name = Set(after).subtracting(before).first else {
                throw Failure(description: "softhsm2-util made no token")
            }
            return tokens + "/" + name
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Takes the token away while `body` runs.
    package func takenAway<Result>(_ body: () async throws -> Result) async throws -> Result {
        let elsewhere = Self.room.appending(path: "away-" + label).path
        try FileManager.default.moveItem(atPath: folder, toPath: elsewhere)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        try FileManager.default.moveItem(atPath: elsewhere, toPath: folder)
        return try result.get()
    }

    /// What pkcs11-tool says, signed in with the right PIN.
    @discardableResult
    package func tool(_ words: String...) throws -> String {
        try Self.run(
            "pkcs11-tool",
            ["--module", Self.module, "--token-label", String(label), "--login", "--pin", Self.pin]
                + words
        )
    }

    /// The labels of the private keys in it.
    package func privateKeys() throws -> [String] {
        try tool("--list-objects", "--type", "privkey").split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            return parts.count == 2 && parts[0] == "label" ? parts[1] : nil
        }.sorted()
    }

    private static func run(_ program: String, _ words: [String]) throws -> String {
        _ = room
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/" + program)
        process.arguments = words
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(program) \(words[0]): \(text)")
        }
        return text
    }
}
