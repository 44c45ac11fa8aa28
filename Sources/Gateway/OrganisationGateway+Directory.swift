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
        var leaves = try await mirroredTree()
        let known = leaves.count
        try await fetch(&leaves, waitSeconds: waitSeconds)
        guard leaves.count > known else { return false }
        let note = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.checkpoint(.keys)
        }
        guard let checkpoint = checkpoint(note) else { return try await forked(note) }
        // Leaves that came between the two calls.
        while UInt64(leaves.count) < checkpoint.head.size {
            let count = leaves.count
            try await fetch(&leaves, waitSeconds: 0)
            guard leaves.count > count else { throw .exchange(.badAnswer) }
        }
        let covered = Array(leaves.prefix(Int(checkpoint.head.size)))
        guard covered.count > known else { return false }
        guard let view = replayed(covered, checkpoint) else { return try await forked(note) }
        try await adopt(covered, checkpoint, view)
        return true
    }

    private func fetch(
        _ leaves: inout [DirectoryLeaf],
        waitSeconds: Int
    ) async throws(GatewayError) {
        let after = leaves.count
        let page = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.directory(
                PageQuery(after: Int64(after), waitSeconds: waitSeconds)
            )
        }
        for wire in page {
            guard wire.index == Int64(leaves.count) else { throw .exchange(.badAnswer) }
            leaves.append(
                DirectoryLeaf(index: UInt64(leaves.count), leaf: wire.leaf, object: wire.object)
            )
        }
    }

    private func checkpoint(_ note: [UInt8]) -> Checkpoint? {
        do throws(AuditRefusal) { return try Checkpoint(reading: note) } catch { return nil }
    }

    /// The old view stands; people are told once of each note.
    private func forked(_ note: [UInt8]) async throws(GatewayError) -> Bool {
        try await alarm("forkSeen", onceFor: SHA256.hash(note).hex)
        throw .directoryForked
    }

    private func mirroredTree() async throws(GatewayError) -> [DirectoryLeaf] {
        guard let origin = try await mirroredOrigin() else { return [] }
        return try await read { stored throws(StoreError) in
            try stored.directoryLeaves(of: origin, from: 0, limit: .max)
        }
    }

    private func mirroredOrigin() async throws(GatewayError) -> TreeOrigin? {
        let name = SettingName(rawValue: "keysOrigin")
        let bytes = try await read { stored throws(StoreError) in try stored.setting(name) }
        return bytes.flatMap { String(utf8Bytes: $0) }.flatMap(TreeOrigin.init(_:))
    }

    private func adopt(
        _ leaves: [DirectoryLeaf],
        _ checkpoint: Checkpoint,
        _ view: DirectoryView
    ) async throws(GatewayError) {
        if try await mirroredOrigin() == nil {
            try await keepOrigin(checkpoint.origin)
        }
        try await keep([
            .directoryLeaves(checkpoint.origin, leaves), .peerCheckpoint(checkpoint),
            .cursor(.directory, Int64(leaves.count)),
        ])
        replaceView(view)
        try await watchOwnName(view)
    }

    /// The view that the leaves make, if they are what the log has signed; nil where anything of it
    /// does not hold.
    private func replayed(
        _ leaves: [DirectoryLeaf],
        _ checkpoint: Checkpoint
    ) -> DirectoryView? {
        var view = DirectoryView(root: view.root)
        var tree = MerkleTree()
        for leaf in leaves {
            tree.append(leaf: leaf.leaf)
            guard let next = view.applying(leaf) else { return nil }
            view = next
        }
        guard tree.head == checkpoint.head, let key = view.logKey(of: checkpoint.origin) else {
            return nil
        }
        do throws(AuditRefusal) { try checkpoint.verify(key: key) } catch { return nil }
        return view
    }

    private func keepOrigin(_ origin: TreeOrigin) async throws(GatewayError) {
        let act = facts(.enrolmentCompleted, by: .system, on: .account(PartyID(member)))
        try await record(
            [act],
            writes: [.setting(SettingName(rawValue: "keysOrigin"), origin.text.bytes)]
        )
    }

    /// Rebuilds the view from the mirror, at start.
    func rebuildView(root: Certificate) async throws(GatewayError) {
        var view = DirectoryView(root: root)
        for leaf in try await mirroredTree() {
            guard let next = view.applying(leaf) else { throw .store(.damaged) }
            view = next
        }
        replaceView(view)
    }

    /// A certificate in this member's name with a key that is not ours: a red alarm.
    private func watchOwnName(_ view: DirectoryView) async throws(GatewayError) {
        let own = Set(keyStore.handles().compactMap(\.keyID))
        let roles: [CertificateRole] = [.memberSigning, .memberEncryption]
        for role in roles {
            for certificate in view.certificates(of: PartyID(member), role: role)
            where !own.contains(certificate.keyID) {
                try await alarmForeign(certificate)
            }
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
        try await record([act], onceAs: SettingName(rawValue: "foreign.\(certificate.keyID)"))
    }
}

extension DirectoryView {
    /// The view after one more leaf; nil where leaf, object or change does not hold.
    func applying(_ leaf: DirectoryLeaf) -> DirectoryView? {
        do {
            let read = try AuditLeaf(reading: leaf.leaf, in: .keys)
            guard let change = try DirectoryChange(leaf: read, object: leaf.object) else {
                return self
            }
            return try applying(change, at: read.at)
        } catch { return nil }
    }
}
