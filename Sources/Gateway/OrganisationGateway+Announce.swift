package import Directory
import Primitives
import Sheets

// The organisation's own entry in the directory: how to reach it and what it can read.
extension OrganisationGateway {
    /// Signs and hands in the entry, and waits until the directory shows it. Who joins again keeps
    /// its desks and all else that it has said of itself.
    package func announce(
        telephone: TelephoneNumber,
        fax: TelephoneNumber?,
        desk: String?
    ) async throws(GatewayError) {
        try await entryChanges.alone { () async throws(GatewayError) in
            _ = try await syncDirectory(waitSeconds: 0)
            guard let deskID = DeskID("main"), let kind = Department("none") else { return }
            var entry =
                view.member(member)?.entry?.following(on: today)
                ?? DirectoryEntry(
                    of: member,
                    number: 1,
                    telephone: telephone,
                    desks: [DirectoryDesk(deskID, name: desk ?? "代表窓口", kind: kind)],
                    reviewedAt: today
                )
            entry.telephone = telephone
            entry.fax = fax ?? entry.fax
            entry.suites = Suite.allCases.compactMap { SuiteID($0.rawValue) }
            entry.accepts = accepted(at: entry.desks.map(\.deskID))
            entry.gateway = product(telephone)
            try await handIn(entry)
        }
    }

    /// After an update: the entry says again what this program reads. What people have said in it
    /// stays, and so does the day on which they reviewed it.
    func refreshEntry() async throws(GatewayError) {
        guard renewedEntry() != nil else { return }
        try await entryChanges.alone { () async throws(GatewayError) in
            guard let entry = renewedEntry() else { return }
            try await handIn(entry)
        }
    }

    /// nil where the entry says so already.
    private func renewedEntry() -> DirectoryEntry? {
        guard let own = view.member(member), own.membership.standing.status != .left,
            let known = own.entry
        else { return nil }
        let told = Set(
            known.accepts.flatMap { item in item.versions.map { [item.sheetType.text, $0] } }
        )
        let read = Set(catalogue.types.map { [$0.text, Self.sheetVersion] })
        guard told != read else { return nil }
        var entry = known.following(on: known.reviewedAt)
        entry.accepts = accepted(at: known.desks.map(\.deskID))
        entry.suites = Suite.allCases.compactMap { SuiteID($0.rawValue) }
        entry.gateway = product(known.gateway?.supportTelephone ?? known.telephone)
        return entry
    }

    private static let sheetVersion = "1.0.0"

    private func accepted(at desks: [DeskID]) -> [Acceptance] {
        catalogue.types.map { type in
            var acceptance = Acceptance(type, versions: [Self.sheetVersion])
            acceptance.desks = desks
            return acceptance
        }
    }

    private func product(_ support: TelephoneNumber) -> GatewayProduct {
        GatewayProduct(
            product: settings.product,
            version: settings.productVersion,
            supportTelephone: support
        )
    }
}
