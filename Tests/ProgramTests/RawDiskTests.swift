import Foundation
import Primitives
import Testing

@testable import renkei

/// What was erased is not on the disk: neither in a file nor in a block that a file has left.
@Suite struct RawDiskTests {
    @Test(.timeLimit(.minutes(5)), .enabled(if: LoopDisk.isPossible, "a disk cannot be mounted"))
    func `after an erasure neither values nor keys are on the raw disk`() async throws {
        let people = (1...5).map { Planted(number: 700 + $0) }
        let papers = try Room()
        let disk = try LoopDisk(mebibytes: 96)
        var installed = CrashTown.Installed()
        installed.room = disk.room
        let control = "この一行だけは封をせずに書いて消した"
        var (keys, left) = (Set<String>(), Set<String>())
        try await CrashTown.live(installed) { town in
            var sent: Set<String> = []
            for person in people {
                sent.insert(try await Planted.send(try Planted.write(person, to: papers), in: town))
            }
            try await town.settle(sent)
            for message in sent {
                try await Planted.act(["inbox", "open", message], at: .clinic, town)
            }
            let offices = [CrashTown.Name.care, .clinic]
            for name in offices { keys.formUnion(try await Self.personalKeys(town.data(name))) }
            for name in offices {
                for message in sent.sorted() { try await Self.erase(message, at: name, town) }
                left.formUnion(try await Self.personalKeys(town.data(name)))
                let verified = try await town.outcome(["audit", "verify"], in: name)
                #expect(verified.exitCode == 0, "\(verified.talk)")
            }
            for name in CrashTown.Name.allCases { await town.kill(name, afterMilliseconds: 0) }
            // Last of all, so that nothing is written in its place.
            let note = disk.room.path("note")
            try Files.create(note, control.bytes, mode: Files.ownerOnly)
            try Files.remove(note)
        }
        try disk.unmount()
        let values = people.flatMap(\.values)
        let patterns = try papers.write(
            "patterns",
            (values.flatMap(Planted.forms) + [control]).joined(separator: "\n").bytes
        )
        #expect(try await Planted.found(patterns, in: [disk.image]) == [control])
        let image = try Data(contentsOf: URL(fileURLWithPath: disk.image), options: .alwaysMapped)
        keys.subtract(left)
        #expect(keys.count == 2 * people.count, "a key for each person at each office")
        #expect(left.count == 1, "of the person whose consent the town was founded with")
        for key in keys {
            let bytes = try #require(Hex.decode(key))
            #expect(image.range(of: Data(bytes)) == nil, "a destroyed key")
        }
    }

    /// The sealed keys of persons that a gateway has, in hexadecimal.
    private static func personalKeys(_ data: String) async throws -> Set<String> {
        let program = """
            import pathlib, sqlite3, sys
            for path in pathlib.Path(sys.argv[1]).rglob("secrets.db"):
                store = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
                for row in store.execute("SELECT hex(wrapped) FROM dataKey WHERE subject <> x''"):
                    print(row[0].lower())
            """
        let outcome = try await Terminal.run(["/usr/bin/python3", "-c", program, data])
        try #require(outcome.exitCode == 0, "\(outcome.talk)")
        return Set(outcome.output.split(separator: "\n").map { String($0) })
    }

    /// All of the person of a message, by the list that is shown.
    private static func erase(
        _ message: String,
        at name: CrashTown.Name,
        _ town: CrashTown
    ) async throws {
        let shown = try await town.ask(name, "retention.erase", ["message": .string(message)])
        let list = try #require(shown?["list"]?.string)
        try await Planted.act(
            [
                "gateway", "retention", "erase", message, "--list", list, "--with", "波多野",
            ],
            at: name,
            town
        )
    }
}
