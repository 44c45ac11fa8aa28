import Audit
import Configuration
import Cryptography
import Gateway
import Primitives
import Storage

/// How long an office waits for its auditor's questions where the log is long: a gateway of its own
/// process over a store on disk, asked as the command line asks it.
struct LogBench {
    struct Figures {
        let leaves: Int
        /// Of `audit verify`, with the start of the command.
        let verifySeconds: Double
        /// Of the command and the gateway together: what one core alone would take.
        let verifyProcessorSeconds: Double
        /// The most memory that the command, and the gateway by then, have taken.
        let verifyKibibytes: Int
        let serviceKibibytes: Int
        /// The median of many.
        let proofMilliseconds: Double
        let questions: [(name: String, milliseconds: Double)]
    }

    let count: Int
    private static let atOnce = 1000
    private static let proofs = 100

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
        let office = DemoOffice.hospital
        try await demo.open()
        try await demo.enrol(office)
        let year = try await fill(office, stage, console)
        let process = try await demo.serve(office)
        console.progress(Phrase(ja: "検査中", en: "verifying"))
        let before = try ThisProcess.processorSeconds(of: process)
        let childrenBefore = ThisProcess.processorMicrosecondsOfChildren
        let verify = try await Self.seconds {
            _ = try await stage.run(
                [Installation.executable, "audit", "verify"] + office.place(stage),
                within: .seconds(1800)
            )
        }
        let command = ThisProcess.processorMicrosecondsOfChildren - childrenBefore
        let processor = try ThisProcess.processorSeconds(of: process) - before + command / 1e6
        let service = try Self.mostKibibytes(of: process)
        return Figures(
            leaves: count,
            verifySeconds: verify,
            verifyProcessorSeconds: processor,
            verifyKibibytes: ThisProcess.mostKibibytesOfChildren,
            serviceKibibytes: service,
            proofMilliseconds: try await proof(office, stage),
            questions: try await questions(year, office, stage, console)
        )
    }

    /// Writes the year as the gateway itself would, act by act.
    private func fill(
        _ office: DemoOffice,
        _ stage: DemoStage,
        _ console: Console
    ) async throws -> MadeYear {
        let house = try await GatewayHouse.open(
            office.data(stage),
            unlock: try UnlockSecret.read(office.unlock(stage), for: .gateway),
            settings: GatewaySettings()
        )
        let gateway = try house.organisation(nil)
        let year = MadeYear(count, of: gateway.member, after: SystemTime().now)
        for start in stride(from: 0, to: count, by: Self.atOnce) {
            console.progress(Phrase(ja: "記録 \(start)/\(count)", en: "leaves \(start)/\(count)"))
            let end = min(count, start + Self.atOnce)
            try await gateway.noteStaff((start..<end).map(year.act))
        }
        _ = try await gateway.auditCheckpoint()
        gateway.store.close()
        return year
    }

    private func proof(_ office: DemoOffice, _ stage: DemoStage) async throws -> Double {
        var found: [Double] = []
        var place = 0
        let step = max(1, count / Self.proofs)
        while place < count {
            let receipt = MadeYear.statement(place)
            place += step
            var isFound = false
            let seconds = try await Self.seconds {
                let call = ControlCall("audit.prove", ["receipt": .string(receipt.hex)])
                let answer = try await ControlSocket.ask(office.data(stage), call)
                isFound = answer?.json["found"]?.bool ?? false
            }
            if isFound { found.append(seconds * 1000) }
        }
        guard !found.isEmpty else {
            throw DemoFailure(what: "audit prove", output: "no receipt has a leaf")
        }
        return found.sorted()[found.count / 2]
    }

    private func questions(
        _ year: MadeYear,
        _ office: DemoOffice,
        _ stage: DemoStage,
        _ console: Console
    ) async throws -> [(name: String, milliseconds: Double)] {
        let acting: JSONObject = [
            "as": .string(office.person.name), "role": .string(office.person.role),
        ]
        var asked: [(name: String, call: String, members: JSONObject)] = [
            ("audit show --patient", "audit.show", ["patient": .string(MadeYear.patient)]),
            ("audit show --unusual", "audit.unusual", [:]),
        ]
        for question in AuditQuestion.allCases {
            let name: String? =
                switch question.subject {
                case .office: nil
                case .patient: MadeYear.patient
                case .person: MadeYear.person
                }
            let members: JSONObject = [
                "question": .string(question.rawValue), "language": "ja",
                "from": .string(year.period.from.description),
                "to": .string(year.period.to.description), "name": name.map { .string($0) },
            ]
            asked.append(("audit ask \(question.rawValue)", "audit.ask", members))
        }
        var times: [(name: String, milliseconds: Double)] = []
        for question in asked {
            console.progress(Phrase(ja: question.name, en: question.name))
            var members = acting
            for (name, value) in question.members.members { members[name] = value }
            let call = ControlCall(question.call, .object(members))
            let seconds = try await Self.seconds {
                _ = try await ControlSocket.ask(office.data(stage), call)
            }
            times.append((question.name, seconds * 1000))
        }
        return times
    }

    private static func seconds(_ body: () async throws -> Void) async throws -> Double {
        let time = SystemTime()
        let start = time.uptime
        try await body()
        let span = (time.uptime - start).components
        return Double(span.seconds) + Double(span.attoseconds) / 1e18
    }

    /// `VmHWM` of `/proc/<pid>/status`.
    private static func mostKibibytes(of process: Int32) throws(FileError) -> Int {
        let bytes = try Files.read("/proc/\(process)/status", atMost: 16 * 1024)
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { $0.split(separator: " ").compactMap { Int($0) }.first } ?? 0
    }
}
