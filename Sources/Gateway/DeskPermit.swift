package import Audit
package import Delivery
package import Primitives
import Storage

/// This person may see this sheet now. Made by the gateway alone, after it looked whose the sheet
/// is; whatever shows one wants it, so that forgetting to look does not compile.
package struct ReadingPermit: Sendable {
    package let key: MessageKey
    package let agent: Agent
    /// When an emergency ends; nil for whoever is of the desk.
    package let until: Timestamp?

    fileprivate init(_ key: MessageKey, _ agent: Agent, until: Timestamp? = nil) {
        self.key = key
        self.agent = agent
        self.until = until
    }

    package var purpose: AuditPurpose { until == nil ? .care : .breakGlass }
}

/// The sheet is for a desk of this person: besides reading it they print, confirm and answer it.
package struct DeskPermit: Sendable {
    package let key: MessageKey
    package let agent: Agent

    fileprivate init(_ key: MessageKey, _ agent: Agent) {
        self.key = key
        self.agent = agent
    }

    package var reading: ReadingPermit { ReadingPermit(key, agent) }
}

extension OrganisationGateway {
    /// What this organisation has sent itself is open to all who read.
    ///
    /// - Throws: `otherDesk`, which is on record; `notFound`.
    package func permit(
        _ key: MessageKey,
        for reader: SheetReader
    ) async throws(GatewayError) -> DeskPermit {
        guard key.from != member else { return DeskPermit(key, reader.agent) }
        let row = try await inboxRow(key)
        guard reader.reaches(row) else { throw try await refused(row, reader) }
        return DeskPermit(key, reader.agent)
    }

    /// Of a desk's own sheets, and of one that the person has opened in an emergency, while that
    /// lasts.
    ///
    /// - Throws: `otherDesk`, which is on record; `notFound`.
    package func readingPermit(
        _ key: MessageKey,
        for reader: SheetReader
    ) async throws(GatewayError) -> ReadingPermit {
        let row = try await inboxRow(key)
        if !reader.reaches(row), let use = try await emergency(of: key, by: reader) {
            let until = use.usedAt.adding(Self.emergencySpan)
            return ReadingPermit(key, reader.agent, until: until)
        }
        return try await permit(key, for: reader).reading
    }

    private func refused(
        _ row: InboxRow,
        _ reader: SheetReader
    ) async throws(GatewayError) -> GatewayError {
        guard let desk = row.sheet?.desk else { return .notFound }
        var act = facts(
            .sheetOpened,
            by: reader.agent,
            on: .part(Self.sheetPart, of: row.key.messageID),
            peer: row.key.from
        )
        act.outcome = .minorFailure
        act.reason = AuditReason("otherDesk")
        try await record([act])
        return .otherDesk(desk)
    }
}
