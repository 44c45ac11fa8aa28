package import Audit
import ExchangeAPI
import Primitives
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
}
