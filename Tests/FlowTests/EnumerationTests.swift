import Audit
import Cryptography
import Foundation
import Primitives
import TestKit
import Testing

@testable import Gateway

/// A thief of the disk, without the keys, who tries every patient number there can be. The short
/// run tries fewer; `RENKEI_LONG` tries 10⁸.
@Suite struct EnumerationTests {
    private static let isLong = ProcessInfo.processInfo.environment["RENKEI_LONG"] != nil
    private static let count = isLong ? 100_000_000 : 20_000
    private static let planted = 12_345
    private static let control = 7_001

    @Test func `no number that stands in the log is found by trying all`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let number = Decimal.text(Self.planted, width: 10)
        let sheet = try await FlowSheet.named("care-liaison-1", for: office) { sheet in
            guard case .object(var patient)? = sheet["patient"] else { return }
            patient["insuredNumber"] = .string(number)
            sheet["patient"] = .object(patient)
        }
        _ = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        // A log keeps what it is given as the patient, be it a number.
        let message = MessageID.make(at: town.time.now, SystemRandom())
        var act = office.facts(.messageQueued, by: Town.nurse, on: .message(message))
        act.patient = AuditPatient(number)
        try await office.record([act])
        try await town.settle()
        #expect(try await office.auditEntries(of: number, message: nil, by: Town.nurse).count == 1)

        let lines = try tried(town.folder)
        let values = try #require(lines.first?.split(separator: " ").last.flatMap { Int($0) })
        #expect(values > 100, "the databases were read")
        #expect(lines.dropFirst() == ["found \(Self.control)"])
    }

    private func tried(_ folder: URL) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let script = SheetExamples.root.appending(path: "Tests/Fixtures/enumerate.py").path
        process.arguments = [
            "python3", script, folder.path, "0", "\(Self.count)", "\(Self.control)",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map { String($0) }
    }
}
