import Cryptography
import Envelope
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
