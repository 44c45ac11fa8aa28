import Foundation
import Primitives
import TestKit
import Testing

@testable import simulate

/// The simulation finds what is planted, and nothing where nothing is. The many seeds are run by
/// `Deploy/test`, with the same program built for speed.
@Suite struct SeedTests {
    /// How many seeds a planted fault may hide behind.
    private static let most: UInt64 = 500

    @Test(arguments: ModelPlant.allCases)
    func `a planted fault is found`(_ plant: ModelPlant) async throws {
        let found = try await OwnThread.run {
            let ground = try Ground.found()
            return (1...Self.most).first { seed in
                !SimulatedWorld.run(seed, ground, plant: plant).isGood
            }
        }
        #expect(found != nil)
    }

    @Test func `nothing is found where nothing is planted`() async throws {
        let reports = try await OwnThread.run {
            let ground = try Ground.found()
            return (1...3).map { SimulatedWorld.run($0, ground) }
        }
        for report in reports {
            #expect(report.isGood, "seed \(report.seed): \(report.findings)")
            #expect(report.counts.messages > 0)
        }
    }

    @Test func `one seed tells the same story twice, byte for byte`() async throws {
        let words = ["--seeds", "1", "--from", "5", "--replay"]
        let first = try await Program.output(of: words)
        let second = try await Program.output(of: words)
        #expect(first == second && first.count > 1000)
    }

    /// Small enough for every day; `Deploy/test --long` runs the whole of it.
    @Test func `a month of a small district loses nothing`() async throws {
        let report = try await OwnThread.run {
            try Month.run(Month.Size(organisations: 20, sheets: 60), seed: 3, threads: 1).0
        }
        #expect(report.findings.map(\.text) == [])
        let json = try JSON(reading: report.json.bytes)
        #expect(json["organisations"]?.integer == 20 && json["sheetsSent"]?.integer == 60)
        #expect(json["membersRevoked"]?.integer == 2 && json["membersLeft"]?.integer == 1)
        let rest = [
            "transportCertificatesRenewed", "signingCertificatesRenewed", "copiesDelivered",
            "daysToldToPeers",
        ]
        for name in rest { #expect(json[name]?.integer ?? 0 > 0, "\(name)") }
        #expect(json["refusedFor"]?["revoked"]?.integer ?? 0 > 0)
        #expect(report.text.split(separator: "\n").count > 25)
    }

    @Test(arguments: [
        ["--seeds"], ["--month", "--organisations", "3"], ["--seeds", "x"], ["--plant", "rain"],
        ["--seed", "1"],
    ])
    func `what is not understood is refused`(_ words: [String]) {
        #expect(throws: SimulateWish.Unknown.self) { try SimulateWish(words) }
    }

    @Test func `the last line counts what came of it`() throws {
        var total = Total()
        var report = SeedReport(seed: 7)
        report.counts.messages = 3
        report.counts.delivered = 2
        report.findings = [Finding(kind: .lost, text: "one")]
        total.add(report)
        total.add(SeedReport(seed: 8))
        let json = try JSON(reading: total.json.bytes)
        #expect(json["seeds"]?.integer == 2 && json["messages"]?.integer == 3)
        #expect(json["lost"]?.integer == 1 && json["duplicated"]?.integer == 0)
        #expect(json["failingSeeds"]?.array?.map(\.integer) == [7])
        #expect(!total.isGood)
    }
}

extension OwnThread {
    /// The same without blocking the thread of a test.
    static func run<Answer: Sendable>(
        _ body: @escaping @Sendable () throws -> Answer
    ) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try body() }) }
            thread.stackSize = 16 << 20
            thread.start()
        }
    }
}

/// The program as `Deploy/simulate` starts it.
enum Program {
    static func output(of words: [String]) async throws -> Data {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: CommandLine.arguments[0])
            .deletingLastPathComponent().appending(path: "simulate")
        process.arguments = words
        process.environment = ProcessInfo.processInfo.environment
            .merging(["SWIFT_DETERMINISTIC_HASHING": "1"]) { $1 }
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return output
    }
}
