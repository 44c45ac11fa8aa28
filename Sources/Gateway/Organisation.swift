import Audit
package import Cryptography
import Delivery
package import Directory
import Envelope
package import ExchangeAPI
package import Primitives
package import Sheets
package import Storage

/// One organisation of a gateway, opened: its keys, its store, its view of the directory. All acts
/// are methods of this type, in files of their own.
package final class OrganisationGateway: Sendable {
    package let member: MemberID
    package let store: any GatewayStore
    package let exchange: any ExchangeService
    package let catalogue: SheetCatalogue
    package let settings: GatewaySettings
    let keyStore: any KeyStore
    let vault: Vault
    let time: any TimeSource
    let random: any RandomSource
    let log: CheckpointSigner
    let logNames: LogNames
    /// Told of every new TLS key.
    let presents: @Sendable (TransportIdentity) -> Void
    let directory: SharedDirectory
    /// Rung when something was put into the outbox or is to be told to the exchange.
    package let bell = Bell()
    let openedConsents = OpenedConsents()
    /// Of the own entry in the directory.
    let entryChanges = AsyncLock()
    /// Of what comes first between an office and its exchange.
    let meeting = AsyncLock()
    /// Of what was said of a day.
    let dayChanges = AsyncLock()
    private let state: Lock<State>

    struct State: Sendable {
        var mirror: DirectoryMirror
        /// Recoveries whose keys are used here: own ones, and those compared by telephone.
        var believed: Set<Digest> = []
        /// As far as enough witnesses have seen it.
        var witnessed: DirectoryMirror
        var clockOffset: Duration?
        var lastCheckpoint: Duration?
        var lastRetry: Duration?
        /// The TLS certificate as last read, with what it was read from.
        var shown: (chain: [UInt8], certificate: Certificate)?
        var pauses = Pauses()
        var progress: [MessageID: Progress] = [:]
        var link = ExchangeLink()
        /// Messages whose chunks are still to be fetched.
        var unfinished: Set<MessageKey> = []
        /// How often something was erased.
        var erasures = 0
        var reconciliation = ReconciliationClock()
        /// The exchange was asked how much of the own log it has seen.
        var isLogConfirmed = false
    }

    init(
        _ parts: GatewayParts,
        log: CheckpointSigner,
        vault: Vault,
        logNames: LogNames
    ) {
        member = parts.member
        store = parts.store
        exchange = parts.exchange
        catalogue = parts.catalogue
        settings = parts.settings
        keyStore = parts.keyStore
        time = parts.time
        random = parts.random
        presents = parts.presents
        directory = parts.directory
        self.vault = vault
        self.log = log
        self.logNames = logNames
        let empty = DirectoryMirror(root: parts.root)
        state = Lock(State(mirror: empty, witnessed: empty))
    }

    /// Into which leaves go now, and in which own receipts promise theirs.
    var accessOrigin: TreeOrigin { logNames.present }

    /// The directory with what people here have compared; the mirror is everybody's.
    package var view: DirectoryView {
        let (mirror, believed) = state.withLock { ($0.mirror, $0.believed) }
        var view = mirror.view
        if !believed.isEmpty { view.believe(believed) }
        return view
    }

    var mirror: DirectoryMirror { state.withLock { $0.mirror } }
    func replaceMirror(_ mirror: DirectoryMirror) {
        // Nobody compares fingerprints with itself.
        let own = Set(keyStore.handles().compactMap(\.keyID))
        let begun = (mirror.view.member(member)?.certificates ?? []).filter {
            $0.isRecovery && own.contains($0.certificate.keyID)
        }
        state.withLock { state in
            // Another call may have come further.
            guard mirror.size >= state.mirror.size else { return }
            state.mirror = mirror
            state.believed.formUnion(begun.map(\.certificate.sha256))
        }
    }

    /// Recoveries that people here have compared by telephone.
    func believe(_ recoveries: Set<Digest>) {
        state.withLock { $0.believed.formUnion(recoveries) }
    }

    /// The directory as far as enough witnesses have seen it.
    var witnessed: DirectoryMirror { state.withLock { $0.witnessed } }
    /// What waited for a witness is tried again at once.
    func replaceWitnessed(_ mirror: DirectoryMirror) {
        state.withLock { state in
            guard mirror.size >= state.witnessed.size else { return }
            state.witnessed = mirror
            state.pauses = Pauses()
        }
    }

    /// Told of troubles that end nothing; nothing personal is in them.
    typealias Report = (any Explained) -> Void

    func isPaused(_ message: MessageID) -> Bool {
        let now = time.uptime
        return state.withLock { $0.pauses.isPaused(message, at: now) }
    }

    func pause(_ message: MessageID, after error: GatewayError) {
        let now = time.uptime
        state.withLock { $0.pauses.pause(message, after: error, at: now, random) }
    }

    func endPause(of message: MessageID) { state.withLock { $0.pauses.end(message) } }

    /// How many chunks of a message are at the exchange, while they are on their way.
    package struct Progress: Sendable {
        package let done: Int
        package let total: Int

        init(done: Int, of total: Int) {
            self.done = done
            self.total = total
        }
    }

    package func progress(of message: MessageID) -> Progress? {
        state.withLock { $0.progress[message] }
    }

    func noteProgress(_ progress: Progress?, _ message: MessageID) {
        state.withLock { $0.progress[message] = progress }
    }

    func isUnfinished(_ key: MessageKey) -> Bool {
        state.withLock { $0.unfinished.contains(key) }
    }

    func noteUnfinished(_ key: MessageKey, _ isUnfinished: Bool) {
        state.withLock { state in
            if isUnfinished {
                state.unfinished.insert(key)
            } else {
                state.unfinished.remove(key)
            }
        }
    }

    /// The certificate of a stored chain; every round asks for it.
    func shown(in chain: [UInt8]) -> Certificate? {
        state.withLock { state in
            if let shown = state.shown, shown.chain == chain { return shown.certificate }
            guard let certificate = TransportIdentity.certificate(of: chain) else { return nil }
            state.shown = (chain, certificate)
            return certificate
        }
    }

    package var exchangeLink: ExchangeLink { state.withLock { $0.link } }
    func note(_ link: ExchangeLink) { state.withLock { $0.link = link } }

    /// Rows to read so that those that may be taken are among them.
    var scanItems: Int { Limits.batchItems + state.withLock { $0.pauses.count } }

    /// Exchange's time minus ours, as last measured.
    var clockOffset: Duration { state.withLock { $0.clockOffset ?? .zero } }
    /// Before that nothing is known of the own clock.
    var isClockMeasured: Bool { state.withLock { $0.clockOffset != nil } }
    func noteClockOffset(_ offset: Duration) { state.withLock { $0.clockOffset = offset } }

    /// Signs a checkpoint when the last one is old enough and the clock can be believed.
    func checkpointIfDue() async throws(GatewayError) {
        guard clockOffset.magnitudeIsBelow(Limits.checkpointClockTolerance) else { return }
        let now = time.uptime
        let every = settings.checkpointEvery
        let isDue = state.withLock { state in
            if let last = state.lastCheckpoint, now - last < every { return false }
            state.lastCheckpoint = now
            return true
        }
        if isDue { try await checkpoint() }
    }

    /// Whether what waits for a cause to pass is to be tried again: at the start, and hourly.
    func isRetryDue() -> Bool {
        let now = time.uptime
        return state.withLock { state in
            if let last = state.lastRetry, now - last < .hours(1) { return false }
            state.lastRetry = now
            return true
        }
    }

    /// Whoever keeps opened sheets in memory lets go of them when this changes.
    package var erasures: Int { state.withLock { $0.erasures } }

    /// Until when all that was in the mailbox had been taken in, by the exchange's clock.
    func noteEmptied(asOf asked: Timestamp) {
        state.withLock { $0.reconciliation.emptiedAt = asked.adding($0.clockOffset ?? .zero) }
    }

    func withReconciliation<Answer: Sendable>(
        _ body: (inout ReconciliationClock) -> Answer
    ) -> Answer {
        state.withLock { body(&$0.reconciliation) }
    }

    var isLogConfirmed: Bool { state.withLock { $0.isLogConfirmed } }
    func noteLogConfirmed() { state.withLock { $0.isLogConfirmed = true } }

    /// Nothing of what was erased stays in memory.
    func forgetOpened() {
        openedConsents.removeAll()
        state.withLock { $0.erasures += 1 }
    }

    package func membership() throws(GatewayError) -> Membership {
        guard let membership = view.membership(of: member) else { throw .notEnrolled }
        return membership
    }
}

/// What an organisation's gateway is put together from; made in `renkei` and in tests.
package struct GatewayParts: Sendable {
    package let member: MemberID
    package let root: Certificate
    package let keyStore: any KeyStore
    package let store: any GatewayStore
    package let exchange: any ExchangeService
    package let catalogue: SheetCatalogue
    package let settings: GatewaySettings
    package let time: any TimeSource
    package let random: any RandomSource
    /// Told of every new TLS key, so that calls from then on show it.
    package var presents: @Sendable (TransportIdentity) -> Void = { _ in }
    /// One for all organisations of a process.
    package var directory = SharedDirectory()

    package init(
        member: MemberID,
        root: Certificate,
        keyStore: any KeyStore,
        store: any GatewayStore,
        exchange: any ExchangeService,
        catalogue: SheetCatalogue,
        settings: GatewaySettings = GatewaySettings(),
        seams: (time: any TimeSource, random: any RandomSource)
    ) {
        self.member = member
        self.root = root
        self.keyStore = keyStore
        self.store = store
        self.exchange = exchange
        self.catalogue = catalogue
        self.settings = settings
        time = seams.time
        random = seams.random
    }
}

/// What an office may set, with its defaults.
package struct GatewaySettings: Sendable {
    /// How long a sheet can be cancelled before it is sealed; emergency sheets go at once.
    package var hold = Duration.seconds(60)
    package var checkpointEvery = Duration.seconds(60)
    /// Test numbers in a sheet are then no warning.
    package var isTestExchange = false
    package var product = "Renkei"
    package var productVersion = "0.1.0"
    package var supportTelephone = "-"

    package init() {}
}

extension OrganisationGateway {
    /// Opens an organisation that has joined.
    ///
    /// - Throws: `notEnrolled` before that; what store and keys throw.
    package static func open(
        _ parts: GatewayParts
    ) async throws(GatewayError) -> OrganisationGateway {
        guard let logKey = parts.keyStore.handle(labelled: KeyLabels.log),
            let storageKey = parts.keyStore.storageKeys.last?.handle
        else { throw .notEnrolled }
        let log = try wrap(GatewayError.keyStore) { () throws(KeyStoreError) in
            try CheckpointSigner(store: parts.keyStore, key: logKey)
        }
        let vault = Vault(
            ring: DataKeyRing(
                keptKeys(parts.store, parts.time),
                keyStore: parts.keyStore,
                storageKey: storageKey,
                random: parts.random
            ),
            time: parts.time
        )
        let tree = try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await parts.store.audit { log throws(StoreError) in try log.openTree(.access) }
        }
        guard let origin = tree?.origin else { throw .notEnrolled }
        let recoveries = try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await parts.store.read { stored throws(StoreError) in
                try stored.recoveries(of: origin)
            }
        }
        let gateway = OrganisationGateway(
            parts,
            log: log,
            vault: vault,
            logNames: LogNames(origin, recoveries: recoveries)
        )
        gateway.believe(try await gateway.checkedRecoveries())
        try await gateway.readMirror(root: parts.root)
        return gateway
    }
}

/// The wrapped data keys of a store.
func keptKeys(_ store: some GatewayStore, _ time: any TimeSource) -> any WrappedDataKeys {
    StoredDataKeys(store, time: time)
}
