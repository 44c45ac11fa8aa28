import Foundation
import Primitives
import TestKit
import Testing

@testable import renkei

/// Offices whose storage keys are in a PKCS #11 token, from joining on: what the program does with
/// it, without it, and after it.
@Suite struct TokenHouseTests {
    private let soft: SoftToken
    private let room: Room

    init() throws {
        soft = try SoftToken()
        room = try Room()
    }

    /// The program with the variable of the token's library, and offices with its configuration.
    private func installed() throws -> CrashTown.Installed {
        let program = Session.products.path + "/renkei"
        let script = "#!/bin/sh\nexec env \(SoftToken.variable) \(program) \"$@\"\n"
        try Files.create(room.path("renkei"), script.bytes, mode: 0o700)
        try Files.create(room.path("pin"), "\(SoftToken.pin)\n".bytes, mode: Files.ownerOnly)
        let text = """
            [token]
            module = "\(SoftToken.module)"
            label = "\(soft.label)"
            pin_file = "\(room.path("pin"))"
            """
        try Files.create(room.path("gateway.toml"), text.bytes, mode: Files.readable)
        var installed = CrashTown.Installed()
        installed.program = room.path("renkei")
        installed.officeWords = ["--config", room.path("gateway.toml")]
        return installed
    }

    @Test(.timeLimit(.minutes(5)))
    func `an office works with its key in a token, and a copy of its folder does not`()
        async throws
    {
        try await CrashTown.live(try installed()) { town in
            let sent = try #require(try await town.send("sheet-1"))
            try await town.settle([sent])
            #expect(try inToken() == ["storage-1", "storage-1"])
            #expect(try keys(town) == ["storage-1.token"])
            try await opens(sent, town)
            try await renews(sent, town)
            await town.kill(.clinic, afterMilliseconds: 0)
            try await refusesWithout(town)
            try await town.restart(.clinic)
            try await opens(sent, town)
            let next = try #require(try await town.send("sheet-2"))
            try await town.settle([next])
            try await town.verifyLogs()
        }
    }

    /// At work, with the token taken away and put back: nothing is lost on either side.
    private func renews(_ sent: String, _ town: CrashTown) async throws {
        try await soft.takenAway {
            let outcome = try await renew(town)
            #expect(outcome.exitCode == ExitCode.temporary.rawValue, "\(outcome.talk)")
            #expect(outcome.talk.contains("tokenAbsent"), "\(outcome.talk)")
            try await opens(sent, town)
        }
        let outcome = try await renew(town)
        #expect(outcome.exitCode == 0, "\(outcome.talk)")
        #expect(try keys(town) == ["storage-2.token"])
        #expect(try inToken() == ["storage-1", "storage-2"])
        await town.kill(.clinic, afterMilliseconds: 0)
        try await town.restart(.clinic)
        try await opens(sent, town)
    }

    private func refusesWithout(_ town: CrashTown) async throws {
        let alone = try await town.outcome(["inbox", "list", "--lang", "en"], in: .clinic)
        #expect(alone.exitCode == ExitCode.configuration.rawValue)
        #expect(alone.talk.contains("tokenNotNamed"), "\(alone.talk)")
        try await soft.takenAway {
            let absent = try await serve(town)
            #expect(absent.exitCode == ExitCode.temporary.rawValue, "\(absent.talk)")
            #expect(absent.talk.contains("tokenAbsent"), "\(absent.talk)")
        }
        try Files.replace(room.path("pin"), "000000".bytes, mode: Files.ownerOnly)
        for code in ["tokenPinWrong", "tokenPinDoubtful"] {
            let wrong = try await serve(town)
            #expect(wrong.exitCode == ExitCode.refused.rawValue)
            #expect(wrong.talk.contains(code) && !wrong.talk.contains("000000"), "\(wrong.talk)")
        }
        try Files.replace(room.path("pin"), "\n".bytes, mode: Files.ownerOnly)
        #expect(try await serve(town).talk.contains("secretEmpty"))
        try Files.replace(room.path("pin"), SoftToken.pin.bytes, mode: Files.readable)
        #expect(try await serve(town).talk.contains("secretExposed"))
        try Files.replace(room.path("pin"), SoftToken.pin.bytes, mode: Files.ownerOnly)
        try soft.tool("--list-objects")
    }

    private func serve(_ town: CrashTown) async throws -> Terminal.Outcome {
        try await town.outcome(
            ["gateway", "serve", "--until-input-ends", "--config", room.path("gateway.toml")],
            in: .clinic
        )
    }

    private func renew(_ town: CrashTown) async throws -> Terminal.Outcome {
        let words = ["--usage", "storage", "--as", "中津", "--role", "nurse"]
        return try await town.outcome(["gateway", "cert", "renew"] + words, in: .clinic)
    }

    private func opens(_ sent: String, _ town: CrashTown) async throws {
        let words = ["inbox", "open", sent, "--as", "中津", "--role", "nurse"]
        let outcome = try await town.outcome(words, in: .clinic)
        #expect(outcome.exitCode == 0, "\(outcome.talk)")
    }

    /// The storage keys of both offices, without the offices.
    private func inToken() throws -> [Substring] {
        try soft.privateKeys().map { $0.suffix("storage-1".count) }.sorted()
    }

    /// The storage keys in the clinic's folder.
    private func keys(_ town: CrashTown) throws -> [String] {
        let orgs = town.data(.clinic) + "/orgs"
        return try Files.names(in: orgs).flatMap { try Files.names(in: "\(orgs)/\($0)/keys") }
            .filter { $0.hasPrefix("storage") }
    }
}
