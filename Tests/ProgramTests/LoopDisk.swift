import Cryptography
import Foundation
import Primitives
import Testing

@testable import renkei

/// A disk of its own in a file, mounted at a room: what is on it can be read block by block, with
/// all that was deleted.
final class LoopDisk: Sendable {
    let room: Room
    private let holder: Room
    private let isMounted = Lock(true)

    /// Whether this machine lets us mount: root may, most containers may not.
    static let isPossible: Bool = {
        do {
            let disk = try LoopDisk(mebibytes: 8)
            try disk.unmount()
            return true
        } catch {
            return false
        }
    }()

    var image: String { holder.path("image") }

    init(mebibytes: Int) throws {
        let name = "disk-" + Hex.encode(SystemRandom().bytes(8))
        holder = try Room(besideProgram: name)
        room = try Room(besideProgram: name + "-room")
        try Files.create(image, [], mode: Files.ownerOnly)
        for words in [
            ["truncate", "-s", "\(mebibytes)M", image],
            ["mkfs.ext4", "-q", "-m", "0", image],
            ["mount", "-o", "loop", image, room.url.path],
        ] {
            try Self.run(words)
        }
    }

    deinit { if isMounted.withLock({ $0 }) { try? unmount() } }

    /// Writes what is still in memory and takes the disk off.
    func unmount() throws {
        try Self.run(["umount", room.url.path])
        isMounted.withLock { $0 = false }
    }

    private static func run(_ words: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CrashTown.CrashError.failed(words[0]) }
    }
}
