import Consent
package import Delivery
import Directory
package import Primitives
import Sheets
import Storage

// Who has sheets on the ground of a consent (C-16): they are told when it is withdrawn (C-8).
extension OrganisationGateway {
    /// An organisation to which sheets went on the ground of a consent.
    package struct Relying: Hashable, Sendable, CustomStringConvertible {
        package let member: MemberID
        /// Those that came by the exchange, or are on their way.
        package fileprivate(set) var sheets: [SheetID] = []
        /// How many somebody has sent on paper.
        package fileprivate(set) var papers = 0
        /// Of `sheets`, those that a notice has told of which may still arrive.
        package fileprivate(set) var told: Set<SheetID> = []
        /// How far the newest notice has come.
        package fileprivate(set) var notice: DeliveryState?

        package var description: String { "Relying" }

        /// Nobody has told it by the exchange of each of these.
        package var untold: [SheetID] { sheets.filter { !told.contains($0) } }
    }

    /// All that stands on a consent outside of this organisation.
    package struct Reliance: Sendable, CustomStringConvertible {
        package let organisations: [Relying]
        /// Messages that a recipient may not have taken in yet.
        let underway: [(row: OutboxRow, sheet: Sheet)]

        package var description: String { "Reliance" }
    }

    /// Every own sheet is looked at: what is sealed has no index by consent.
    package func reliance(
        on consent: ConsentRecordID
    ) async throws(GatewayError) -> Reliance {
        let rows = try await read { stored throws(StoreError) in
            (
                sent: try stored.outbox(state: nil, limit: .max),
                papers: try stored.records(.paper).compactMap { MessageID($0.id.text) }
            )
        }
        var found: [MemberID: Relying] = [:]
        var underway: [(row: OutboxRow, sheet: Sheet)] = []
        for row in rows.sent.reversed() where row.sheetType != .consentWithdrawn {
            let sheet = try await draftedSheet(row)
            guard sheet.consent.recordID == consent else { continue }
            for copy in row.copies where copy.state.isThere || copy.mayArrive(of: row) {
                found[copy.to, default: Relying(member: copy.to)].add(sheet.sheetID)
            }
            if row.copies.contains(where: { $0.mayArrive(of: row) }) {
                underway.append((row, sheet))
            }
        }
        for id in rows.papers {
            let route = try await paper(id)
            guard route.sheet.consent.recordID == consent else { continue }
            for copy in route.copies where copy.sent != nil || copy.acknowledged != nil {
                found[copy.to, default: Relying(member: copy.to)].papers += 1
            }
        }
        try await note(rows.sent, of: consent, in: &found)
        let organisations = found.values.sorted { $0.member < $1.member }
        return Reliance(organisations: organisations, underway: underway)
    }

    /// What was told already.
    private func note(
        _ rows: [OutboxRow],
        of id: ConsentRecordID,
        in found: inout [MemberID: Relying]
    ) async throws(GatewayError) {
        for row in rows.reversed() where row.sheetType == .consentWithdrawn {
            let sheet = try await draftedSheet(row)
            guard let notice = WithdrawalNotice(sheet), notice.consent == id else { continue }
            for copy in row.copies {
                found[copy.to]?.notice = copy.state
                if !copy.state.hasFailed { found[copy.to]?.told.formUnion(notice.sheets) }
            }
        }
    }
}

extension OrganisationGateway.Relying {
    fileprivate init(member: MemberID) { self.member = member }

    fileprivate mutating func add(_ sheet: SheetID) {
        if !sheets.contains(sheet) { sheets.append(sheet) }
    }
}

extension DeliveryState {
    /// The recipient's gateway has it.
    fileprivate var isThere: Bool { rank >= DeliveryState.delivered.rank }

    /// It will never be there.
    fileprivate var hasFailed: Bool { rank == DeliveryState.undeliverable.rank }
}

extension OutboxCopy {
    /// It has left, or may have, and nobody has said yet what became of it.
    fileprivate func mayArrive(of row: OutboxRow) -> Bool {
        state == .accepted || state == .released || state == .queued && row.wasAttempted
    }
}
