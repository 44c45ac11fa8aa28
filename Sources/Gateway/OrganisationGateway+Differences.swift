package import Audit
import Cryptography
package import Delivery
package import Directory
package import Primitives
import Storage

// What the daily comparison has found, for people: whom to call, and about which messages.
extension OrganisationGateway {
    /// A day on which a peer knows other messages than this organisation.
    package struct DifferingDay: Sendable {
        package let day: Day
        package let peer: MemberID
        package let telephone: TelephoneNumber?
        /// As this organisation knows it.
        package let messages: DayMessages
        package let difference: DayDifference
    }

    /// Those that nobody has seen to, the newest first.
    package func differingDays() async throws(GatewayError) -> [DifferingDay] {
        let rows = try await read { stored throws(StoreError) in try stored.differingDays() }
        return try await known(of: rows).compactMap { known in
            known.difference.map { difference in
                DifferingDay(
                    day: known.row.day,
                    peer: known.row.peer,
                    telephone: view.telephone(of: known.row.peer),
                    messages: known.messages,
                    difference: difference
                )
            }
        }
    }

    /// A person has talked to the peer and seen to what is missing.
    ///
    /// - Throws: `notFound` where nothing differs on that day, or somebody has seen to it.
    package func settleDay(
        _ day: Day,
        with peer: MemberID,
        by agent: Agent
    ) async throws(GatewayError) {
        try await dayChanges.alone { () async throws(GatewayError) in
            let stored = try await read { stored throws(StoreError) in
                try stored.reconciliation(of: day, with: peer)
            }
            guard var row = stored, row.outcome == .differs, let heard = row.heard else {
                throw .notFound
            }
            row.outcome = .settled
            let object = AuditObject.report(SHA256.hash(heard))
            let act = facts(.auditReviewed, by: agent, on: object, peer: peer)
            try await record([act], writes: [.upkeep(.reconciliation(row))])
        }
    }
}
