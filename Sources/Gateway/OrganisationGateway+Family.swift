package import Delivery
package import Primitives
import Sheets
package import Storage

// A sheet that was sealed again is one sheet for a person: under the number it was sent as, with
// the states and receipts of the message that carries it now. A correction is another sheet.
extension OrganisationGateway {
    /// The messages that an own sheet went out as: this one, and those that stand for it.
    ///
    /// - Throws: `notFound`.
    func family(of message: MessageID) async throws(GatewayError) -> [OutboxRow] {
        let known = try await read { stored throws(StoreError) -> [OutboxRow] in
            guard let row = try stored.outbox(message) else { return [] }
            let thread = try stored.outbox(thread: row.thread)
            return thread.contains { $0.replaces == message } ? [row] + thread : [row]
        }
        guard let first = known.first else { throw .notFound }
        return try await family(of: first, among: Array(known.dropFirst()))
    }

    /// `rows` in the order they were made.
    private func family(
        of first: OutboxRow,
        among rows: [OutboxRow]
    ) async throws(GatewayError) -> [OutboxRow] {
        var family = [first]
        var messages: Set<MessageID> = [first.message]
        for row in rows {
            guard let replaced = row.replaces, messages.contains(replaced),
                try await draftedSheet(row).sheetID == draftedSheet(first).sheetID
            else { continue }
            family.append(row)
            messages.insert(row.message)
        }
        return family
    }

    /// Own messages, the newest first; what was sealed again stands in the line of its sheet.
    package func outbox(limit: Int) async throws(GatewayError) -> [OutboxRow] {
        var count = limit
        while true {
            let rows = try await read { [count] stored throws(StoreError) in
                try stored.outbox(state: nil, limit: count)
            }
            let shown = try await shown(rows)
            guard shown.count < limit, rows.count == count else { return shown }
            count += limit - shown.count
        }
    }

    private func shown(_ newestFirst: [OutboxRow]) async throws(GatewayError) -> [OutboxRow] {
        let replaced = Set(newestFirst.compactMap(\.replaces))
        let rows = Array(newestFirst.reversed())
        var shown: [OutboxRow] = []
        var later: Set<MessageID> = []
        for row in rows where !later.contains(row.message) {
            guard replaced.contains(row.message) else {
                shown.append(row)
                continue
            }
            let family = try await family(of: row, among: rows)
            later.formUnion(family.dropFirst().map(\.message))
            shown.append(row.merged(with: family))
        }
        return shown.reversed()
    }

    /// An own message as it stands.
    package func track(_ message: MessageID) async throws(GatewayError) -> OutboxRow {
        let family = try await family(of: message)
        return family[0].merged(with: family)
    }

    /// One message alone, whatever stands for it.
    func row(of message: MessageID) async throws(GatewayError) -> OutboxRow {
        let row = try await read { stored throws(StoreError) in try stored.outbox(message) }
        guard let row else { throw .notFound }
        return row
    }

    /// The message in which an own sheet went to this recipient at last.
    func carrying(
        _ key: MessageKey,
        to recipient: MemberID?
    ) async throws(GatewayError) -> MessageKey {
        guard key.from == member else { return key }
        let last = try await family(of: key.messageID).last { row in
            recipient.map { to in row.copies.contains { $0.to == to } } ?? true
        }
        return last.map { MessageKey(from: member, messageID: $0.message) } ?? key
    }

    /// All messages of an own sheet; a received message alone.
    package func keys(of key: MessageKey) async throws(GatewayError) -> [MessageKey] {
        guard key.from == member else { return [key] }
        return try await family(of: key.messageID).map {
            MessageKey(from: member, messageID: $0.message)
        }
    }
}

extension OutboxRow {
    /// With each copy as the newest message of `family` carries it.
    func merged(with family: [OutboxRow]) -> OutboxRow {
        guard family.count > 1 else { return self }
        var merged = self
        merged.copies = copies.map { copy in
            family.reversed().lazy.flatMap(\.copies).first { $0.to == copy.to } ?? copy
        }
        merged.replacedBy = family.last { $0.replacedBy != nil }?.replacedBy
        merged.blockedFor = family.last { !$0.waiting.isEmpty && $0.blockedFor != nil }?.blockedFor
        return merged
    }
}
