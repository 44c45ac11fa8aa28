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
    func syncDirectory(waitSeconds: Int) async throws(GatewayError) -> Bool {
        var mirrored = try await mirroredTree()
        let fresh = try await leaves(after: mirrored.count, waitSeconds: waitSeconds)
        guard !fresh.isEmpty else { return false }
        mirrored += fresh
        while fresh.count == Limits.pageItems {
            let next = try await leaves(after: mirrored.count, waitSeconds: 0)
            mirrored += next
            if next.count < Limits.pageItems { break }
        }
        let note = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.checkpoint(.keys)
        }
        return try await adopt(mirrored, note)
    }

    private func leaves(
        after count: Int,
        waitSeconds: Int
    ) async throws(GatewayError) -> [DirectoryLeaf] {
        let page = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.directory(
                PageQuery(after: Int64(count), waitSeconds: waitSeconds)
            )
        }
        return page.map {
            DirectoryLeaf(index: UInt64($0.index), leaf: $0.leaf, object: $0.object)
        }
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

    /// Checks leaves against the checkpoint, replays them, and commits the mirror.
    private func adopt(
        _ leaves: [DirectoryLeaf],
        _ note: [UInt8]
    ) async throws(GatewayError) -> Bool {
        guard let (checkpoint, view) = replayed(leaves, note) else {
            try await alarm("forkSeen")
            return false
        }
        let covered = Array(leaves.prefix(Int(checkpoint.head.size)))
        if try await mirroredOrigin() == nil {
            try await keepOrigin(checkpoint.origin)
        }
        try await keep([
            .directoryLeaves(checkpoint.origin, covered), .peerCheckpoint(checkpoint),
            .cursor(.directory, Int64(covered.count)),
        ])
        replaceView(view)
        try await watchOwnName(view)
        return true
    }

    /// The view that the leaves make, if they are what the log has signed; nil where anything of it
    /// does not hold.
    private func replayed(
        _ leaves: [DirectoryLeaf],
        _ note: [UInt8]
    ) -> (Checkpoint, DirectoryView)? {
        do {
            let checkpoint = try Checkpoint(reading: note)
            var view = DirectoryView(root: view.root)
            var tree = MerkleTree()
            for leaf in leaves.prefix(Int(checkpoint.head.size)) {
                tree.append(leaf: leaf.leaf)
                guard let next = view.applying(leaf) else { return nil }
                view = next
            }
            guard tree.head == checkpoint.head, let key = view.logKey(of: checkpoint.origin) else {
                return nil
            }
            try checkpoint.verify(key: key)
            return (checkpoint, view)
        } catch {
            return nil
        }
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
        let name = SettingName(rawValue: "foreign." + certificate.keyID.text)
        let known = try await read { stored throws(StoreError) in try stored.setting(name) }
        guard known == nil else { return }
        var act = facts(
            .keyForeignCertificate,
            by: .system,
            on: .certificate(certificate.keyID, sha256: certificate.sha256)
        )
        act.outcome = .majorFailure
        act.reason = AuditReason("leafNotExpected")
        try await record([act], writes: [.setting(name, certificate.der)])
    }

    func alarm(_ reason: String) async throws(GatewayError) {
        var act = facts(.auditAlarm, by: .system, on: .tree(accessOrigin))
        act.outcome = .seriousFailure
        act.reason = AuditReason(reason)
        try await record([act])
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
