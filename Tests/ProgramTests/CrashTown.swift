import Cryptography
import Foundation
import Primitives
import Testing

@testable import renkei

/// An exchange, a care office and a clinic as processes that can be killed and started again.
final class CrashTown: Sendable {
    enum Name: String, CaseIterable { case exchange, care, clinic }

    private let room: Room
    private let processes = Lock<[String: ChildProcess]>([:])
    private let port: Int
    private let sheet: JSON
    private let installed: Installed
    private let highest = Lock<[String: Int]>([:])

    /// Which program runs, and with what besides.
    struct Installed: Sendable {
        var program = Session.products.path + "/renkei"
        var exchangeWords: [String] = []
        /// When an office joins and when it serves.
        var officeWords: [String] = []
        /// nil: a room of its own beside the program.
        var room: Room?
    }

    private init(_ room: Room, port: Int, _ sheet: JSON, _ installed: Installed) {
        self.room = room
        self.port = port
        self.sheet = sheet
        self.installed = installed
    }

    var program: String { installed.program }

    /// Founds a town, hands it over, and ends its processes, also after a failure.
    static func live(
        _ installed: Installed = Installed(),
        _ body: (CrashTown) async throws -> Void
    ) async throws {
        let text = try Files.read(
            try Installation.demoData() + "/care-liaison.json",
            atMost: Limits.contentBytes
        )
        let town = CrashTown(
            try installed.room
                ?? Room(besideProgram: "town-" + Hex.encode(SystemRandom().bytes(8))),
            port: try freePort(),
            try JSON(reading: text),
            installed
        )
        do {
            try await town.found()
            try await body(town)
        } catch {
            await town.end()
            throw error
        }
        await town.end()
    }

    /// Ends every process and waits for it: the exit tests of other suites wait for any child of
    /// this process, and would find for ever the one that nobody has waited for.
    private func end() async {
        for child in processes.withLock({ Array($0.values) }) {
            child.kill()
            while child.exitCode() == nil { await Task.yield() }
        }
    }

    private func found() async throws {
        let data = try Installation.demoData()
        try await renkei(
            "exchange",
            "init",
            "--name",
            "架空市医師会",
            "--host",
            "localhost",
            in: .exchange
        )
        try await restart(.exchange)
        for (name, office) in [(Name.care, DemoOffice.care), (.clinic, DemoOffice.clinic)] {
            try await join(name, office)
        }
        try await renkei(
            "gateway",
            "template",
            "add",
            data + "/template-care.json",
            "--as",
            DemoOffice.care.person.name,
            "--role",
            "careManager",
            in: .care
        )
        try await renkei(
            "gateway",
            "consent",
            "add",
            data + "/consent-care.json",
            "--template",
            "契約時の包括同意",
            "--as",
            DemoOffice.care.person.name,
            "--role",
            "careManager",
            in: .care
        )
        try await until("both are in the directory") {
            let items = try await ask(.care, "directory")?["items"]?.array ?? []
            return items.filter { $0["canReceive"]?.bool == true }.count == 2 ? true : nil
        }
    }

    private func join(_ name: Name, _ office: DemoOffice) async throws {
        let paper = room.path("paper-\(name.rawValue)")
        try await renkei(
            "exchange",
            "member",
            "add",
            "--name",
            office.name,
            "--type",
            office.type,
            "--number",
            office.number ?? "",
            "--url",
            "https://localhost:\(port)",
            "-o",
            paper,
            in: .exchange
        )
        try await renkei("gateway", "init", in: name)
        let me = ["--as", office.person.name, "--role", office.person.role]
        try await renkei(
            ["gateway", "enrol", "--paper", paper, "--phone", office.phone] + me
                + installed.officeWords,
            in: name
        )
        try await restart(name)
    }

    // MARK: Processes

    func restart(_ name: Name) async throws {
        let words =
            name == .exchange
            ? ["exchange", "serve", "--listen", "127.0.0.1:\(port)"] + installed.exchangeWords
            : ["gateway", "serve", "--test-exchange"] + installed.officeWords
        let output = try ChildOutput(appendingTo: room.path(name.rawValue + ".log"))
        let child = try ChildProcess(
            [program] + words + place(name)
                + ["--checkpoint-every", "1", "--until-input-ends"],
            output: output,
            errorOutput: output
        )
        processes.withLock { $0[name.rawValue] = child }
        let call = name == .exchange ? "member.list" : "inbox.list"
        try await until("\(name) answers") { try await ask(name, call) }
        // What opening the keys takes, scrypt's 128 MiB, is over: from here on it counts.
        let counter = try OpenFile("/proc/\(child.id)/clear_refs", O_WRONLY)
        try counter.append("5".bytes)
    }

    func kill(_ name: Name, afterMilliseconds delay: Int) async {
        let time = SystemTime()
        do { try await time.sleep(for: .milliseconds(delay)) } catch { return }
        guard let child = processes.withLock({ $0[name.rawValue] }) else { return }
        child.kill()
        do { _ = try await child.exitCode(within: .seconds(10)) } catch { return }
    }

    /// Asks it to end, and waits until it has.
    func stop(_ name: Name) async throws {
        let child = try #require(processes.withLock { $0[name.rawValue] })
        child.terminate()
        #expect(try await child.exitCode(within: .seconds(60)) == 0)
    }

    /// What the kernel tells of a process that serves.
    func processFile(_ file: String, of name: Name) throws -> String {
        let child = try #require(processes.withLock { $0[name.rawValue] })
        return try String(contentsOfFile: "/proc/\(child.id)/\(file)", encoding: .utf8)
    }

    // MARK: Memory

    /// The most memory that a process of each kind has had resident at once, in bytes.
    var peaks: [String: Int] { highest.withLock { $0 } }

    func notePeaks() {
        for (name, child) in processes.withLock({ $0 }) { note(name, child.id) }
    }

    func note(_ name: String, _ id: pid_t) {
        guard let status = try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kilobytes = line.split(separator: " ").dropLast().last.flatMap({ Int($0) })
        else { return }
        highest.withLock { $0[name] = max($0[name] ?? 0, kilobytes * 1024) }
    }

    // MARK: Acts

    /// - Returns: nil when the process went away before it answered.
    func send(_ key: String) async throws -> String? {
        var object = sheet.object ?? JSONObject()
        // The same key is the same sheet, however often it is sent.
        let id = JSON.string("00000000-0000-4000-8000-" + Hex.encode(key.bytes).suffix(12))
        object["sheetId"] = id
        object["threadId"] = id
        let call = ControlCall(
            "send",
            [
                "as": "辻󠄁本 春香", "role": "careManager", "now": true,
                "idempotencyKey": .string(key),
            ],
            files: [JSON.object(object).canonicalBytes]
        )
        do {
            return try await ControlSocket.ask(data(.care), call)?.json["messageId"]?.string
        } catch let error as RelayedError {
            throw CrashError.refused(error.code)
        } catch {
            return nil
        }
    }

    /// Waits until every one of the messages is delivered.
    func settle(_ messages: Set<String>) async throws {
        var open = messages
        try await until("all are delivered") {
            for message in open {
                let json = try await ask(.care, "track", ["message": .string(message)])
                if json?["state"]?.string == "delivered" { open.remove(message) }
            }
            return open.isEmpty ? true : nil
        }
    }

    func inbox() async throws -> [String] {
        let items = try await ask(.clinic, "inbox.list", ["limit": 1000])?["items"]?.array ?? []
        return items.compactMap { $0["messageId"]?.string }
    }

    /// Of both offices and of the exchange.
    func verifyLogs() async throws {
        for name in Name.allCases {
            let words = (name == .exchange ? ["exchange"] : []) + ["audit", "verify"]
            let outcome = try await run(words + place(name))
            #expect(outcome.exitCode == 0, "\(name): \(outcome.output) \(outcome.talk)")
        }
    }

    // MARK: Calls

    enum CrashError: Error { case refused(String), late(String), failed(String) }

    func data(_ name: Name) -> String { room.path(name.rawValue) }

    func place(_ name: Name) -> [String] {
        ["--data", data(name), "--unlock-file", room.path("unlock-" + name.rawValue)]
    }

    func ask(_ name: Name, _ call: String, _ json: JSON = [:]) async throws -> JSON? {
        do {
            return try await ControlSocket.ask(data(name), ControlCall(call, json))?.json
        } catch let error as RelayedError {
            throw CrashError.refused(error.code)
        } catch {
            return nil
        }
    }

    private func renkei(_ words: String..., in name: Name) async throws {
        try await renkei(words, in: name)
    }

    private func renkei(_ words: [String], in name: Name) async throws {
        let outcome = try await run(words + place(name))
        guard outcome.exitCode == 0 else { throw CrashError.failed(outcome.talk) }
    }

    /// Calls the program at one of the folders.
    func outcome(_ words: [String], in name: Name) async throws -> Terminal.Outcome {
        try await run(words + place(name))
    }

    private func run(_ words: [String]) async throws -> Terminal.Outcome {
        try await Terminal.run([program] + words)
    }

    @discardableResult
    func until<Answer>(
        _ what: String,
        _ ask: () async throws -> Answer?
    ) async throws -> Answer {
        let time = SystemTime()
        let deadline = time.uptime + .seconds(120)
        while time.uptime < deadline {
            if let answer = try await ask() { return answer }
            try await time.sleep(for: .milliseconds(50))
        }
        throw CrashError.late(what)
    }

    /// A port nobody listens on just now.
    private static func freePort() throws -> Int {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(listener, pointer, length) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        try #require(bound)
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
