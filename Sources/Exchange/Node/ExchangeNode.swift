package import Audit
package import Cryptography
import Delivery
package import Directory
package import ExchangeAPI
package import Primitives
package import Storage

/// The running exchange: decides on snapshots, signs outside transactions, commits once, then
/// speaks and wakes those who wait.
package final class ExchangeNode: Sendable {
    let keyStore: any KeyStore
    let store: any ExchangeStore
    let settings: ExchangeSettings
    let time: any TimeSource
    let random: any RandomSource
    let dataKeys: DataKeyRing
    /// Calls that wait for the inbox or the events of a member.
    let mailboxes: WaitingRoom<MemberID>
    /// Calls that wait for a leaf of `keys`.
    let directoryFeed: WaitingRoom<TreeKind>
    /// Witnesses that wait for a checkpoint.
    let witnessFeed: WaitingRoom<MemberID>
    /// One forgets at a time.
    let forgetting = AsyncLock()
    private let transport: TreeOrigin
    private let state: Lock<State>

    private struct State: Sendable {
        var identity: ExchangeIdentity
        var keys: KeysMirror
        /// Told when the listener is to show another certificate.
        var tellsCredentials: @Sendable () async -> Void = {}
        var remarks = RecentRemarks()
        var pace: Pace
        var pressure = Pressure()
        var diskLevel = DiskLevel.ample
        /// The size of `keys` at which witnesses were last told to be late.
        var quorumMissedAt: UInt64?
        /// The newest checkpoint of each tree with a quorum of witnesses.
        var witnessed: [TreeKind: Checkpoint] = [:]
        var troubles: [TroubleKey: WitnessTrouble] = [:]
        /// When housekeeping last did what it does every hour.
        var upkeep: Duration?
        /// A member knew another thing of a day, and the operator was not told yet.
        var hasDifference = false
        /// Since when a year of deliveries has been over, by the clock that nobody sets.
        var overSince: Duration?
    }

    private struct TroubleKey: Hashable, Sendable {
        let member: MemberID
        let tree: TreeKind
    }

    /// Opens an exchange whose store was founded, and signs what no checkpoint covers yet.
    ///
    /// - Throws: `notFounded`; `directory` where the `keys` tree does not hold; what store and keys
    ///   throw.
    package static func open(
        root: Certificate,
        keyStore: any KeyStore,
        store: any ExchangeStore,
        settings: ExchangeSettings,
        seams: (time: any TimeSource, random: any RandomSource)
    ) async throws(ExchangeFault) -> ExchangeNode {
        let trees = try await wrap(ExchangeFault.store) { () async throws(StoreError) in
            try await store.audit { log throws(StoreError) in
                (try log.openTree(.keys)?.origin, try log.openTree(.transport)?.origin)
            }
        }
        guard let keysOrigin = trees.0, let transport = trees.1 else { throw .notFounded }
        var keys = KeysMirror(keysOrigin, root: root)
        try await keys.follow(store)
        let node = ExchangeNode(
            try ExchangeIdentity(in: keyStore, keys.view),
            (keyStore, store),
            settings,
            seams,
            (keys, transport)
        )
        for tree in [TreeKind.keys, .transport] {
            try await node.checkpoint(tree)
            try await wrap(ExchangeFault.refused) { () async throws(Refusal) in
                try await node.followWitnesses(tree)
            }
        }
        return node
    }

    private init(
        _ identity: ExchangeIdentity,
        _ kept: (keys: any KeyStore, rows: any ExchangeStore),
        _ settings: ExchangeSettings,
        _ seams: (time: any TimeSource, random: any RandomSource),
        _ trees: (keys: KeysMirror, transport: TreeOrigin)
    ) {
        keyStore = kept.keys
        store = kept.rows
        self.settings = settings
        time = seams.time
        random = seams.random
        transport = trees.transport
        dataKeys = DataKeyRing(
            StoredDataKeys(kept.rows, time: seams.time),
            keyStore: kept.keys,
            storageKey: identity.storageKey,
            random: seams.random
        )
        mailboxes = WaitingRoom(time: seams.time, random: seams.random)
        // Every member waits for the same tree here.
        directoryFeed = WaitingRoom(
            time: seams.time,
            random: seams.random,
            waitersPerKey: Limits.connections
        )
        witnessFeed = WaitingRoom(time: seams.time, random: seams.random)
        state = Lock(State(identity: identity, keys: trees.keys, pace: Pace(settings.limits)))
    }

    package var id: ExchangeID { identity.id }
    var identity: ExchangeIdentity { state.withLock { $0.identity } }
    func replaceIdentity(_ identity: ExchangeIdentity) {
        state.withLock { $0.identity = identity }
    }
    func replaceTeller(_ tell: @escaping @Sendable () async -> Void) {
        state.withLock { $0.tellsCredentials = tell }
    }
    func newCredentials() async { await state.withLock { $0.tellsCredentials }() }

    package var root: Certificate { view.root }

    /// The directory as this node last saw it.
    package var view: DirectoryView { state.withLock { $0.keys.view } }

    /// The name that its certificate and its logs have.
    package var host: LogHost { origin(.keys).host }

    func origin(_ kind: TreeKind) -> TreeOrigin {
        kind == .keys ? state.withLock { $0.keys.origin } : transport
    }

    var moment: Moment {
        Moment(now: time.now, exchange: identity.id, transport: transport, random: random)
    }

    /// The directory as the store has it now.
    func followed() async throws(Refusal) -> KeysMirror {
        var keys = state.withLock { $0.keys }
        do throws(ExchangeFault) { try await keys.follow(store) } catch {
            throw Refusal(own: error)
        }
        let followed = keys
        state.withLock { state in
            if followed.size > state.keys.size { state.keys = followed }
        }
        return followed
    }

    /// - Throws: `rateLimited` for a member who calls too often.
    func admitCall(of member: MemberID) throws(Refusal) {
        let now = time.uptime
        try state.withLock { state throws(Refusal) in
            try state.pace.admitCall(of: member, at: now)
        }
    }

    /// Messages that come in to be settled; negative once they are.
    func settling(_ messages: Int) { state.withLock { $0.pressure.add(messages) } }

    /// - Throws: `storageFull`, `exchangeBusy` where there is no room for a body of this urgency.
    func admitBody(_ urgency: Urgency) throws(Refusal) {
        let room = settings.diskRoom()
        try state.withLock { state throws(Refusal) in
            try state.pressure.admit(urgency, room)
        }
    }

    /// What the disk has room for now, where that has become less since the last call.
    func newDiskLevel() -> DiskLevel? {
        let level = settings.diskRoom().level
        return state.withLock { state in
            defer { state.diskLevel = level }
            return level < state.diskLevel ? level : nil
        }
    }

    /// A member knows another thing of a day than the exchange; the operator is told at the next
    /// round.
    func noteDifference() { state.withLock { $0.hasDifference = true } }

    func takeDifference() -> Bool {
        state.withLock { state in
            defer { state.hasDifference = false }
            return state.hasDifference
        }
    }

    /// - Throws: `rateLimited` for a member who sends too much.
    func admitMessage(of member: MemberID, bytes: Int) throws(Refusal) {
        let now = time.uptime
        try state.withLock { state throws(Refusal) in
            try state.pace.admitMessage(of: member, bytes: bytes, at: now)
        }
    }

    /// - Throws: `rateLimited` for a member who sends too much.
    func admitBytes(_ bytes: Int, of member: MemberID) throws(Refusal) {
        let now = time.uptime
        try state.withLock { state throws(Refusal) in
            try state.pace.admitBytes(bytes, of: member, at: now)
        }
    }

    /// - Throws: `rateLimited` for a member who changes its entry or its keys too often.
    func admitDirectoryChange(of member: MemberID) throws(Refusal) {
        let now = time.uptime
        try state.withLock { state throws(Refusal) in
            try state.pace.admitDirectoryChange(of: member, at: now)
        }
    }

    /// - Throws: `rateLimited` for an address that tries to join too often.
    package func admitEnrolment(from address: String) throws(Refusal) {
        let now = time.uptime
        try state.withLock { state throws(Refusal) in
            try state.pace.admitEnrolment(from: address, at: now)
        }
    }

    func note(witnessed checkpoint: Checkpoint, _ tree: TreeKind) {
        state.withLock { $0.witnessed[tree] = checkpoint }
    }

    /// True once for each size.
    func isNews(quorumMissedAt size: UInt64) -> Bool {
        state.withLock { state in
            defer { state.quorumMissedAt = size }
            return state.quorumMissedAt != size
        }
    }

    func lastWitnessed(_ tree: TreeKind) -> Checkpoint? {
        state.withLock { $0.witnessed[tree] }
    }

    /// What a witness said instead of a cosignature; nil once it has cosigned.
    func note(_ trouble: WitnessTrouble?, of member: MemberID, _ tree: TreeKind) {
        state.withLock { $0.troubles[TroubleKey(member: member, tree: tree)] = trouble }
    }

    func trouble(of member: MemberID, _ tree: TreeKind) -> WitnessTrouble? {
        state.withLock { $0.troubles[TroubleKey(member: member, tree: tree)] }
    }

    /// The size from which a witness wants to go on.
    func conflict(of member: MemberID, _ tree: TreeKind) -> UInt64? {
        if case .asksFrom(let size) = trouble(of: member, tree) { size } else { nil }
    }

    /// Whether a remark is to be recorded now.
    func isNew(_ remark: Remark) -> Bool {
        let now = time.uptime
        return state.withLock { $0.remarks.add(remark, at: now) }
    }

    /// Takes back a remark whose leaf was not committed.
    func forget(_ remark: Remark) { state.withLock { $0.remarks.forget(remark) } }

    /// True at most once an hour.
    func isUpkeepDue() -> Bool {
        let now = time.uptime
        return state.withLock { state in
            if let last = state.upkeep, now - last < .hours(1) { return false }
            state.upkeep = now
            return true
        }
    }

    /// What the hourly look at the years has found.
    func note(hasEndedYears: Bool) {
        let now = time.uptime
        state.withLock { $0.overSince = hasEndedYears ? $0.overSince ?? now : nil }
    }

    /// Whether a year has been over for long enough: a clock that was wrong is set right by then.
    var mayForget: Bool {
        let now = time.uptime
        return state.withLock { state in
            state.overSince.map { now - $0 >= Limits.forgettingPatience } ?? false
        }
    }

    func read<Answer: Sendable>(
        _ query: @escaping @Sendable (any ExchangeReader) throws(StoreError) -> Answer
    ) async throws(Refusal) -> Answer {
        try await wrap({ Refusal(of: $0) }) { () async throws(StoreError) in
            try await store.read(query)
        }
    }

    func keep(_ facts: [ExchangeUpkeep]) async throws(Refusal) {
        try await wrap({ Refusal(of: $0) }) { () async throws(StoreError) in
            try await store.keep(facts)
        }
    }

    /// Answers all calls that wait, and lets none wait from now on.
    package func drain() async {
        await mailboxes.drain()
        await directoryFeed.drain()
        await witnessFeed.drain()
    }
}
