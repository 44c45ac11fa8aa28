package import Audit
package import Primitives

/// The data keys of a store, for the ring that opens them.
package struct StoredDataKeys: WrappedDataKeys {
    private let store: any AuditStore
    private let time: any TimeSource

    package init(_ store: any AuditStore, time: any TimeSource) {
        self.store = store
        self.time = time
    }

    package func years() async throws(DataKeyFault) -> [KeptDataKey] {
        let rows = try await wrap(Self.fault) { () async throws(StoreError) in
            try await store.dataKeys()
        }
        return rows.filter { $0.key.use == .columns }.map(Self.kept)
    }

    package func key(_ reference: Int64) async throws(DataKeyFault) -> KeptDataKey? {
        let row = try await wrap(Self.fault) { () async throws(StoreError) in
            try await store.dataKey(reference)
        }
        return row.map(Self.kept)
    }

    package func key(
        of subject: [UInt8],
        in fiscalYear: Int
    ) async throws(DataKeyFault) -> KeptDataKey? {
        let row = try await wrap(Self.fault) { () async throws(StoreError) in
            try await store.dataKey(of: subject, in: fiscalYear)
        }
        return row.map(Self.kept)
    }

    package func keep(
        _ wrapped: [UInt8],
        fiscalYear: Int,
        subject: [UInt8]
    ) async throws(DataKeyFault) -> KeptDataKey {
        let key = WrappedDataKey(
            use: .columns,
            fiscalYear: fiscalYear,
            subject: subject,
            wrapped: wrapped,
            createdAt: time.now
        )
        return Self.kept(
            try await wrap(Self.fault) { () async throws(StoreError) in
                try await store.keepDataKey(key)
            }
        )
    }

    private static func kept(_ row: DataKeyRow) -> KeptDataKey {
        KeptDataKey(
            reference: row.reference,
            fiscalYear: row.key.fiscalYear,
            subject: row.key.subject,
            wrapped: row.key.wrapped
        )
    }

    private static func fault(_ error: StoreError) -> DataKeyFault {
        .store(isTemporary: error.isTemporary)
    }
}
