package import Audit
package import Delivery
import Directory
package import Primitives
package import Storage

/// Somebody who wants to see received sheets, and whose they may see at this moment. A person of a
/// desk sees what is for that desk and what is for none; somebody without a desk sees everything,
/// as in an office that has one desk.
package struct SheetReader: Sendable {
    package let agent: Agent
    /// nil at the machine's console, which can read its folder anyway.
    package let account: AccountID?
    private let reach: Reach

    fileprivate enum Reach: Sendable {
        case everything
        case desks(Desks)
    }

    fileprivate struct Desks: Sendable {
        /// Their own, and those that they stand in for today.
        let own: Set<DeskID>
        /// All desks of the organisation; nil while its entry is not known.
        let known: Set<DeskID>?
        /// Sheets that were handed to one of their desks because the first one stayed silent.
        let handed: Set<MessageKey>
    }

    fileprivate init(_ agent: Agent, _ account: AccountID?, _ reach: Reach) {
        self.agent = agent
        self.account = account
        self.reach = reach
    }

    /// A named person at the command line.
    package static func console(_ agent: Agent) -> SheetReader {
        SheetReader(agent, nil, .everything)
    }

    /// Whether a received sheet is theirs to see. A desk that the organisation has no more keeps
    /// nobody out: nobody would be left to read what is for it.
    package func reaches(_ key: MessageKey, for desk: DeskID?) -> Bool {
        guard case .desks(let desks) = reach, let desk, !desks.own.contains(desk) else {
            return true
        }
        return desks.handed.contains(key) || desks.known.map { !$0.contains(desk) } ?? false
    }

    /// Desks whose sheets are not theirs; none for somebody who sees everything.
    package var others: Set<DeskID> {
        guard case .desks(let desks) = reach else { return [] }
        return (desks.known ?? []).subtracting(desks.own)
    }

    /// What of received sheets waits for them: what is for their desks or for none, and what was
    /// handed to one of theirs.
    package var bounds: ListBounds {
        guard case .desks(let desks) = reach else { return .none }
        var bounds = ListBounds.none
        bounds.notFor = others
        bounds.handedTo = desks.own
        return bounds
    }

    package func reaches(_ row: InboxRow) -> Bool { reaches(row.key, for: row.sheet?.desk) }
}

extension OrganisationGateway {
    /// Somebody with an account, who works at these desks; without any, at all of them.
    package func reader(
        _ agent: Agent,
        account: AccountID,
        at desks: [DeskID]
    ) async throws(GatewayError) -> SheetReader {
        guard !desks.isEmpty else { return SheetReader(agent, account, .everything) }
        let entry = view.member(member)?.entry
        let today = time.now.dayInJapan
        let covered = (entry?.desks ?? []).filter { desk in
            guard let cover = desk.absence(on: today)?.coveredBy else { return false }
            return cover.memberID == member && desks.contains(cover.deskID)
        }
        let own = desks + covered.map(\.deskID)
        let handed = try await read { stored throws(StoreError) in
            try stored.handedOver(to: own)
        }
        return SheetReader(
            agent,
            account,
            .desks(
                SheetReader.Desks(
                    own: Set(own),
                    known: entry.map { Set($0.desks.map(\.deskID)) },
                    handed: handed
                )
            )
        )
    }
}
