import Cryptography
import Primitives

/// Complete deliveries, closed loop: real processes, mutual TLS, disk. One is a sheet signed and
/// sealed, accepted with a receipt, fetched, opened, verified, stored, and its signed *delivered*
/// receipt verified at the sender.
struct DeliveryBench {
    struct Figures {
        let deliveries: Int
        let seconds: Double
        /// Of all processes together.
        let processorSeconds: Double

        var perSecond: Double { Double(deliveries) / seconds }
        var processorPerThousand: Double { processorSeconds / Double(deliveries) * 1000 }
    }

    let count: Int
    let senders: Int

    func run(_ console: Console) async throws -> Figures {
        let stage = try DemoStage(console.silent)
        do {
            let figures = try await run(stage, console)
            await stage.stop()
            return figures
        } catch {
            await stage.stop()
            throw error
        }
    }

    private func run(_ stage: DemoStage, _ console: Console) async throws -> Figures {
        let demo = try await Demo(stage)
        // What one office may do in a second is not what is measured.
        let settings = stage.folder + "/exchange.toml"
        let limits = """
            [exchange]
            origin = "localhost"
            member_requests = "10000/s"
            member_messages = "10000/s"
            """
        try Files.create(settings, limits.bytes, mode: Files.ownerOnly)
        try await demo.open(settings: ["--config", settings])
        for office in DemoOffice.all { try await demo.join(office) }
        try await demo.meet()
        let text = try Files.read(demo.sheets + "/care-liaison.json", atMost: Limits.contentBytes)
        let sheet = try JSON(reading: text)
        _ = try await deliver(1, sheet, stage, console)
        let start = SystemTime().uptime
        let before = try processorSeconds(stage)
        _ = try await deliver(count, sheet, stage, console)
        let elapsed = SystemTime().uptime - start
        return Figures(
            deliveries: count,
            seconds: Double(elapsed.inMilliseconds) / 1000,
            processorSeconds: try processorSeconds(stage) - before
        )
    }

    private func deliver(
        _ count: Int,
        _ sheet: JSON,
        _ stage: DemoStage,
        _ console: Console
    ) async throws -> Int {
        let care = DemoOffice.care
        let already = try await delivered(care, stage)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sender in 0..<min(senders, count) {
                group.addTask {
                    for _ in stride(from: sender, to: count, by: senders) {
                        try await send(sheet, care, stage)
                    }
                }
            }
            try await group.waitForAll()
        }
        return try await stage.until("deliveries", within: .seconds(300)) {
            let now = try await delivered(care, stage) - already
            console.progress(Phrase(ja: "到着 \(now)/\(count)", en: "delivered \(now)/\(count)"))
            return now >= count ? now : nil
        }
    }

    /// The same sheet under ids of its own, with a thread of its own.
    private func send(_ sheet: JSON, _ office: DemoOffice, _ stage: DemoStage) async throws {
        var object = sheet.object ?? JSONObject()
        let id = JSON.string(SheetID.make(SystemRandom()).text)
        object["sheetId"] = id
        object["threadId"] = id
        let call = ControlCall(
            "send",
            [
                "as": .string(office.person.name), "role": .string(office.person.role),
                "now": true,
            ],
            files: [JSON.object(object).canonicalBytes]
        )
        _ = try await ControlSocket.ask(office.data(stage), call)
    }

    private func delivered(_ office: DemoOffice, _ stage: DemoStage) async throws -> Int {
        let states = try await office.ask(stage, "outbox.counts")
        return Int(states["delivered"]?.integer ?? 0)
    }

    /// User and system time of all services.
    private func processorSeconds(_ stage: DemoStage) throws -> Double {
        try stage.processes.reduce(0) { try $0 + ThisProcess.processorSeconds(of: $1) }
    }
}

extension ThisProcess {
    /// User and system time of another process, from `/proc/<pid>/stat` (clock ticks).
    static func processorSeconds(of process: Int32) throws(FileError) -> Double {
        let bytes = try Files.read("/proc/\(process)/stat", atMost: 4096)
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard fields.count > 14 else { return 0 }
        let ticks = (Int(fields[13]) ?? 0) + (Int(fields[14]) ?? 0)
        return Double(ticks) / ticksPerSecond
    }
}
