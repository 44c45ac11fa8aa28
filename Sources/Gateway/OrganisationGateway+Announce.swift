package import Directory
import Primitives
import Sheets

// The organisation's own entry in the directory: how to reach it and what it can read.
extension OrganisationGateway {
    /// Signs and hands in the entry, and waits until the directory shows it.
    package func announce(
        telephone: TelephoneNumber,
        fax: TelephoneNumber?,
        desk: String?
    ) async throws(GatewayError) {
        _ = try await syncDirectory(waitSeconds: 0)
        let number = (view.member(member)?.entry?.entryNumber ?? 0) + 1
        guard let deskID = DeskID("main"), let kind = Department("none") else { return }
        var entry = DirectoryEntry(
            of: member,
            number: number,
            telephone: telephone,
            desks: [DirectoryDesk(deskID, name: desk ?? "代表窓口", kind: kind)],
            reviewedAt: time.now.dayInJapan
        )
        entry.fax = fax
        entry.suites = Suite.allCases.compactMap { SuiteID($0.rawValue) }
        entry.accepts = catalogue.types.map { type in
            var acceptance = Acceptance(type, versions: ["1.0.0"])
            acceptance.desks = [deskID]
            return acceptance
        }
        entry.gateway = GatewayProduct(
            product: settings.product,
            version: settings.productVersion,
            supportTelephone: telephone
        )
        try await handIn(entry)
    }
}
