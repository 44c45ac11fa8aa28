import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

// The mirror of the `keys` tree: every leaf, the root recomputed and compared with the log's
// signed checkpoint, then a new view. Without all of it the old view stands.
extension OrganisationGateway {
    /// Fetches new leaves; waits for them at most `waitSeconds`.
    ///
    /// - Returns: whether the view has changed.
    /// - Throws: `directoryForked` where the exchange shows something else than it has signed.
    func syncDirectory(waitSeconds: Int) async throws(GatewayError) -> Bool {
        let known = mirror
        let heard = try await heardCheckpoint()
        var leaves = try await fetch(after: known.size, waitSeconds: waitSeconds)
        guard !leaves.isEmpty else {
            // What another member has seen before this was asked is kept back, or gone.
            if let heard, heard.head.size > known.size { try await alarmFork(heard) }
            return false
        }
        let note = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.checkpoint(.keys, isWitnessed: false)
        }
        guard let checkpoint = checkpoint(note) else { return try await forked(note) }
        // Leaves that came between the two calls.
        while known.size + UInt64(leaves.count) < checkpoint.head.size {
            let more = try await fetch(after: known.size + UInt64(leaves.count), waitSeconds: 0)
            guard !more.isEmpty else { throw .exchange(.badAnswer) }
            leaves += more
        }
        guard checkpoint.head.size > known.size else { return false }
        let covered = Array(leaves.prefix(Int(checkpoint.head.size - known.size)))
        guard let grown = known.grown(by: covered, to: checkpoint, directory) else {
            return try await forked(note)
        }
        try await keep([
            .directoryLeaves(checkpoint.origin, covered), .peerCheckpoint(checkpoint),
        ])
        replaceMirror(grown)
        try await compareHeard()
        try await watchOwnName(view)
        try await applyRevocations(view)
        return true
    }

    private func fetch(
        after size: UInt64,
        waitSeconds: Int
    ) async throws(GatewayError) -> [DirectoryLeaf] {
        let page = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.directory(
                PageQuery(after: Int64(size), waitSeconds: waitSeconds)
            )
        }
        var leaves: [DirectoryLeaf] = []
        for wire in page {
            let index = size + UInt64(leaves.count)
            guard wire.index == Int64(index) else { throw .exchange(.badAnswer) }
            leaves.append(DirectoryLeaf(index: index, leaf: wire.leaf, object: wire.object))
        }
        return leaves
    }

    func checkpoint(_ note: [UInt8]) -> Checkpoint? {
        do throws(AuditRefusal) { return try Checkpoint(reading: note) } catch { return nil }
    }

    /// The old view stands; people are told once of each note.
    func forked<Value>(_ note: [UInt8]) async throws(GatewayError) -> Value {
        // With that of the own tree it is the evidence against its signer.
        try await alarm("forkSeen", onceFor: SHA256.hash(note).hex, keeping: note)
        throw .directoryForked
    }

    /// Reads the mirror from the store, at start.
    func readMirror(root: Certificate) async throws(GatewayError) {
        let (leaves, seen) = try await read {
            stored throws(StoreError) -> ([DirectoryLeaf], [UInt8]?) in
            guard let origin = try stored.mirroredTree() else { return ([], nil) }
            return (
                try stored.directoryLeaves(of: origin, from: 0, limit: .max),
                try stored.setting(.witnessedSize)
            )
        }
        let size = seen.flatMap { Decimal.value($0) } ?? 0
        var mirror = DirectoryMirror(root: root)
        do throws(LeafRefusal) {
            try mirror.append(Array(leaves.prefix(size)), directory)
            replaceWitnessed(mirror)
            try mirror.append(Array(leaves.dropFirst(size)), directory)
        } catch { throw .store(.damaged) }
        replaceMirror(mirror)
    }

    /// A certificate in this member's name with a key that is not ours: a red alarm. A held one is
    /// used for nothing and is what an exchange would issue that wants to read along.
    private func watchOwnName(_ view: DirectoryView) async throws(GatewayError) {
        let own = Set(keyStore.handles().compactMap(\.keyID))
        let entries = view.member(member)?.certificates ?? []
        // What an earlier paper certified went with the keys that were lost.
        let begun = entries.firstIndex { $0.isRecovery && own.contains($0.certificate.keyID) } ?? 0
        for entry in entries.dropFirst(begun) where !own.contains(entry.certificate.keyID) {
            let name = SettingName.request(of: entry.certificate.keyID)
            let isOurs = try await read { stored throws(StoreError) in
                try stored.setting(name) != nil
            }
            if !isOurs { try await alarmForeign(entry.certificate) }
        }
    }

    private func alarmForeign(_ certificate: Certificate) async throws(GatewayError) {
        var act = facts(
            .keyForeignCertificate,
            by: .system,
            on: .certificate(certificate.keyID, sha256: certificate.sha256)
        )
        act.outcome = .majorFailure
        act.reason = AuditReason("leafNotExpected")
        try await record([act], onceAs: .foreign(certificate.keyID))
    }
}

/// The `keys` tree as far as it is mirrored here, and what its leaves say.
struct DirectoryMirror: Sendable {
    private(set) var view: DirectoryView
    private var tree = MerkleTree()
    /// The hash of all that it was made from.
    private(set) var trail: Digest

    var size: UInt64 { tree.size }

    func contains(_ head: TreeHead) -> Bool { tree.contains(head) }

    init(root: Certificate) {
        view = DirectoryView(root: root)
        trail = root.sha256
    }

    /// Applies the next leaves, as far as `shared` does not know what comes of them.
    mutating func append(
        _ leaves: [DirectoryLeaf],
        _ shared: SharedDirectory
    ) throws(LeafRefusal) {
        var trails: [Digest] = []
        for leaf in leaves { trails.append(leaf.trail(after: trails.last ?? trail)) }
        var known = 0
        for place in trails.indices.reversed() {
            guard let mirror = shared.mirror(after: trails[place]) else { continue }
            self = mirror
            known = place + 1
            break
        }
        for leaf in leaves[known...] {
            tree.append(leaf: leaf.leaf)
            try view.apply(leaf: leaf.leaf, object: leaf.object)
        }
        trail = trails.last ?? trail
        shared.keep(self)
    }

    /// Whether this tree holds or continues the tree of a checkpoint that the log's key has signed.
    func holds(_ checkpoint: Checkpoint) -> Bool {
        guard tree.contains(checkpoint.head), let key = view.logKey(of: checkpoint.origin) else {
            return false
        }
        do throws(AuditRefusal) { try checkpoint.verify(key: key) } catch { return false }
        return true
    }

    /// With `leaves` too, if the whole is what the log has signed; nil where anything of it does
    /// not hold.
    func grown(
        by leaves: [DirectoryLeaf],
        to checkpoint: Checkpoint,
        _ shared: SharedDirectory
    ) -> DirectoryMirror? {
        var grown = self
        do throws(LeafRefusal) { try grown.append(leaves, shared) } catch { return nil }
        guard grown.tree.head == checkpoint.head,
            let key = grown.view.logKey(of: checkpoint.origin)
        else { return nil }
        do throws(AuditRefusal) { try checkpoint.verify(key: key) } catch { return nil }
        return grown
    }
}
