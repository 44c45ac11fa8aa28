import Delivery
import Envelope
import Primitives
import Sheets
import Storage

// Finding the sheet that another one answers, among what was sent and received here.
extension OrganisationGateway {
    /// A sheet of a thread with the message it came or went in.
    struct ThreadSheet: Sendable {
        let key: MessageKey
        let sheet: Sheet
    }

    func sheet(_ id: SheetID, in thread: ThreadID) async throws(GatewayError) -> ThreadSheet? {
        let rows = try await read { stored throws(StoreError) in
            (inbox: try stored.inbox(thread: thread), outbox: try stored.outbox(thread: thread))
        }
        for row in rows.inbox {
            guard let column = row.sheet?.sealed else { continue }
            let bundle = try await inboxBundle(column, row.key)
            if let sheet = known(bundle.sheet), sheet.sheetID == id {
                return ThreadSheet(key: row.key, sheet: sheet)
            }
        }
        for row in rows.outbox {
            let bundle = try await draftBundle(row)
            if let sheet = known(bundle.sheet), sheet.sheetID == id {
                let key = MessageKey(from: member, messageID: row.message)
                return ThreadSheet(key: key, sheet: sheet)
            }
        }
        return nil
    }

    func messageAnswered(by sheet: Sheet) async throws(GatewayError) -> MessageKey? {
        guard let id = sheet.inReplyTo else { return nil }
        guard let answered = try await self.sheet(id, in: sheet.threadID) else {
            throw .answeredUnknown
        }
        return answered.key
    }

    /// A sheet that was valid when it was stored, read again on the day it was issued.
    func known(_ bytes: [UInt8]) -> Sheet? {
        let day: Day?
        do throws(DecodingRefusal) {
            day = try JSON(reading: bytes)["issuedOn"]?.string.flatMap(Day.init(_:))
        } catch { day = nil }
        guard let day else { return nil }
        do throws(InvalidSheet) {
            return try catalogue.validate(
                DraftSheet(bytes: bytes),
                SheetContext(today: max(day, time.now.dayInJapan), answered: nil)
            )
        } catch { return nil }
    }

    func draftBundle(_ row: OutboxRow) async throws(GatewayError) -> DraftBundle {
        let bytes = try await vault.open(row.draft, .draft(row.message))
        return try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try DraftBundle(reading: bytes)
        }
    }

    /// The sheet of an own message, as it was valid when it was queued.
    func draftedSheet(_ row: OutboxRow) async throws(GatewayError) -> Sheet {
        guard let sheet = known(try await draftBundle(row).sheet) else {
            throw .malformed(DecodingRefusal(.badForm))
        }
        return sheet
    }

    func inboxBundle(
        _ column: SealedColumn,
        _ key: MessageKey
    ) async throws(GatewayError) -> InboxBundle {
        let bytes = try await vault.open(column, .inboxSheet(key.name))
        return try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try InboxBundle(reading: bytes)
        }
    }
}

extension MessageKey {
    /// One word for both ids.
    var name: String { "\(from)/\(messageID)" }
}
