import Delivery
package import Primitives
import Storage

/// What has come since somebody was told, in numbers: nothing of a person or of a sheet.
package struct News: Hashable, Sendable {
    /// Sheets that came and that nobody has opened.
    package let arrived: Int
    /// Copies that were sent and are late by now.
    package let late: Int

    package init(arrived: Int, late: Int) {
        self.arrived = arrived
        self.late = late
    }
}

extension OrganisationGateway {
    package func news(since: Timestamp) async throws(GatewayError) -> News {
        var bounds = ListBounds.none
        bounds.since = since
        let (bound, own) = (bounds, member)
        let arrived = try await read { stored throws(StoreError) in
            try stored.count(InboxList.unopened, bound)
        }
        let late = try await late(limit: Limits.pageItems).map(\.warning).filter {
            $0.key.from == own && $0.at >= since
        }
        // Of a copy there may be a first and a second warning.
        let copies = Set(late.map { "\($0.key.messageID.text) \($0.to.text)" })
        return News(arrived: arrived, late: copies.count)
    }
}
