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
        for route in try await papers(slice).rows where route.begun.at > since {
            guard route.copies.contains(where: { wanted.contains($0.to) }), repeats(route.sheet)
            else { continue }
            found.append(EarlierSheet(message: route.id, at: route.begun.at, isPaper: true))
            break
        }
        return found.max { $0.at < $1.at }
    }

    /// The same of a sheet as it was typed. What is wrong with it is told by its sending.
    package func earlier(than typed: [UInt8]) async throws(GatewayError) -> EarlierSheet? {
        let sheet: Sheet
        let recipients: [MemberID]
        do throws(GatewayError) {
            sheet = try await validated(typed)
            recipients = try Addressing(view: view).members(of: sheet).map(\.memberID)
        } catch { return nil }
        return try await earlier(than: sheet, to: recipients)
    }
}
