import Audit
import Delivery
import Foundation
import Gateway
import Primitives
import Storage
import TestKit
import Testing

/// What remains of a delivery: leaves that prove it, and no word of it in the clear.
@Suite struct AuditFlowTests {
    private static let marker = "目印氏名アルファ"

    @Test func `the log tells the story, verifies, and names nobody`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await send(town)
        try await town.settle()
        let clinic = town.office(.clinic)
        try await clinic.confirm(key, by: Town.nurse)
        try await town.settle()
        let sent = try await town.office(.careOffice).auditEntries(
            of: Self.marker,
            message: nil,
            by: Town.nurse
        )
        #expect(
            sent.map(\.leaf.facts.event) == [
                .consentRecorded, .consentGranted, .messageQueued, .messageSigned,
            ]
        )
        let received = try await clinic.auditEntries(of: Self.marker, message: nil, by: Town.nurse)
        #expect(
            received.map(\.leaf.facts.event) == [
                .messageDelivered, .consentGranted, .sheetOpened, .messageConfirmed,
            ]
        )
        let newest = try await clinic.auditEntries(
            newest: 2,
            of: Self.marker,
            message: nil,
            by: Town.nurse
        )
        #expect(newest.total == 4)
        #expect(newest.rows.map(\.leaf.facts.event) == [.sheetOpened, .messageConfirmed])
        for place in [World.Place.careOffice, .clinic] {
            let given = try await town.office(place).auditPage(from: 0)
            let page = try LogPage(reading: given.json, given.files)
            let audit = LogAudit(
                of: LogCopy(
                    origin: page.checkpoint.origin,
                    leaves: page.leaves,
                    checkpoints: [page.checkpoint]
                ),
                key: page.key
            )
            #expect(audit.isWhole && audit.coveredSize == audit.size)
            let text = Data(given.files[0])
            for word in [Self.marker, Town.nurse.name ?? "", Town.careManager.name ?? ""] {
                #expect(text.range(of: Data(word.utf8)) == nil)
            }
        }
    }

    @Test func `what was taken back is found by whom it was about, at both ends`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        func events(_ place: World.Place) async throws -> [AuditEvent] {
            try await town.office(place)
                .auditEntries(of: Self.marker, message: nil, by: Town.nurse)
                .map(\.leaf.facts.event)
        }
        let first = try await send(town)
        let early = try await office.withdraw(
            first.messageID,
            because: .other,
            by: Town.careManager
        )
        #expect(early == .cancelled)
        #expect(try await events(.careOffice).last == .messageCancelled)
        let second = try await send(town)
        try await town.settle()
        let late = try await office.withdraw(
            second.messageID,
            because: .other,
            by: Town.careManager
        )
        try await town.settle()
        #expect(late == .requested)
        #expect(try await events(.careOffice).last == .withdrawalRequested)
        #expect(try await events(.clinic).last == .withdrawalAnswered)
    }

    @Test func `no word of a sheet stands on any disk`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await send(town)
        try await town.settle()
        try await town.office(.clinic).confirm(key, by: Town.nurse)
        try await town.settle()
        #expect(try findings(in: town.folder) == [])
        town.close()
        #expect(try findings(in: town.folder) == [])
    }

    private func send(_ town: Town) async throws -> MessageKey {
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.named("care-liaison-1", for: office) { sheet in
            for (part, member) in [("patient", "fullName"), ("body", "message")] {
                guard case .object(var object)? = sheet[part] else { continue }
                object[member] = .string(Self.marker)
                sheet[part] = .object(object)
            }
        }
        let sent = try await office.send(SendRequest(sheet: sheet), by: Town.careManager)
        return MessageKey(from: office.member, messageID: sent.messageID)
    }

    /// Files under the folder in which a marker stands.
    private func findings(in folder: URL) throws -> [String] {
        let words = [Self.marker, Town.nurse.name ?? "", "髙﨑"].map { Data($0.utf8) }
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap {
            $0 as? String
        }
        #expect((paths ?? []).contains { $0.hasSuffix(".db") })
        return try (paths ?? []).filter { path in
            let url = folder.appendingPathComponent(path)
            guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else {
                return false
            }
            let bytes = try Data(contentsOf: url)
            return words.contains { bytes.range(of: $0) != nil }
        }
    }
}
