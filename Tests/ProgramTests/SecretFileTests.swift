import Cryptography
import Foundation
import Primitives
import Testing

@testable import renkei

/// Secrets in files and in the credentials of the service manager.
@Suite struct SecretFileTests {
    private let room: Room

    init() throws { room = try Room() }

    private func credentials(_ folder: String?, _ script: String) async throws -> Terminal.Outcome {
        let set = folder.map { "export CREDENTIALS_DIRECTORY='\($0)'; " } ?? ""
        let program = Session.products.path + "/renkei"
        return try await Terminal.shell(
            "unset CREDENTIALS_DIRECTORY; renkei() { '\(program)' --lang en \"$@\"; }; "
                + set + script,
            in: room.url
        )
    }

    @Test func `the secret comes from the credential, under the name of the configuration`()
        async throws
    {
        let made = try await credentials(
            nil,
            """
            set -e; renkei gateway init --data gw --unlock-file made
            mkdir -m 700 given; cp made given/unlock; cp made given/office
            printf '[keys]\\ncredential = "office"\\n' > office.toml
            printf '[keys]\\ncredential = "../made"\\n' > outside.toml
            chmod 440 given/*
            """
        )
        #expect(made.exitCode == 0, "\(made.talk)")
        let serve = "renkei gateway serve --data gw --until-input-ends </dev/null"
        for (words, code) in [
            ("\(serve)", 0), ("\(serve) --config office.toml", 0),
            ("rm given/unlock; \(serve) --config office.toml", 0),
            ("\(serve)", 78), ("rm given/office; \(serve) --config office.toml", 78),
            ("\(serve) --config outside.toml", 78),
        ] {
            let outcome = try await credentials(room.path("given"), words)
            // It has begun to serve, and ends with its input.
            let isServed = outcome.talk.contains("process.started")
            #expect(isServed == (code == 0), "\(words): \(outcome.talk)")
            if code != 0 { #expect(Int(outcome.exitCode) == code, "\(words)") }
            #expect(outcome.talk.contains("credentialMissing") == (code == 78), "\(outcome.talk)")
        }
        let none = try await credentials(nil, "\(serve) --config office.toml")
        #expect(none.exitCode == 78 && none.talk.contains("“office”"), "\(none.talk)")
    }

    @Test(arguments: [
        (0o600, true), (0o400, true), (0o640, true), (0o440, true), (0o660, false),
        (0o604, false), (0o602, false), (0o644, false), (0o610, true), (0o601, false),
    ])
    func `a secret that others can read or write is refused`(mode: Int, isGood: Bool) throws {
        let path = try room.write("secret", "word\nmore".bytes)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        if isGood {
            #expect(try SecretFile.read(path) == "word\nmore".bytes)
            #expect(try SecretFile.line(of: path).withBytes { $0 } == "word".bytes)
        } else {
            #expect(throws: SecretFault.exposed(path)) { _ = try SecretFile.read(path) }
            #expect(throws: SecretFault.exposed(path)) { _ = try SecretFile.line(of: path) }
        }
    }

    @Test(arguments: [(1, true), (4096, true), (0, false), (4097, false)])
    func `a secret has some length`(count: Int, isGood: Bool) throws {
        let path = room.path("secret")
        let bytes = [UInt8](repeating: 0x61, count: count)
        try Files.create(path, bytes, mode: Files.ownerOnly)
        if isGood {
            #expect(try SecretFile.read(path) == bytes)
        } else {
            #expect(throws: (any Error).self) { _ = try SecretFile.read(path) }
        }
        #expect(throws: FileError.notFound(path + "x")) { _ = try SecretFile.read(path + "x") }
    }

    @Test func `no word of a fault is a secret, and both languages say what to do`() {
        for fault in [SecretFault.credentialMissing("a"), .exposed("/b"), .empty("/b")] {
            #expect(ExitCode(fault) == .configuration)
            #expect(!fault.said.advice.ja.isEmpty && !fault.said.advice.en.isEmpty)
        }
    }
}
