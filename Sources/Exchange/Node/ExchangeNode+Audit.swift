package import Audit
package import Cryptography
import ExchangeAPI
package import Primitives
import Storage

// The logs of the exchange as an auditor copies them out.
extension ExchangeNode {
    /// The leaves of a tree from an index on, with a checkpoint over all of them, made now.
    package func auditPage(
        _ kind: TreeKind,
        from index: UInt64
    ) async throws(ExchangeFault) -> LogPage {
        try await checkpoint(kind)
        let origin = origin(kind)
        let (leaves, saved) = try await wrap(ExchangeFault.store) {
            () async throws(StoreError) in
            try await store.audit { log throws(StoreError) in
                (
                    try log.leaves(of: origin, from: index, limit: LogPage.most),
                    try log.checkpoint(of: origin)
                )
            }
        }
        guard let saved else { throw .refused(Refusal(.notFound)) }
        return LogPage(
            leaves: leaves,
            checkpoint: saved.checkpoint,
            key: identity.log.publicKey
        )
    }

    /// The leaves of a period with what proves them; nil where they are too many for one file.
    /// `witnesses` are those whose lines are kept.
    package func auditRange(
        of period: AuditPeriod,
        in kind: TreeKind,
        witnesses: [ByteText: NotePublicKey]
    ) async throws(ExchangeFault) -> LogRange? {
        try await checkpoint(kind)
        let origin = origin(kind)
        let key = identity.log.publicKey
        return try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.audit { log throws(StoreError) in
                try log.range(of: period, in: origin, key: key, witnesses: witnesses)
            }
        }
    }

    /// That a part of the logs was given away is on record by the hash of the file.
    package func recordExport(of report: Digest) async throws(ExchangeFault) {
        try await wrap(ExchangeFault.refused) { () async throws(Refusal) in
            try await settle { () async throws(Refusal) -> Decision<Void> in
                let moment = moment
                let facts = moment.facts(
                    .auditExported,
                    by: .registrar,
                    of: nil,
                    on: .report(report)
                )
                let proposal = Proposal<ExchangeWrite>(expects: [.decidedAt(moment.now)]) { _ in
                    (writes: [], audit: [moment.entry(facts)])
                }
                return .propose(proposal) { _ in }
            }
        }
    }
}
