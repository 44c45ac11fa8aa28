package import Audit
import Cryptography
import Primitives
import Storage

// 保管の鍵: under which the data keys of all years lie.
extension OrganisationGateway {
    /// Puts a new storage key in the place of the one in use, and destroys that; the office goes on
    /// working. Cut short anywhere it can be done again: until its end both keys are there.
    ///
    /// - Throws: a temporary error while another renewal runs.
    package func renewStorageKey(by agent: Agent) async throws(GatewayError) {
        let ring = vault.ring
        _ = try await vault.current()
        try await wrap(GatewayError.dataKey) { () async throws(DataKeyFault) in
            try await ring.beginRenewal()
        }
        do throws(GatewayError) { try await replaceStorageKey(by: agent) } catch {
            await ring.endRenewal()
            throw error
        }
        await ring.endRenewal()
    }

    private func replaceStorageKey(by agent: Agent) async throws(GatewayError) {
        let older = keyStore.storageKeys
        let number = (older.last?.number ?? 0) + 1
        let newer = try await wrap(GatewayError.keyStore) { () async throws(KeyStoreError) in
            try await keyStore.generate(.storage, label: KeyLabels.storage(number))
        }
        try await note(.keyRotated, newer, by: agent)
        try await wrap(GatewayError.dataKey) { () async throws(DataKeyFault) in
            try await vault.ring.rewrap(to: newer) { wrapped throws(DataKeyFault) in
                do throws(StoreError) { try await store.rewrapDataKeys(wrapped) } catch {
                    throw .store(isTemporary: error.isTemporary)
                }
            }
        }
        for (_, handle) in older {
            try await wrap(GatewayError.keyStore) { () async throws(KeyStoreError) in
                try await keyStore.destroy(handle)
            }
            try await note(.keyDestroyed, handle, by: agent)
        }
    }

    private func note(
        _ event: AuditEvent,
        _ key: KeyHandle,
        by agent: Agent
    ) async throws(GatewayError) {
        guard let id = key.keyID else { return }
        var act = facts(event, by: agent, on: .certificate(id))
        act.purpose = .administration
        try await record([act])
    }
}
