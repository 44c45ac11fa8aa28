import Foundation
import Glibc
import Primitives
import Testing

@testable import renkei

/// The units of `Deploy/systemd`: how much they leave open, and whether the services live with what
/// they forbid.
@Suite struct UnitTests {
    private static let folder = Session.root.path + "/Deploy/systemd"
    /// As they are installed; of what is between `@` and the dot there is one for each service.
    private static let units = [
        "renkei-exchange.service", "renkei-gateway.service", "renkei-backup@.service",
    ]
    /// In tenths; `systemd-analyze` fails above it.
    private static let mostExposure = 20

    private let room: Room

    init() throws { room = try Room() }

    private static func text(_ unit: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(unit)", encoding: .utf8)
    }

    /// - Returns: the path of a unit in the room, under the name of one that runs.
    private func write(_ unit: String, _ text: String) throws -> String {
        let path = room.path(unit.replacing("@.", with: "@exchange."))
        try Files.replace(path, text.bytes, mode: Files.readable)
        return path
    }

    private func exposes(_ path: String) async throws -> Terminal.Outcome {
        try await Terminal.run([
            "systemd-analyze", "security", "--offline=true", "--no-pager",
            "--threshold=\(Self.mostExposure)", path,
        ])
    }

    @Test(arguments: units)
    func `a unit leaves little open, and one with a rule less is found`(
        unit: String
    ) async throws {
        let text = try Self.text(unit)
        let outcome = try await exposes(try write(unit, text))
        #expect(outcome.exitCode == 0, "\(outcome.output) \(outcome.talk)")
        for rule in ["CapabilityBoundingSet=", "SystemCallFilter=", "PrivateUsers="] {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let less = lines.filter { !$0.hasPrefix(rule) }.joined(separator: "\n")
            #expect(less != text)
            let found = try await exposes(try write(unit, less))
            #expect(found.output.contains("exposure level") && found.output != outcome.output)
        }
    }

    @Test(arguments: units)
    func `a unit is understood word for word`(unit: String) async throws {
        let text = try Self.text(unit)
            .replacing("/usr/bin/renkei", with: Session.products.path + "/renkei")
        for (word, isRight) in [("UMask=", true), ("UMusk=", false)] {
            let path = try write(unit, text.replacing("UMask=", with: word))
            let outcome = try await Terminal.run(["systemd-analyze", "verify", path])
            #expect(outcome.talk.contains("UMusk") == !isRight, "\(outcome.talk)")
            #expect(outcome.talk.contains("renkei-") == !isRight, "\(outcome.talk)")
        }
    }

    @Test func `a backup is made each night, in Japan`() async throws {
        let service = try write("renkei-backup@.service", try Self.text("renkei-backup@.service"))
        let timer = try write("renkei-backup@.timer", try Self.text("renkei-backup@.timer"))
        let outcome = try await Terminal.run(["systemd-analyze", "verify", timer])
        #expect(!outcome.talk.contains("renkei-backup@exchange.timer"), "\(outcome.talk)")
        #expect(Files.exists(service))
        let when = try #require(
            try Self.text("renkei-backup@.timer").split(separator: "\n").first {
                $0.hasPrefix("OnCalendar=")
            }
        )
        let next = try await Terminal.run([
            "systemd-analyze", "calendar", "--base-time=2026-11-23 00:00:00 UTC",
            String(when.dropFirst("OnCalendar=".count)),
        ])
        #expect(next.output.contains("17:30:00 UTC"), "\(next.output)")
    }

    @Test(
        .enabled("this machine gives a process a file system of its own") {
            let words = ["unshare", "--mount", "mount", "--make-rprivate", "/"]
            return try await Terminal.run(words).exitCode == 0
        },
        .timeLimit(.minutes(3))
    )
    func `services live under the restrictions of their units, and tell how they are`()
        async throws
    {
        // Its /tmp is not ours.
        let home = try Room(besideProgram: "confined")
        let manager = try NotifySocket(home.path("notify"))
        var installed = CrashTown.Installed()
        installed.room = home
        installed.program = room.path("renkei")
        let script = """
            #!/bin/sh
            case "$2" in
            serve)
                export NOTIFY_SOCKET=\(home.path("notify")) WATCHDOG_USEC=300000
                exec /usr/bin/python3 \(Session.root.path)/Tests/Confined/confined.py \
                    "\(Self.folder)/renkei-$1.service" \(home.url.path) \
                    \(Session.products.path)/renkei "$@" ;;
            *) exec \(Session.products.path)/renkei "$@" ;;
            esac
            """
        try Files.create(installed.program, script.bytes, mode: 0o700)
        try await CrashTown.live(installed) { town in
            let sent = try #require(try await town.send("sheet-1"))
            try await town.settle([sent])
            let words = ["inbox", "print", sent, "-o", home.path("sheet.pdf")]
            let printed = try await town.outcome(
                words + ["--as", "中津", "--role", "nurse"],
                in: .clinic
            )
            #expect(printed.exitCode == 0, "\(printed.talk)")
            try await town.verifyLogs()
            for name in CrashTown.Name.allCases {
                let status = try town.processFile("status", of: name)
                #expect(status.contains("NoNewPrivs:\t1") && status.contains("Seccomp:\t2"))
                #expect(status.contains("CapBnd:\t0000000000000000"))
            }
            try await town.until("they are alive") { manager.heard("WATCHDOG=1") > 6 ? 1 : nil }
            try await town.until("all are ready") {
                manager.heard("READY=1") == CrashTown.Name.allCases.count ? 1 : nil
            }
            #expect(manager.heard("STOPPING=1") == 0)
            try await town.stop(.clinic)
            try await town.until("it said so") { manager.heard("STOPPING=1") == 1 ? 1 : nil }
        }
    }
}

/// Where a service manager would listen; like one it listens all the time.
private final class NotifySocket: Sendable {
    private let counts = Lock<[String: Int]>([:])
    private let isOver = Lock(false)

    init(_ path: String) throws {
        let end = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        try #require(path.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            unsafe room.copyBytes(from: path.utf8)
        }
        let isBound = unsafe withUnsafeBytes(of: &address) { whole in
            unsafe bind(
                end,
                whole.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t(whole.count)
            ) == 0
        }
        try #require(isBound)
        var patience = timeval(tv_sec: 0, tv_usec: 200_000)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(end, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        let (counts, isOver) = (counts, isOver)
        LiveThread.start {
            var buffer = [UInt8](repeating: 0, count: 256)
            while !isOver.withLock({ $0 }) {
                let count = unsafe recv(end, &buffer, buffer.count, 0)
                guard count > 0 else { continue }
                let told = String(decoding: buffer.prefix(count), as: UTF8.self)
                counts.withLock { $0[told, default: 0] += 1 }
            }
            close(end)
        }
    }

    deinit { isOver.withLock { $0 = true } }

    /// How often it has been told so.
    func heard(_ word: String) -> Int { counts.withLock { $0[word] ?? 0 } }
}
