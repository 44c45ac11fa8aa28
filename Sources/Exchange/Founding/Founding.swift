package import Audit
package import Cryptography
import Delivery
import Directory
package import Primitives
package import Storage

/// Makes a new exchange: its root, both issuing authorities, its own keys and certificates, and the
/// first leaves of both trees, all in one commit.
package struct Founding: Sendable {
    private let name: String
    private let host: LogHost
    private let keyStore: any KeyStore
    private let time: any TimeSource
    private let random: any RandomSource

    /// `name` is the organisation in the authorities' subjects; by `host`, which may end with a
    /// port, gateways reach the exchange, and its trees have it in their origins; `keyStore` is
    /// empty.
    package init(
        name: String,
        host: LogHost,
        keyStore: any KeyStore,
        time: any TimeSource,
        random: any RandomSource
    ) {
        self.name = name
        self.host = host
        self.keyStore = keyStore
        self.time = time
        self.random = random
    }

    /// Founds the exchange in an empty store.
    ///
    /// - Returns: the root certificate, which is kept outside the store: everything is checked
    ///   against it.
    package func found(_ store: some ExchangeStore) async throws(ExchangeFault) -> Certificate {
        let isEmpty = try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.audit { log throws(StoreError) in try log.trees().isEmpty }
        }
        guard isEmpty else { throw .alreadyFounded }
        let now = time.now
        let made = try await wrap(ExchangeFault.keyStore) { () async throws(KeyStoreError) in
            try await FoundingKeys(keyStore, random, at: now).make(name: name, host: hostName)
        }
        let writer = try await written(made, at: now)
        let change = Proposal<ExchangeWrite>(expects: [.decidedAt(now)]) { _ in
            (writes: writer.writes, audit: writer.audit)
        }
        let ring = DataKeyRing(
            StoredDataKeys(store, time: time),
            keyStore: keyStore,
            storageKey: made.storage,
            random: random
        )
        let key = try await wrap(ExchangeFault.dataKey) { () async throws(DataKeyFault) in
            try await ring.key(of: TreeOrigin.fiscalYear(of: now))
        }
        let finished = change.finished([], in: trees(at: now), by: key)
        _ = try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.commit(finished)
        }
        return made.root.certificate
    }

    /// The host without a port.
    private var hostName: String { String(host.text.prefix { $0 != ":" }) }

    private func trees(at now: Timestamp) -> [TreeOrigin] {
        let year = TreeOrigin.fiscalYear(of: now)
        return [.keys(host, fiscalYear: year), .transport(host, fiscalYear: year)]
    }

    /// The first leaves: trees, authorities with their lists, own certificates, policy.
    private func written(
        _ made: FoundingKeys.Made,
        at now: Timestamp
    ) async throws(ExchangeFault) -> KeysTreeWriter {
        let moment = Moment(
            now: now,
            exchange: made.exchange,
            transport: trees(at: now)[1],
            random: random
        )
        var writer = KeysTreeWriter(
            moment,
            on: DirectoryView(root: made.root.certificate),
            after: nil
        )
        for tree in trees(at: now) { writer.opened(tree) }
        var changes: [DirectoryChange] = []
        for authority in made.authorities { changes.append(.authority(authority.certificate)) }
        for list in try await lists(made, at: now) { changes.append(.list(list)) }
        for own in [made.receipts, made.registrar, made.server] {
            changes.append(.certificate(nil, own.certificate))
        }
        changes.append(.statement(try await policy(made, at: now)))
        for change in changes {
            do throws(DirectoryRefusal) { try writer.add(change) } catch {
                preconditionFailure("a new exchange fits its own rules: \(error.code)")
            }
        }
        return writer
    }

    /// The root's list lives a year, as only new authorities need the root key; the others' are
    /// renewed every hour.
    private func lists(
        _ made: FoundingKeys.Made,
        at now: Timestamp
    ) async throws(ExchangeFault) -> [CertificateRevocationList] {
        var lists: [CertificateRevocationList] = []
        for authority in made.authorities {
            let life =
                authority.certificate == made.root.certificate
                ? Duration.days(365) : ListRules.life
            lists.append(
                try await wrap(ExchangeFault.keyStore) { () async throws(KeyStoreError) in
                    try await authority.revocationList(
                        number: 1,
                        thisUpdate: now,
                        nextUpdate: now.adding(life),
                        entries: []
                    )
                }
            )
        }
        return lists
    }

    private func policy(
        _ made: FoundingKeys.Made,
        at now: Timestamp
    ) async throws(ExchangeFault) -> SignedStatement {
        let policy = Policy(
            issuer: made.exchange,
            number: 1,
            logs: trees(at: now).map {
                LogKey(origin: ByteText($0.text), publicKey: made.logPublicKey)
            },
            from: now
        )
        let signer = StatementSigner(
            store: keyStore,
            key: made.registrar.key,
            identity: SigningIdentity(
                certificate: made.registrar.certificate,
                issuing: made.service.certificate
            )
        )
        return try await wrap(ExchangeFault.keyStore) { () async throws(KeyStoreError) in
            try await signer.sign(policy, at: now)
        }
    }
}
