package import Cryptography
package import Primitives

/// A data key as a store keeps it: wrapped to the storage key.
package struct KeptDataKey: Hashable, Sendable {
    /// What sealed columns name.
    package let reference: Int64
    package let fiscalYear: Int
    package let wrapped: [UInt8]

    package init(reference: Int64, fiscalYear: Int, wrapped: [UInt8]) {
        self.reference = reference
        self.fiscalYear = fiscalYear
        self.wrapped = wrapped
    }
}

/// Where wrapped data keys are kept. A key is durable before anything is sealed under it.
package protocol WrappedDataKeys: Sendable {
    func all() async throws(DataKeyFault) -> [KeptDataKey]
    /// Keeps a wrapped key.
    ///
    /// - Returns: the key that stands: the one kept first for the year.
    func keep(_ wrapped: [UInt8], fiscalYear: Int) async throws(DataKeyFault) -> KeptDataKey
}

/// Why a data key is not to be had.
package enum DataKeyFault: Explained, Equatable {
    case keyStore(KeyStoreError)
    /// The storage key does not open it, or it is not there.
    case unusable
    /// The store did not give or take it.
    case store(isTemporary: Bool)

    package var code: String { "dataKeyUnusable" }
    package var summary: String { "A data key of the store cannot be used." }
    package var advice: String { "Check that the unlock secret belongs to this folder." }

    package var isTemporary: Bool {
        switch self {
        case .keyStore(let error): error.isTemporary
        case .unusable: false
        case .store(let isTemporary): isTemporary
        }
    }
}

/// The opened data keys of one place: made when a year first needs one, unwrapped once.
package actor DataKeyRing {
    private let kept: any WrappedDataKeys
    private let keyStore: any KeyStore
    private let storageKey: KeyHandle
    private let random: any RandomSource
    private var opened: [Int64: DataKey] = [:]
    private var byYear: [Int: Int64] = [:]

    package init(
        _ kept: any WrappedDataKeys,
        keyStore: any KeyStore,
        storageKey: KeyHandle,
        random: any RandomSource
    ) {
        self.kept = kept
        self.keyStore = keyStore
        self.storageKey = storageKey
        self.random = random
    }

    /// The key that rows of `fiscalYear` are sealed under.
    package func key(of fiscalYear: Int) async throws(DataKeyFault) -> DataKey {
        if let reference = byYear[fiscalYear], let key = opened[reference] { return key }
        if let stored = try await kept.all().first(where: { $0.fiscalYear == fiscalYear }) {
            return try await open(stored)
        }
        let point = try wrap(DataKeyFault.keyStore) { () throws(KeyStoreError) in
            try keyStore.point(storageKey)
        }
        let wrapped = try wrap({ _ in DataKeyFault.unusable }) { () throws(CryptographyError) in
            try WrappedKey.wrap(SecretBytes.random(DataKey.secretBytes), to: point)
        }
        // Another caller may have been first: only what the store keeps is used.
        return try await open(try await kept.keep(wrapped, fiscalYear: fiscalYear))
    }

    /// The keys of a year and of those after it, each by its year.
    package func keys(since fiscalYear: Int) async throws(DataKeyFault) -> [Int: DataKey] {
        var keys: [Int: DataKey] = [:]
        for stored in try await kept.all() where stored.fiscalYear >= fiscalYear {
            keys[stored.fiscalYear] = try await key(stored.reference)
        }
        return keys
    }

    /// The years for which there is a key, the oldest first.
    package func years() async throws(DataKeyFault) -> [Int] {
        try await kept.all().map(\.fiscalYear).sorted()
    }

    /// Lets go of an opened key that is destroyed.
    package func forget(_ fiscalYear: Int) {
        guard let reference = byYear.removeValue(forKey: fiscalYear) else { return }
        opened[reference] = nil
    }

    /// The key that a row names.
    ///
    /// - Throws: `unusable` where there is none.
    package func key(_ reference: Int64) async throws(DataKeyFault) -> DataKey {
        if let key = opened[reference] { return key }
        guard let stored = try await kept.all().first(where: { $0.reference == reference }) else {
            throw .unusable
        }
        return try await open(stored)
    }

    private func open(_ stored: KeptDataKey) async throws(DataKeyFault) -> DataKey {
        let secret: SecretBytes
        do throws(CMSRefusal) {
            secret = try await WrappedKey.unwrap(stored.wrapped, with: storageKey, in: keyStore)
        } catch {
            if case .keyStore(let fault) = error { throw .keyStore(fault) }
            throw .unusable
        }
        let key = DataKey(reference: stored.reference, secret: secret, random: random)
        opened[stored.reference] = key
        byYear[stored.fiscalYear] = stored.reference
        return key
    }
}
