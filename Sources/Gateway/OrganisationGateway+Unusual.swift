package import Audit
import Directory
package import Japanese
package import Primitives
import Sheets

// 気になる動き of the own access log, and what an auditor says of them.
extension OrganisationGateway {
    /// What an auditor should look at, of `Limits.unusualSpan`, newest first; asking is an event.
    package func unusualAccesses(
        by agent: Agent
    ) async throws(GatewayError) -> [UnusualAccess] {
        let found = try await findUnusual()
        try await recordQuestion(found.map(\.json), by: agent)
        return found
    }

    /// One of them; asking is an event.
    ///
    /// - Throws: `notFound` for what is none, or none any more since entries came to it.
    package func unusualAccess(
        _ id: Digest,
        by agent: Agent
    ) async throws(GatewayError) -> UnusualAccess {
        let found = try await findUnusual().first { $0.id == id }
        guard let found else { throw .notFound }
        try await recordQuestion([found.json], by: agent)
        return found
    }

    /// 確認済: an auditor has looked at it.
    ///
    /// - Throws: as above.
    package func review(
        unusual id: Digest,
        _ comment: String,
        by agent: Agent
    ) async throws(GatewayError) {
        guard try await findUnusual().contains(where: { $0.id == id }) else { throw .notFound }
        var act = facts(.auditReviewed, by: agent, on: .report(id))
        act.details = comment.isEmpty ? nil : comment
        try await record([act])
    }

    /// When the organisation is open, by which the hours of its people are judged.
    package var officeCalendar: OfficeCalendar {
        OfficeCalendar(of: nil, in: view.member(member)?.entry, catalogue.holidays)
    }

    private func findUnusual() async throws(GatewayError) -> [UnusualAccess] {
        let calendar = officeCalendar
        let rules = UnusualAccessRules(
            isOpen: { calendar.isOpen(at: $0) },
            haveOneFamilyName: { FamilyName.isShared(by: $0, and: $1) }
        )
        // Whole days: what belongs together is not cut apart by the hour at which somebody asks.
        let first = time.now.adding(.zero - Limits.unusualSpan).dayInJapan
        let since = Timestamp(startOfDayInJapan: first)
        return rules.found(in: try await entries(of: UnusualAccessRules.events, since: since))
    }
}
