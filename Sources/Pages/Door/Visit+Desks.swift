import Delivery
import Directory
import Gateway
import Primitives
import Sheets
import Staff
import Storage

/// What is said of a sheet for another desk: nothing of whom it is about.
struct OtherDesk: Sendable {
    let name: String
    /// Where the person may open it in an emergency; nil: they may not.
    let emergency: String?
}

// Whose sheets somebody sees. Every page that shows one asks here.
extension Visit {
    /// What a person of the desk does with a sheet.
    ///
    /// - Throws: `otherDesk`; the refusal is on record.
    func permit(_ key: MessageKey) async throws(PageRefusal) -> DeskPermit {
        let gateway = gateway
        do throws(GatewayError) {
            return try await gateway.permit(key, for: reader)
        } catch {
            throw refusal(error, key)
        }
    }

    /// Of a received sheet, also one that this person has opened in an emergency.
    func readingPermit(_ key: MessageKey) async throws(PageRefusal) -> ReadingPermit {
        guard session.may(.emergencyAccess) else { return try await permit(key).reading }
        let gateway = gateway
        do throws(GatewayError) {
            return try await gateway.readingPermit(key, for: reader)
        } catch {
            throw refusal(error, key)
        }
    }

    /// The same of the message that an address names, sent or received.
    func permit(of message: String) async throws(PageRefusal) -> DeskPermit {
        guard let message = MessageID(message) else { throw .notFound }
        return try await permit(
            try await ask { gateway throws(GatewayError) in try await gateway.key(of: message) }
        )
    }

    /// Of the rows that were ticked in a list of received sheets.
    func tickedPermits() async throws(PageRefusal) -> [DeskPermit] {
        var permits: [DeskPermit] = []
        var seen: Set<MessageID> = []
        for text in form.all("sheet").prefix(Paging.size) {
            guard let message = MessageID(text), seen.insert(message).inserted else { continue }
            permits.append(try await permit(of: text))
        }
        return permits
    }

    /// The body of a sheet that was sent or received, on record before it is shown.
    func read(_ permit: DeskPermit) async throws(PageRefusal) -> Sheet {
        try await ask { gateway throws(GatewayError) in
            guard permit.key.from != gateway.member else {
                return try await gateway.review(permit.key.messageID, by: permit.agent)
            }
            return try await gateway.open(permit.reading).sheet
        }
    }

    func refusal(_ error: GatewayError, _ key: MessageKey) -> PageRefusal {
        guard case .otherDesk(let desk) = error else { return .gateway(error) }
        let may = session.may(.emergencyAccess)
        return .otherDesk(
            OtherDesk(
                name: deskName(desk),
                emergency: may ? path("/sheets/\(key.messageID)/emergency") : nil
            )
        )
    }

    /// What waits for the desks of this person, or for none.
    var ownDesks: ListBounds { reader.bounds }

    /// 窓口 of this organisation.
    var desks: [DirectoryDesk] { desks(of: gateway.member) }

    func desks(of member: MemberID) -> [DirectoryDesk] {
        gateway.view.member(member)?.entry?.desks ?? []
    }

    func deskName(_ desk: DeskID) -> String { deskName(desk, of: gateway.member) }

    /// A member with the desk that is meant there.
    func name(of member: MemberID, at desk: DeskID?) -> String {
        name(of: member) + (desk.map { " " + deskName($0, of: member) } ?? "")
    }

    func deskName(_ desk: DeskID, of member: MemberID) -> String {
        desks(of: member).first { $0.deskID == desk }?.name ?? desk.text
    }

    /// In place of what is told of a sheet for this desk; nil where it may be told.
    func elsewhere(_ row: InboxRow) -> HTML? {
        guard !reader.reaches(row), let desk = row.sheet?.desk else { return nil }
        return "窓口「\(deskName(desk))」あて"
    }
}
