import Audit
import Delivery
import Directory
import Envelope
import Gateway
import Primitives
import Sheets
import TestKit
import Testing

/// What leaves the program as a file, and what stands in the log for it.
@Suite struct ExportFlowTests {
    private static let file = "%PDF-1.4 小さい添付".bytes

    private func sent(_ town: Town, to desk: DeskID? = nil) async throws -> MessageKey {
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.named("admission-info-1", for: office) { sheet in
            sheet["attachments"] = .array([FlowSheet.attachment("小.pdf", Self.file)])
        }
        var request = SendRequest(sheet: sheet, attachments: try await office.packed([Self.file]))
        request.desk = desk
        let sent = try await office.send(request, by: Town.careManager)
        try await town.settle()
        return MessageKey(from: office.member, messageID: sent.messageID)
    }

    /// Acts of people on parts of a message, oldest first, as `event part`.
    private func acts(
        on key: MessageKey,
        in office: OrganisationGateway
    ) async throws -> [String] {
        let entries = try await office.auditEntries(
            of: nil,
            message: key.messageID,
            by: Town.nurse
        )
        return entries.compactMap { entry in
            guard case .clear(let name) = entry.leaf.facts.object.name,
                let part = name.text.split(separator: "/").dropFirst().first
            else { return nil }
            return "\(entry.leaf.facts.event.rawValue) \(part)"
        }
    }

    @Test func `an attachment is saved on record, and opens what was unopened`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let key = try await sent(town)
        let hospital = town.office(.hospital)
        for number in [1, 2, Int.max - 1] {
            await #expect(throws: GatewayError.self) {
                _ = try await hospital.saved(number, of: key, by: Town.nurse)
            }
        }
        let saved = try await hospital.saved(0, of: key, by: Town.nurse)
        #expect(try await hospital.whole([saved]) == [Self.file])
        let acts = try await acts(on: key, in: hospital)
        #expect(acts == ["sheet.opened sheet.json", "attachment.saved attachment-1"])
        // Whose attachment it was is found by the name.
        let about = try await hospital.auditEntries(
            of: "髙﨑 𠮷之助",
            message: nil,
            by: Town.nurse
        )
        #expect(about.contains { $0.leaf.facts.event == .attachmentSaved })
    }

    @Test func `in an emergency an attachment is given, and nothing that leaves on paper`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let key = try await sent(town, to: DeskID("main"))
        let hospital = town.office(.hospital)
        let ward = try #require(DeskID("ward"))
        let kind = try #require(Department("none"))
        try await hospital.addDesk(DirectoryDesk(ward, name: "病棟", kind: kind), by: Town.nurse)
        let account = AccountID.make(SeededRandom(seed: 9))
        let reader = try await hospital.reader(Town.nurse, account: account, at: [ward])
        let refusal = await #expect(throws: GatewayError.self) {
            _ = try await hospital.readingPermit(key, for: reader)
        }
        #expect(refusal?.code == GatewayError.otherDesk(ward).code)
        try await hospital.openInEmergency(key, because: .deskAbsent, "夜間で不在のため", by: reader)
        let permit = try await hospital.readingPermit(key, for: reader)
        let saved = try await hospital.saved(0, permit)
        #expect(try await hospital.whole([saved]) == [Self.file])
        await #expect(throws: GatewayError.self) {
            _ = try await hospital.permit(key, for: reader)
        }
        let entries = try await hospital.auditEntries(
            of: nil,
            message: key.messageID,
            by: Town.nurse
        )
        let leaf = entries.first { $0.leaf.facts.event == .attachmentSaved }
        #expect(leaf?.leaf.facts.purpose == .breakGlass)
    }

    @Test func `evidence and certificate are given on record`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let key = try await sent(town)
        let office = town.office(.careOffice)
        let file = try await office.exported(key, to: nil, by: Town.careManager)
        #expect(!file.bytes.isEmpty)
        _ = try await office.certificate(of: key, to: nil, by: Town.careManager)
        let acts = try await acts(on: key, in: office).suffix(2)
        #expect(acts == ["sheet.exported evidence", "sheet.printed certificate"])
    }
}
