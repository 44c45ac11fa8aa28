import Consent
import Delivery
import Directory
package import Primitives
package import Sheets
import Storage

// 二重送信: a sheet that has gone already, in either way, and is about to go again.
extension OrganisationGateway {
    /// A sheet of one type about one person to one recipient, of the last day.
    package struct EarlierSheet: Sendable {
        package let message: MessageID
        package let at: Timestamp
        /// It went, or is to go, by fax or post.
        package let isPaper: Bool
    }

    private static var sameWithin: Duration { .hours(24) }
    private static var looked: Int { 200 }
    private static var paperSlice: Int { 20 }

    /// The newest that this one may repeat; nil for a reply or a correction, which are meant to be
    /// of the same matter.
    package func earlier(
        than sheet: Sheet,
        to recipients: [MemberID]
    ) async throws(GatewayError) -> EarlierSheet? {
        guard sheet.inReplyTo == nil, sheet.supersedes == nil,
            let patient = PatientReference(ofPatient: sheet.json["patient"])
        else { return nil }
        let (since, wanted) = (time.now.adding(.zero - Self.sameWithin), Set(recipients))
        func repeats(_ other: Sheet) -> Bool {
            other.type == sheet.type && other.inReplyTo == nil
                && PatientReference(ofPatient: other.json["patient"])?.isSame(as: patient) ?? false
        }
        let slice = ListSlice(skip: 0, limit: Self.looked)
        var found: [EarlierSheet] = []
        for row in try await outbox(.all, slice).rows
        where row.createdAt > since && row.sheetType == sheet.type && row.replacedBy == nil {
            let isAlike = row.copies.contains { wanted.contains($0.to) && $0.state != .withdrawn }
            guard isAlike, repeats(try await draftedSheet(row)) else { continue }
            found.append(EarlierSheet(message: row.message, at: row.createdAt, isPaper: false))
            break
        }
        if let route = try await earlierPaper(
            since: since,
            where: { route in
                route.copies.contains { wanted.contains($0.to) } && repeats(route.sheet)
            }
        ) {
            found.append(EarlierSheet(message: route.id, at: route.begun.at, isPaper: true))
        }
        return found.max { $0.at < $1.at }
    }

    /// The newest first; what is older than the day is not even read.
    private func earlierPaper(
        since: Timestamp,
        where isSame: (PaperRoute) -> Bool
    ) async throws(GatewayError) -> PaperRoute? {
        for skip in stride(from: 0, to: Self.looked, by: Self.paperSlice) {
            let rows = try await papers(ListSlice(skip: skip, limit: Self.paperSlice)).rows
            let recent = rows.prefix { $0.begun.at > since }
            if let found = recent.first(where: isSame) { return found }
            guard recent.count == Self.paperSlice else { return nil }
        }
        return nil
    }

    /// The same of a sheet as it was typed. What is wrong with it is told by its sending, and no
    /// warning is a reason not to send.
    package func earlier(than typed: [UInt8]) async -> EarlierSheet? {
        do throws(GatewayError) {
            let sheet = try await validated(typed)
            let recipients = try Addressing(view: view).members(of: sheet).map(\.memberID)
            return try await earlier(than: sheet, to: recipients)
        } catch { return nil }
    }
}
