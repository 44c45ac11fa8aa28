package import Delivery
import Envelope
package import Primitives
import Sheets
import Storage

// Corrections: a later sheet of the same sender that takes the place of an earlier one (旧版). Both
// stay readable; the older one is marked at both ends, in whatever order they arrive.
extension OrganisationGateway {
    /// The own message that a sheet to be sent corrects.
    ///
    /// - Throws: `correctedUnknown` where none here has that sheet, thread and type.
    func messageCorrected(by sheet: Sheet) async throws(GatewayError) -> MessageID? {
        guard let id = sheet.supersedes else { return nil }
        guard let earlier = try await self.sheet(id, in: sheet.threadID),
            earlier.key.from == member, earlier.sheet.type == sheet.type
        else { throw .correctedUnknown }
        // Its recipients may know it by the message that it was sealed again as.
        return try await carrying(earlier.key, to: nil).messageID
    }

    /// What the manifest says of an own message that stands for an earlier one: the same sheet once
    /// more, or its correction.
    func replacement(
        of row: OutboxRow,
        _ sheet: Sheet
    ) async throws(GatewayError) -> Manifest.Replacement? {
        guard let earlier = row.replaces else { return nil }
        let old = try await draftedSheet(try await self.row(of: earlier))
        return Manifest.Replacement(
            messageID: earlier,
            reason: old.sheetID == sheet.sheetID ? .resealed : .correction
        )
    }

    /// What becomes of the own earlier message when its correction is sealed: nothing more is
    /// awaited for it, as the correction asks anew.
    func replacing(_ row: OutboxRow, _ sheet: Sheet) async throws(GatewayError) -> [GatewayWrite] {
        let replacement = try await replacement(of: row, sheet)
        guard let replacement, replacement.reason == .correction else { return [] }
        let key = MessageKey(from: member, messageID: replacement.messageID)
        return [.replaced(key, by: row.message)] + (try await abandoned(key))
    }

    /// What becomes of a received earlier version when its correction is taken in.
    func replaced(by verified: VerifiedSheet) async throws(GatewayError) -> [GatewayWrite] {
        let key = verified.arrival.key
        guard let earlier = verified.correctedMessage else { return [] }
        let old = MessageKey(from: key.from, messageID: earlier)
        let row = try await read { stored throws(StoreError) in try stored.inbox(old) }
        guard let row, row.sheet != nil, row.replacedBy == nil,
            try await isVersion(old, of: verified.sheet)
        else { return [] }
        return [.replaced(old, by: key.messageID)] + (try await abandoned(old))
    }

    /// The correction of a sheet that comes after it; it is an old version from the start.
    func laterVersion(of verified: VerifiedSheet) async throws(GatewayError) -> MessageID? {
        let key = verified.arrival.key
        let thread = verified.sheet.threadID
        let later = try await read { stored throws(StoreError) in
            try stored.inbox(thread: thread).first {
                $0.key.from == key.from && $0.sheet?.replaces == key.messageID
            }
        }
        guard let later,
            let sheet = catalogue.stored(try await inboxBundle(later.key).sheet),
            sheet.supersedes == verified.sheet.sheetID
        else { return nil }
        return later.key.messageID
    }

    /// The newest version of a message; nil where it is the newest itself.
    package func newestVersion(of key: MessageKey) async throws(GatewayError) -> MessageID? {
        let own = member
        let carrying = try await carrying(key, to: nil)
        return try await read { stored throws(StoreError) in
            var newest: MessageID?
            var current = carrying
            for _ in 0..<Self.versionsMaximum {
                let next =
                    current.from == own
                    ? try stored.outbox(current.messageID)?.replacedBy
                    : try stored.inbox(current)?.replacedBy
                guard let next else { break }
                newest = next
                current = MessageKey(from: key.from, messageID: next)
            }
            return newest
        }
    }

    /// More corrections of one sheet than anybody makes; the chain is not followed further.
    private static var versionsMaximum: Int { 100 }

    private func abandoned(_ key: MessageKey) async throws(GatewayError) -> [GatewayWrite] {
        let now = time.now
        return try await expectations(of: key).map { .met($0.name, at: now) }
    }

    /// Whether the message holds the sheet that `later` says it corrects.
    private func isVersion(_ key: MessageKey, of later: Sheet) async throws(GatewayError) -> Bool {
        guard let earlier = catalogue.stored(try await inboxBundle(key).sheet) else { return false }
        return earlier.sheetID == later.supersedes && earlier.type == later.type
            && earlier.threadID == later.threadID
    }
}

extension VerifiedSheet {
    /// The earlier message that it corrects, by its own word.
    var correctedMessage: MessageID? {
        guard let replaces = manifest.replaces, replaces.reason == .correction,
            sheet.supersedes != nil
        else { return nil }
        return replaces.messageID
    }
}
