package import Audit
package import Primitives
import Storage

// 下書き: what somebody has begun to write, sealed at rest. Their content is the pages' own.
extension OrganisationGateway {
    /// A draft as it was last saved.
    package struct StoredDraft: Sendable, CustomStringConvertible {
        package let id: MessageID
        /// 1 when first saved.
        package let revision: Int64
        package let bytes: [UInt8]
        package let savedAt: Timestamp

        package var description: String { "a draft" }
    }

    /// Newest first.
    package func drafts() async throws(GatewayError) -> [StoredDraft] {
        let rows = try await read { stored throws(StoreError) in try stored.records(.draft) }
        var drafts: [StoredDraft] = []
        for row in rows { drafts.append(try await draft(row)) }
        return drafts.sorted { $0.savedAt > $1.savedAt }
    }

    /// - Throws: `notFound` for a draft that was sent or discarded, or never was.
    package func draft(_ id: MessageID) async throws(GatewayError) -> StoredDraft {
        let name = id.recordName
        let row = try await read { stored throws(StoreError) in try stored.record(.draft, name) }
        guard let row else { throw .notFound }
        return try await draft(row)
    }

    /// Saves a draft over the revision it was read in; nil: a new one.
    ///
    /// - Returns: the new revision.
    /// - Throws: `store(.conflict)` where somebody else has saved it meanwhile, or it is gone.
    @discardableResult
    package func keep(
        draft id: MessageID,
        _ bytes: [UInt8],
        over revision: Int64?,
        by agent: Agent
    ) async throws(GatewayError) -> Int64 {
        let event = revision == nil ? AuditEvent.sheetDrafted : .sheetChanged
        let name = id.recordName
        let column = try await vault.seal(bytes, .record(.draft, name), of: nil)
        try await record(
            [facts(event, by: agent, on: .part(Self.draftPart, of: id))],
            expects: [.recordRevision(.draft, name, revision)],
            writes: [.record(.draft, name, column, at: time.now)]
        )
        return (revision ?? 0) + 1
    }

    /// Saves a draft again while the same person goes on writing: nothing new is on record, or a
    /// sheet would leave a line every five seconds.
    ///
    /// - Throws: as `keep`.
    package func keepOn(
        draft id: MessageID,
        _ bytes: [UInt8],
        over revision: Int64
    ) async throws(GatewayError) -> Int64 {
        let name = id.recordName
        let column = try await vault.seal(bytes, .record(.draft, name), of: nil)
        try await keep([.redraft(name, over: revision, column, at: time.now)])
        return revision + 1
    }

    package func discard(draft id: MessageID, by agent: Agent) async throws(GatewayError) {
        let revision = try await draft(id).revision
        let ending = ending(id, in: revision, with: try await files(of: id))
        try await record(
            [facts(.sheetDiscarded, by: agent, on: .part(Self.draftPart, of: id))],
            expects: ending.expects,
            writes: ending.writes
        )
    }

    private func draft(_ row: RecordRow) async throws(GatewayError) -> StoredDraft {
        guard let id = MessageID(row.id.text) else { throw .notFound }
        return StoredDraft(
            id: id,
            revision: row.revision,
            bytes: try await vault.open(row.sealed, .record(.draft, row.id)),
            savedAt: row.storedAt
        )
    }
}

extension MessageID {
    /// The name of its draft.
    var recordName: RecordID {
        guard let name = RecordID(text) else { preconditionFailure("a UUID is a record name") }
        return name
    }
}
