import Cryptography
import Envelope
import Foundation
import Primitives
import Testing

/// `renkei verify` on the evidence of a real delivery, whole and spoilt.
@Suite struct EvidenceTests {
    private typealias File = ContentArchive.File

    @Test func `whole evidence proves every step and who acted`() async throws {
        let run = try await DemoRun.left()
        let outcome = try await Terminal.renkei(
            "verify",
            run.room.path("out/evidence.renkei"),
            "--root",
            run.root,
            "--json"
        )
        #expect(outcome.exitCode == 0, "\(outcome.talk)")
        let facts = try outcome.lines.map { try JSON(reading: $0.bytes) }
        #expect(
            facts.map { $0["fact"]?.string } == [
                "sent", "accepted", "delivered", "opened", "disclosed", "confirmed", "disclosed",
                "content", "addOn",
            ]
        )
        #expect(facts.dropLast().allSatisfy { $0["proved"]?.bool == true })
        #expect(facts.last?["name"]?.string == "入院時情報連携加算")
        #expect(facts[6]["person"]?.string == "潮見 薫")
    }

    @Test func `the second verifier tells the same facts, and what is promised only`() async throws
    {
        let run = try await DemoRun.left()
        let room = try Room()
        let whole = room.path("whole.renkei")
        _ = try room.write("whole.renkei", try run.room.bytes("out/evidence.renkei"))
        let promised = try room.write(
            "promised.renkei",
            try changed(run) { files in
                files.filter { !$0.name.hasPrefix("opened.") || $0.name == "opened.der" }
            }
        )
        let ours = try await Terminal.renkei(
            "verify",
            whole,
            promised,
            "--root",
            run.root,
            "--json"
        )
        let others = try await second([whole, promised, "--root", run.root, "--json"])
        #expect(ours.exitCode == 0 && others.exitCode == 0, "\(others.talk)")
        let facts = try ours.lines.map { try JSON(reading: $0.bytes) }
        #expect(facts.contains { $0["proved"]?.bool == false })
        // Which add-on a delivery earns is no matter of signatures.
        let told = facts.filter { $0["fact"]?.string != "addOn" }.map(\.canonicalText)
        #expect(told == (try others.lines.map { try JSON(reading: $0.bytes).canonicalText }))
    }

    @Test func `the second verifier tells in one line what is wrong, and where it cannot judge`()
        async throws
    {
        let run = try await DemoRun.left()
        let without = try changed(run) { $0.filter { $0.name != "opened.der" } }
        let room = try Room()
        let gone = room.path("gone.renkei")
        let spoilt = try room.write("spoilt.renkei", without)
        let outcome = try await second([spoilt, "--root", run.root])
        #expect(outcome.exitCode == 1)
        #expect(
            outcome.lines == ["✗ \(spoilt): opened.der: 必要なファイルがありません [missing]"]
        )
        for words in [[gone, "--root", run.root], [spoilt, "--root", spoilt]] {
            let unable = try await second(words)
            #expect(unable.exitCode == 2)
            #expect(unable.output.isEmpty && unable.talk.hasPrefix("判定できません: "))
            #expect(!unable.talk.contains("Traceback"))
        }
    }

    @Test func `any changed byte is found`() async throws {
        let run = try await DemoRun.left()
        let whole = try run.room.bytes("out/evidence.renkei")
        let room = try Room()
        for place in stride(from: 700, to: whole.count, by: whole.count / 12) {
            var bytes = whole
            bytes[place] ^= 1
            let outcome = try await verify(bytes, in: room, root: run.root)
            #expect(outcome.exitCode == 1, "byte \(place)")
            #expect(outcome.talk.contains("[evidenceFails]"))
        }
    }

    @Test(arguments: [
        ("accepted.der", "accepted.der: missing"),
        ("delivered.der", "delivered.der: missing"),
        ("opened.der", "opened.der: missing"),
        ("confirmed.tlog-proof", "confirmed.tlog-proof: missing"),
        ("policy.der", "policy.der: missing"),
    ])
    func `a file that was taken out is missed`(_ name: String, _ fault: String) async throws {
        let run = try await DemoRun.left()
        let spoilt = try changed(run) { files in
            try #require(files.map(\.name).contains(name))
            return files.filter { $0.name != name }
        }
        let outcome = try await verify(spoilt, in: Room(), root: run.root)
        #expect(outcome.exitCode == 1)
        #expect(outcome.talk.contains(fault), "\(outcome.talk)")
    }

    @Test func `a receipt in the place of another is refused`() async throws {
        let run = try await DemoRun.left()
        let spoilt = try changed(run) { files in
            let opened = try #require(files.first { $0.name == "opened.der" })
            return files.map { file in
                file.name == "confirmed.der" ? File(name: file.name, bytes: opened.bytes) : file
            }
        }
        let outcome = try await verify(spoilt, in: Room(), root: run.root)
        #expect(outcome.exitCode == 1)
        #expect(outcome.talk.contains("confirmed.der"), "\(outcome.talk)")
    }

    @Test func `evidence of another exchange is refused`() async throws {
        let run = try await DemoRun.left()
        let room = try Room()
        let founded = try await Terminal.renkei(
            "exchange",
            "init",
            "--name",
            "別の交換所",
            "--host",
            "localhost",
            "--data",
            room.path("exchange"),
            "--unlock-file",
            room.path("unlock")
        )
        #expect(founded.exitCode == 0)
        let whole = try run.room.bytes("out/evidence.renkei")
        let other = room.path("exchange/ca/root.pem")
        let outcome = try await verify(whole, in: room, root: other)
        #expect(outcome.exitCode == 1)
        #expect(outcome.talk.contains("wrongRoot"), "\(outcome.talk)")
    }

    private func second(_ words: [String]) async throws -> Terminal.Outcome {
        let script = Session.root.appendingPathComponent("Deploy/verify/evidence.py").path
        return try await Terminal.run(["python3", "-B", script] + words)
    }

    // MARK: Spoiling

    private func verify(
        _ bytes: [UInt8],
        in room: Room,
        root: String
    ) async throws -> Terminal.Outcome {
        let path = try room.write("spoilt.renkei", bytes)
        return try await Terminal.renkei("verify", path, "--root", root, "--lang", "en")
    }

    /// The evidence with other files, and a list that fits them.
    private func changed(
        _ run: DemoRun,
        _ change: ([File]) throws -> [File]
    ) throws -> [UInt8] {
        let archive = try ContentArchive(reading: try run.room.bytes("out/evidence.renkei"))
        let files = try change(Array(archive.files.dropFirst()))
        let rows = files.map { file -> JSON in
            [
                "name": .string(file.name), "byteLength": .integer(Int64(file.bytes.count)),
                "sha256": .string(SHA256.hash(file.bytes).hex),
            ]
        }
        var list = try #require(try JSON(reading: archive.files[0].bytes).object)
        list["files"] = .array(rows)
        let first = File(name: "evidence.json", bytes: JSON.object(list).canonicalBytes)
        return ContentArchive(files: [first] + files).encoded()
    }
}
