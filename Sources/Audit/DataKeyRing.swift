package import Cryptography
package import Primitives

/// A data key as a store keeps it: that of a year wrapped to the storage key, that of a person in a
/// year sealed under the key of the year.
package struct KeptDataKey: Hashable, Sendable {
    /// What sealed columns name.
    package let reference: Int64
    package let fiscalYear: Int
    /// A tag of whose key it is; empty: the year's own.
    package let subject: [UInt8]
    package let wrapped: [UInt8]

    package init(reference: Int64, fiscalYear: Int, subject: [UInt8], wrapped: [UInt8]) {
        self.reference = reference
        self.fiscalYear = fiscalYear
        self.subject = subject
        self.wrapped = wrapped
    }
}

/// Where wrapped data keys are kept. A key is durable before anything is sealed under it.
package protocol WrappedDataKeys: Sendable {
    /// Those of years, without the keys of persons.
    func years() async throws(DataKeyFault) -> [KeptDataKey]
    func key(_ reference: Int64) async throws(DataKeyFault) -> KeptDataKey?
    func key(of subject: [UInt8], in fiscalYear: Int) async throws(DataKeyFault) -> KeptDataKey?
    /// Keeps a wrapped key.
    ///
    /// - Returns: the key that stands: the one kept first for the year and the subject.
    func keep(
        _ wrapped: [UInt8],
        fiscalYear: Int,
        subject: [UInt8]
    ) async throws(DataKeyFault) -> KeptDataKey
}

/// Why a data key is not to be had.
package enum DataKeyFault: Explained, Equatable {
    case keyStore(KeyStoreError)
    /// The storage key does not open it, or it is not there.
    case unusable
    /// The store did not give or take it.
    case store(isTemporary: Bool)

    package var code: String { token?.code ?? "dataKeyUnusable" }
    package var summary: String { token?.summary ?? "A data key of the store cannot be used." }
    package var advice: String {
        token?.advice ?? "Check that the unlock secret belongs to this folder."
    }

    private var token: TokenFault? {
        if case .keyStore(.token(let fault)) = self { fault } else { nil }
    }

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
    private var storageKey: KeyHandle
    private let random: any RandomSource
    private var opened: [Int64: DataKey] = [:]
    private var byYear: [Int: Int64] = [:]
    private var byPerson: [Person: Int64] = [:]
    /// While the storage key is renewed no key of a year is made, nor the other way round.
    private var isRenewing = false
    private var making = 0
    /// Of so many persons the keys stay opened.
    private static let persons = 5_000

    private struct Person: Hashable {
        let fiscalYear: Int
        let subject: [UInt8]
    }

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
        if let stored = try await kept.years().first(where: { $0.fiscalYear == fiscalYear }) {
            return try await open(stored)
        }
        guard !isRenewing else { throw .store(isTemporary: true) }
        making += 1
        defer { making -= 1 }
        let point = try wrap(DataKeyFault.keyStore) { () throws(KeyStoreError) in
            try keyStore.point(storageKey)
        }
        let wrapped = try wrap({ _ in DataKeyFault.unusable }) { () throws(CryptographyError) in
            try WrappedKey.wrap(SecretBytes.random(DataKey.secretBytes), to: point)
        }
        // Another caller may have been first: only what the store keeps is used.
        return try await open(try await kept.keep(wrapped, fiscalYear: fiscalYear, subject: []))
    }

    /// The key that what is written of a person in `fiscalYear` is sealed under.
    package func key(
        of fiscalYear: Int,
        for subject: [UInt8]
    ) async throws(DataKeyFault) -> DataKey {
        let year = try await key(of: fiscalYear)
        // Who has only the file of keys cannot try names.
        let tag = year.tag(named: "dataKey", value: subject)
        let person = Person(fiscalYear: fiscalYear, subject: tag)
        if let reference = byPerson[person], let key = opened[reference] { return key }
        let wrapped = year.wrap(SecretBytes.random(DataKey.secretBytes), of: tag)
        let standing = try await kept.keep(wrapped, fiscalYear: fiscalYear, subject: tag)
        return try await open(standing)
    }

    /// The keys of a year and of those after it, each by its year.
    package func keys(since fiscalYear: Int) async throws(DataKeyFault) -> [Int: DataKey] {
        var keys: [Int: DataKey] = [:]
        for stored in try await kept.years() where stored.fiscalYear >= fiscalYear {
            keys[stored.fiscalYear] = try await key(stored.reference)
        }
        return keys
    }

    /// The years for which there is a key, the oldest first.
    package func years() async throws(DataKeyFault) -> [Int] {
        try await kept.years().map(\.fiscalYear).sorted()
    }

    /// - Throws: a temporary fault where a key of a year is being made, or another renewal runs.
    package func beginRenewal() throws(DataKeyFault) {
        guard !isRenewing, making == 0 else { throw .store(isTemporary: true) }
        isRenewing = true
    }

    package func endRenewal() { isRenewing = false }

    /// Wraps the keys of all years to another storage key, between the beginning and the end of a
    /// renewal; `keep` writes them in one step.
    package func rewrap(
        to newer: KeyHandle,
        keeping keep: ([Int64: [UInt8]]) async throws(DataKeyFault) -> Void
    ) async throws(DataKeyFault) {
        let point = try wrap(DataKeyFault.keyStore) { () throws(KeyStoreError) in
            try keyStore.point(newer)
        }
        storageKey = newer
        var wrapped: [Int64: [UInt8]] = [:]
        for stored in try await kept.years() {
            let secret = try await secret(of: stored)
            wrapped[stored.reference] = try wrap({ _ in DataKeyFault.unusable }) {
                () throws(CryptographyError) in try WrappedKey.wrap(secret, to: point)
            }
        }
        try await keep(wrapped)
    }

    /// Lets go of an opened key that is destroyed.
    package func forget(_ fiscalYear: Int) {
        guard let reference = byYear.removeValue(forKey: fiscalYear) else { return }
        opened[reference] = nil
    }

    /// The keys that there are of a person, of all years.
    package func references(of subject: [UInt8]) async throws(DataKeyFault) -> Set<Int64> {
        var references: Set<Int64> = []
        for stored in try await kept.years() {
            let tag = try await key(of: stored.fiscalYear).tag(named: "dataKey", value: subject)
            let personal = try await kept.key(of: tag, in: stored.fiscalYear)
            if let personal { references.insert(personal.reference) }
        }
        return references
    }

    /// Lets go of the opened keys of persons, of which some are destroyed.
    package func forgetPersons() {
        for reference in byPerson.values { opened[reference] = nil }
        byPerson = [:]
    }

    /// The key that a row names.
    ///
    /// - Throws: `unusable` where there is none.
    package func key(_ reference: Int64) async throws(DataKeyFault) -> DataKey {
        if let key = opened[reference] { return key }
        guard let stored = try await kept.key(reference) else { throw .unusable }
        return try await open(stored)
    }

    private func open(_ stored: KeptDataKey) async throws(DataKeyFault) -> DataKey {
        guard stored.subject.isEmpty else { return try await openPersonal(stored) }
        let secret = try await secret(of: stored)
        let key = DataKey(reference: stored.reference, secret: secret, random: random)
        opened[stored.reference] = key
        byYear[stored.fiscalYear] = stored.reference
        return key
    }

    /// Of a year's key. After a change of the storage key that was cut short, the one before it is
    /// still there.
    private func secret(of stored: KeptDataKey) async throws(DataKeyFault) -> SecretBytes {
        let others = keyStore.handles().filter { $0.use == .storage && $0 != storageKey }
        for handle in [storageKey] + others {
            do throws(CMSRefusal) {
                return try await WrappedKey.unwrap(stored.wrapped, with: handle, in: keyStore)
            } catch {
                if case .keyStore(let fault) = error { throw .keyStore(fault) }
            }
        }
        throw .unusable
    }

    private func openPersonal(_ stored: KeptDataKey) async throws(DataKeyFault) -> DataKey {
        let year = try await key(of: stored.fiscalYear)
        let secret = try wrap({ _ in DataKeyFault.unusable }) { () throws(CryptographyError) in
            try year.unwrap(stored.wrapped, of: stored.subject)
        }
        if byPerson.count >= Self.persons { forgetPersons() }
        let key = DataKey(reference: stored.reference, secret: secret, random: random)
        opened[stored.reference] = key
        byPerson[Person(fiscalYear: stored.fiscalYear, subject: stored.subject)] = stored.reference
        return key
    }
}
