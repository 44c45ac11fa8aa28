package import Audit
import Cryptography
package import Directory
import ExchangeAPI
import Japanese
package import Primitives
import Sheets
package import Storage

// Desks (窓口): what the own entry in the directory says of them, and what a sender is told of the
// desk that will get a sheet.
extension OrganisationGateway {
    /// Adds a desk to the own entry; it takes every sheet that the member takes.
    ///
    /// - Throws: `deskTaken`.
    package func addDesk(_ desk: DirectoryDesk, by agent: Agent) async throws(GatewayError) {
        try await changeEntry(by: agent) { entry throws(GatewayError) in
            guard entry.desk(desk.deskID) == nil else { throw .deskTaken }
            entry.desks.append(desk)
            for index in entry.accepts.indices { entry.accepts[index].desks.append(desk.deskID) }
        }
    }

    /// Changes a desk of the own entry.
    ///
    /// - Throws: `deskUnknown`, also where a deputy or a cover is no desk of the member it names.
    package func changeDesk(
        _ id: DeskID,
        by agent: Agent,
        _ change: (inout DirectoryDesk) throws(GatewayError) -> Void
    ) async throws(GatewayError) {
        let view = view
        let own = member
        try await changeEntry(by: agent) { entry throws(GatewayError) in
            guard let index = entry.desks.firstIndex(where: { $0.deskID == id }) else {
                throw .deskUnknown
            }
            try change(&entry.desks[index])
            for deputy in entry.desks[index].deputies where entry.desk(deputy.deskID) == nil {
                throw .deskUnknown
            }
            if let cover = entry.desks[index].absence?.coveredBy {
                let other = cover.memberID == own ? entry : view.member(cover.memberID)?.entry
                guard other?.desk(cover.deskID) != nil else { throw .deskUnknown }
            }
        }
    }

    /// Signs and hands in the next own entry, and waits until the directory shows it. One change is
    /// made on top of the other: nobody else hands in entries of this member.
    private func changeEntry(
        by agent: Agent,
        _ change: (inout DirectoryEntry) throws(GatewayError) -> Void
    ) async throws(GatewayError) {
        try await entryChanges.alone { () async throws(GatewayError) in
            _ = try await syncDirectory(waitSeconds: 0)
            guard var entry = view.member(member)?.entry?.following(on: time.now.dayInJapan) else {
                throw .notEnrolled
            }
            try change(&entry)
            try await handIn(entry)
        }
        guard let desks = AuditReason("desks") else { return }
        try await record([facts(.settingChanged, by: agent, on: .setting(desks))])
    }

    package var today: Day { time.now.dayInJapan }

    func handIn(_ entry: DirectoryEntry) async throws(GatewayError) {
        let signer = try statementSigner()
        let signed = try await wrap(GatewayError.keyStore) { () async throws(KeyStoreError) in
            try await signer.sign(entry, at: time.now)
        }
        let results = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.acknowledge([WireStatement(bytes: signed.bytes)])
        }
        if let refusal = results.first?.refusal { throw .exchange(.refused(refusal)) }
        // It may be there already, or only after the exchange's next checkpoint.
        for _ in 0..<Limits.conflictRetries {
            let shown = view.member(member)?.entry?.entryNumber ?? 0
            guard shown < entry.entryNumber else { break }
            _ = try await syncDirectory(waitSeconds: 5)
        }
    }

    /// How a recipient's desk stands now.
    package struct Reception: Sendable {
        package let to: MemberID
        package let deskName: String?
        package let absence: Absence?
        /// nil while it is open.
        package let opensAt: Timestamp?
        package let telephone: TelephoneNumber?
    }

    /// What a sender must know of the desks that will get a message: who is away, who is closed.
    package func receptions(of row: OutboxRow) -> [Reception] {
        row.copies.compactMap { reception(at: $0.desk, of: $0.to) }
    }

    private func reception(at id: DeskID?, of member: MemberID) -> Reception? {
        guard let entry = view.member(member)?.entry else { return nil }
        let now = time.now
        let desk = entry.desk(id) ?? entry.desks.first
        let calendar = OfficeCalendar(of: desk?.deskID, in: entry, catalogue.holidays)
        let isClosed = calendar.areHoursStated && !calendar.isOpen(at: now)
        return Reception(
            to: member,
            deskName: desk?.name,
            absence: desk?.absence(on: now.dayInJapan),
            opensAt: isClosed ? calendar.nextOpening(from: now) : nil,
            telephone: view.telephone(of: member, at: desk?.deskID)
        )
    }
}
