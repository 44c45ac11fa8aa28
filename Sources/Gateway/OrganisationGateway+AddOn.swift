import Delivery
import Directory
import Japanese
package import Primitives
package import Sheets
package import Storage

// 入院時情報連携加算: the limits of an own 入院時情報提供書, and what its receipts show.
extension OrganisationGateway {
    /// The clock of a message, with when it arrived at each recipient.
    package struct TrackedAddOn: Sendable {
        package let clock: AddOnClock
        package let arrivals: [Arrival]

        /// The time that the recipient's *delivered* receipt states.
        package struct Arrival: Sendable {
            package let to: MemberID
            package let at: Timestamp
        }
    }

    /// nil for a message that no add-on goes with: also for one that was taken back, did not
    /// arrive, or was for somebody else.
    package func addOn(of row: OutboxRow) async throws(GatewayError) -> TrackedAddOn? {
        let sheet = try await draftedSheet(row)
        let live = Set(row.copies.filter { !$0.state.isEnd }.map(\.to))
        guard let clock = addOnClock(of: sheet), !live.isEmpty, try await !isReturned(row) else {
            return nil
        }
        let key = MessageKey(from: member, messageID: row.message)
        let receipts = try await read { stored throws(StoreError) in
            try stored.receipts(of: key).map(\.statement)
        }
        var arrivals: [TrackedAddOn.Arrival] = []
        for receipt in receipts where receipt.type == .delivered {
            guard let to = receipt.slot.recipient, live.contains(to), let at = receipt.deliveredAt
            else { continue }
            arrivals.append(TrackedAddOn.Arrival(to: to, at: at))
        }
        return TrackedAddOn(clock: clock, arrivals: arrivals)
    }

    /// The clock by this office's hours in the directory.
    package func addOnClock(of sheet: Sheet) -> AddOnClock? {
        AddOnClock(
            sheet,
            rules: catalogue.admissionLiaison,
            calendar: OfficeCalendar(
                of: nil,
                in: view.member(member)?.entry,
                catalogue.holidays
            )
        )
    }
}

extension StatementRow {
    /// Of a *delivered* receipt, which was verified when it was stored.
    fileprivate var deliveredAt: Timestamp? {
        do throws(StatementRefusal) {
            return try SignedStatement(reading: bytes).body(as: DeliveredStatement.self).head.at
        } catch { return nil }
    }
}
