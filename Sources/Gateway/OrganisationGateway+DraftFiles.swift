package import Audit
import Delivery
package import Envelope
package import Primitives
import Sheets
import Storage

// 添付 of a draft. Their chunks belong to the draft as those of a message belong to it, under its
// number: a draft may lie for weeks, and nothing of it is dropped meanwhile.
extension OrganisationGateway {
    /// The attachments of a draft; none for a draft that is no more.
    package func files(of draft: MessageID) async throws(GatewayError) -> DraftFiles {
        let name = draft.recordName
        let row = try await read { stored throws(StoreError) in
            try stored.record(.draftFiles, name)
        }
        guard let row else { return .none }
        let bytes = try await vault.open(row.sealed, .record(.draftFiles, name))
        return try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try DraftFiles(reading: bytes, revision: row.revision)
        }
    }

    /// Takes further files of a draft. All of them go into chunks, so that what is read with every
    /// page of the draft stays small.
    package func intake(after files: DraftFiles) -> AttachmentIntake {
        AttachmentIntake(store, time, AttachmentPacker(after: files.packed, random: random))
    }

    /// Adds the one file that an intake has taken in.
    ///
    /// - Throws: `notFound` where the draft is no more; `seal(.tooLarge)` where there are as many
    ///   as there may be; `store(.conflict)` where two have begun its attachments at once.
    package func attach(
        _ label: FileLabel,
        _ packed: PackedAttachments,
        to draft: MessageID,
        by agent: Agent
    ) async throws(GatewayError) {
        try await change(draft, by: agent) { files throws(GatewayError) in
            guard let next = files.adding(label, packed) else { throw .store(.conflict(nil)) }
            guard next.listed.count <= Limits.attachedFiles else { throw .seal(.tooLarge) }
            return next
        }
    }

    /// Takes a file out of a draft; what it has not is no fault.
    package func detach(
        _ sha256: Digest,
        from draft: MessageID,
        by agent: Agent
    ) async throws(GatewayError) {
        guard try await files(of: draft).holds(sha256) else { return }
        try await change(draft, by: agent) { files in files.removing(sha256) }
    }

    /// Keeps a new draft with the attachments of an own message, in one commit.
    package func keep(
        draft id: MessageID,
        _ bytes: [UInt8],
        withFilesOf message: MessageID,
        by agent: Agent
    ) async throws(GatewayError) {
        let files = try await copiedFiles(of: message)
        guard !files.listed.isEmpty else {
            return _ = try await keep(draft: id, bytes, over: nil, by: agent)
        }
        let name = id.recordName
        let column = try await vault.seal(bytes, .record(.draft, name), of: nil)
        try await record(
            [facts(.sheetDrafted, by: agent, on: .part(Self.draftPart, of: id))],
            expects: [.recordRevision(.draft, name, nil), .recordRevision(.draftFiles, name, nil)],
            writes: [.record(.draft, name, column, at: time.now)] + (try await writes(files, id))
        )
    }

    /// The attachments of an own message, sealed anew: nobody who has carried both can tell that
    /// they hold the same.
    private func copiedFiles(of message: MessageID) async throws(GatewayError) -> DraftFiles {
        let bundle = try await draftBundle(try await track(message))
        guard !bundle.attachments.digests.isEmpty else { return .none }
        guard let sheet = catalogue.stored(bundle.sheet) else {
            throw .malformed(DecodingRefusal(.badForm))
        }
        let intake = intake(after: .none)
        for attachment in bundle.attachments.kept(of: sheet) {
            for index in 0..<attachment.pieceCount {
                try await intake.take(try await piece(index, of: attachment))
            }
            await intake.end()
        }
        return DraftFiles(listed: sheet.attachments, packed: await intake.packed, revision: nil)
    }

    /// What ends a draft, and what must be so at that time.
    func ending(
        _ draft: MessageID,
        in revision: Int64,
        with files: DraftFiles
    ) -> (expects: [Precondition], writes: [GatewayWrite]) {
        let name = draft.recordName
        let ofFiles: [GatewayWrite] =
            files.revision == nil ? [] : [.dropRecord(.draftFiles, name), .release(own(draft))]
        return (
            [
                .recordRevision(.draft, name, revision),
                .recordRevision(.draftFiles, name, files.revision),
            ],
            [.dropRecord(.draft, name)] + ofFiles
        )
    }

    private func own(_ draft: MessageID) -> MessageKey {
        MessageKey(from: member, messageID: draft)
    }

    /// One commit; again where the draft was saved meanwhile, as it is while somebody writes.
    private func change(
        _ draft: MessageID,
        by agent: Agent,
        _ body: (DraftFiles) throws(GatewayError) -> DraftFiles
    ) async throws(GatewayError) {
        for _ in 0..<Limits.conflictRetries {
            let revision = try await self.draft(draft).revision
            let files = try await files(of: draft)
            do throws(GatewayError) {
                return try await save(try body(files), of: draft, in: revision, by: agent)
            } catch .store(.conflict(.some)) { continue }
        }
        throw .store(.conflict(nil))
    }

    private func save(
        _ files: DraftFiles,
        of draft: MessageID,
        in revision: Int64,
        by agent: Agent
    ) async throws(GatewayError) {
        let name = draft.recordName
        try await record(
            [facts(.sheetChanged, by: agent, on: .part(Self.draftPart, of: draft))],
            expects: [
                .recordRevision(.draft, name, revision),
                .recordRevision(.draftFiles, name, files.revision),
            ],
            writes: try await writes(files, draft)
        )
    }

    private func writes(
        _ files: DraftFiles,
        _ draft: MessageID
    ) async throws(GatewayError) -> [GatewayWrite] {
        let name = draft.recordName
        let column = try await vault.seal(files.bytes, .record(.draftFiles, name), of: nil)
        return [
            .record(.draftFiles, name, column, at: time.now), .release(own(draft)),
            .claim(files.packed.chunks, by: own(draft)),
        ]
    }
}
