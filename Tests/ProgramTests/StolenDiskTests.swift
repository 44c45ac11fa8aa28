import Audit
import Cryptography
import Foundation
import Primitives
import Sheets
import Testing

@testable import renkei

/// Somebody takes the disks of an exchange and of two offices away while they run, and searches
/// them without the keys: nothing of any person is on them.
@Suite struct StolenDiskTests {
    private static let people = 50

    @Test(.timeLimit(.minutes(5)))
    func `without the keys no planted value is on any disk`() async throws {
        let everybody = (1...Self.people).map { Planted(number: $0) }
        let room = try Room()
        let sheets = try everybody.map { try Planted.write($0, to: room) }
        let values = everybody.flatMap(\.values)
        #expect(Set(values).count == 500)
        try await CrashTown.live { town in
            var sent: Set<String> = []
            for sheet in sheets { sent.insert(try await Planted.send(sheet, in: town)) }
            try await town.settle(sent)
            // Half of them are opened, so that copies, receipts and records of both kinds exist.
            for message in sent.sorted().prefix(sent.count / 2) {
                try await Planted.act(["inbox", "open", message], at: .clinic, town)
            }
            for name in CrashTown.Name.allCases {
                let limits = try town.processFile("limits", of: name)
                #expect(limits.contains(/Max core file size +0 +0/), "a crash leaves no dump")
            }
            // As they are when the plug is pulled: with their write-ahead logs.
            for name in CrashTown.Name.allCases { await town.kill(name, afterMilliseconds: 0) }
            let disks = CrashTown.Name.allCases.map(town.data)
            let patterns = room.path("patterns")
            try Files.create(
                patterns,
                values.flatMap(Planted.forms).joined(separator: "\n").bytes,
                mode: Files.readable
            )
            #expect(try await Planted.found(patterns, in: disks) == [])
            // The same search finds all of them where nothing is sealed.
            let plain = try await Planted.found(patterns, in: [room.path("plain")])
            #expect(Set(values).isSubset(of: plain))
            // It has seen what was written: these disks hold what every one of them may know.
            try Files.replace(patterns, "幻町内科クリニック".bytes, mode: Files.readable)
            for disk in disks {
                #expect(try await Planted.found(patterns, in: [disk]) == ["幻町内科クリニック"])
            }
        }
    }
}
