import Consent
import Delivery
import Gateway
import Primitives
import Sheets
import Storage
import TestKit
import Testing

/// All types of sheet over the town, with replies, several recipients and attachments.
@Suite struct SheetFlowTests {
    @Test func `a letter, its copies and its reply reach everybody once`() async throws {
        let town = try await Town.make()
        let status = try await send("referred-patient-status-1", from: .clinic, town)
        let request = try await send("outcome-request-1", from: .clinic, town)
        try await town.settle()
        for place in [World.Place.hospital, .consultationRoom] {
            _ = try await town.office(place).open(status, by: Town.nurse)
            #expect(try await town.rows(status, at: place) == 1)
        }
        #expect(try await town.rows(request, at: .hospital) == 1)
        let reply = try await send("patient-outcome-reply-1", from: .hospital, town)
        try await town.settle()
        for place in [World.Place.consultationRoom, .clinic, .careOffice] {
            #expect(try await town.rows(reply, at: place) == 1)
        }
        let copies = try await town.office(.clinic).track(status.messageID).copies
        #expect(Set(copies.map(\.state)) == [.replied, .opened])
        let answered = try await town.office(.hospital).inbox(limit: 10).first { $0.key == status }
        #expect(answered?.state == .replied)
    }

    @Test func `a liaison sheet is answered`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        _ = try await town.office(.clinic).open(key, by: Town.nurse)
        _ = try await send("care-liaison-reply-1", from: .clinic, town)
        try await town.settle()
        #expect(try await town.state(key) == .replied)
        #expect(try await town.events(.careOffice).contains("message.replied"))
    }

    @Test func `attachments of nine mebibytes and of a few bytes arrive as they left`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let office = town.office(.careOffice)
        let large = (0..<(9 * 1024 * 1024)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let files = [large, Array("%PDF-1.4 小さい添付".utf8)]
        let sheet = try await FlowSheet.named("admission-info-1", for: office) { sheet in
            sheet["attachments"] = .array([
                FlowSheet.attachment("大.pdf", files[0]), FlowSheet.attachment("小.pdf", files[1]),
            ])
        }
        let request = SendRequest(sheet: sheet, attachments: try await office.packed(files))
        let sent = try await office.send(request, by: Town.careManager)
        let key = MessageKey(from: office.member, messageID: sent.messageID)
        try await town.settle()
        let opened = try await town.office(.hospital).open(key, by: Town.nurse)
        let received = try await town.office(.hospital).whole(opened.attachments)
        #expect(received == files)
        _ = try await send("admission-ack-1", from: .hospital, town)
        try await town.settle()
        #expect(try await town.state(key) == .replied)
    }

    private func send(
        _ name: String,
        from place: World.Place,
        _ town: Town
    ) async throws -> MessageKey {
        let office = town.office(place)
        let sheet = try await FlowSheet.named(name, for: office)
        let sent = try await office.send(SendRequest(sheet: sheet), by: Town.nurse)
        return MessageKey(from: office.member, messageID: sent.messageID)
    }
}
