import Cryptography
import Foundation
import Primitives
import Storage
import Testing

@testable import renkei

/// A town is backed up while it works, its machines die, and it is put back from the files.
@Suite struct BackupTests {
    private let room: Room

    init() async throws {
        room = try Room()
        let line =
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
            + "-subj /CN=backup -keyout key.pem -out recipient.pem && chmod 600 key.pem"
        let outcome = try await Terminal.shell(line, in: room.url)
        try #require(outcome.exitCode == 0, "\(outcome.talk)")
    }

    private func kind(_ name: CrashTown.Name) -> String {
        name == .exchange ? "exchange" : "gateway"
    }

    private func folder(_ name: CrashTown.Name) -> String { room.path("backups-\(name.rawValue)") }

    private func settings(_ name: CrashTown.Name) throws -> String {
        let origin = name == .exchange ? "[exchange]\norigin = \"localhost\"\n" : ""
        let text = """
            [backup]
            to = "\(folder(name))"
            recipients = ["\(room.path("recipient.pem"))"]
            \(origin)
            """
        return try room.write("\(name.rawValue).toml", text.bytes)
    }

    /// - Returns: the file of the store.
    private func backUp(_ name: CrashTown.Name, _ town: CrashTown) async throws -> String {
        let words = [kind(name), "backup", "create", "--config", try settings(name)]
        let outcome = try await town.outcome(words, in: name)
        try #require(outcome.exitCode == 0, "\(name): \(outcome.talk)")
        try #require(outcome.lines.count == 2)
        #expect(outcome.lines[1].hasSuffix("-keys.rkb"))
        return outcome.lines[0]
    }

    private func restore(
        _ name: CrashTown.Name,
        _ file: String,
        _ town: CrashTown
    ) async throws -> String {
        let target = room.path("restored-\(name.rawValue)")
        let outcome = try await Terminal.run([
            town.program, kind(name), "restore", file, "--key", room.path("key.pem"), "--root",
            room.path("root.pem"), "--to-empty", target,
        ])
        try #require(outcome.exitCode == 0, "\(name): \(outcome.talk)")
        return target
    }

    /// Every row of every table, and every file beside the databases that is in a backup.
    private func contents(_ folder: String) async throws -> Terminal.Outcome {
        let script = """
            import hashlib, os, sqlite3, sys
            for path, _, names in sorted(os.walk('.')):
                for name in sorted(names):
                    file = os.path.join(path, name)
                    if name.endswith('.db'):
                        base = sqlite3.connect('file:%s?mode=ro' % file, uri=True)
                        tables = [r[0] for r in base.execute(
                            "select name from sqlite_schema where type='table' order by name")]
                        for table in tables:
                            rows = sorted(map(repr, base.execute('select * from "%s"' % table)))
                            print(file, table, len(rows),
                                hashlib.sha256('\\n'.join(rows).encode()).hexdigest())
                    elif '/segments/' in file or name.startswith(
                            ('root.pem', 'exchange.json', 'unlock.der', 'storage-', 'encryption-')):
                        print(file, hashlib.sha256(open(file, 'rb').read()).hexdigest())
            """
        let path = try room.write("contents.py", script.bytes)
        return try await Terminal.run(["python3", path], in: URL(filePath: folder))
    }

    @Test(.timeLimit(.minutes(8)))
    func `a town is backed up at work, dies, and comes back as it was`() async throws {
        let people = (1...4).map { Planted(number: $0) }
        let sheets = try people.map { try Planted.write($0, to: room) }
        try await CrashTown.live { town in
            var sent: Set<String> = []
            for sheet in sheets { sent.insert(try await Planted.send(sheet, in: town)) }
            try await town.settle(sent)
            let root = try Data(contentsOf: URL(filePath: town.data(.exchange) + "/ca/root.pem"))
            try root.write(to: URL(filePath: room.path("root.pem")))
            // Under load: more sheets go while the backups are made.
            async let more = load(town)
            var files: [CrashTown.Name: String] = [:]
            for name in CrashTown.Name.allCases { files[name] = try await backUp(name, town) }
            sent.formUnion(try await more)
            try await town.settle(sent)
            for name in CrashTown.Name.allCases {
                await town.kill(name, afterMilliseconds: 0)
            }
            try await searched(people, town)
            for name in CrashTown.Name.allCases {
                let file = try #require(files[name])
                let folder = try await restore(name, file, town)
                #expect(Files.exists("\(folder)/format"))
            }
            try await comesBackWhole(town)
        }
    }

    /// - Returns: the messages that were sent.
    private func load(_ town: CrashTown) async throws -> Set<String> {
        var sent: Set<String> = []
        for number in 1...12 {
            let message = try await town.send("load-\(number)")
            sent.insert(try #require(message))
        }
        return sent
    }

    /// Nothing of anybody is in the backups, and nothing that a store holds in the clear.
    private func searched(_ people: [Planted], _ town: CrashTown) async throws {
        let values = people.flatMap(\.values)
        let patterns = try room.write(
            "patterns",
            (values.flatMap(Planted.forms) + ["幻町内科クリニック", "SQLite format 3"])
                .joined(separator: "\n").bytes
        )
        let folders = CrashTown.Name.allCases.map(folder)
        #expect(try await Planted.found(patterns, in: folders) == [])
        let plain = try await Planted.found(patterns, in: [room.path("plain")])
        #expect(Set(values).isSubset(of: plain), "the same search finds them where they are")
        for name in CrashTown.Name.allCases {
            let files = try Files.names(in: folder(name))
            #expect(files.allSatisfy { BackupName($0) != nil }, "\(files)")
        }
    }

    private func backups(_ name: CrashTown.Name) throws -> [BackupName] {
        try Files.names(in: folder(name)).compactMap { BackupName($0) }
    }

    /// Of a folder that nobody writes any more the backup has every row, and what was restored is
    /// the same.
    private func comesBackWhole(_ town: CrashTown) async throws {
        for name in CrashTown.Name.allCases {
            let folder = room.path("restored-\(name.rawValue)")
            try FileManager.default.removeItem(atPath: folder)
            let first = try #require(try backups(name).first)
            // What a backup that was killed has left.
            let left = "\(self.folder(name))/.\(first).part"
            try Files.create(left, [1], mode: Files.ownerOnly)
            let file = try await backUp(name, town)
            #expect(!Files.exists(left))
            let stores = try backups(name).filter { $0.part == .store }
            #expect(stores.count == 1, "of one day the newest stays")
            _ = try await restore(name, file, town)
            let known = try await contents(town.data(name)).lines
            let found = try await contents(folder).lines
            #expect(found.count > 20)
            // That the backup itself was made is on record after it: those rows are new.
            let new = ["audit", "sqlite_", "wal"]
            let differing = Set(known).symmetricDifference(found).filter { line in
                !new.contains { line.contains(" \($0)") }
            }
            #expect(differing == [], "\(name)")
            try FileManager.default.removeItem(atPath: town.data(name))
        }
    }
}
