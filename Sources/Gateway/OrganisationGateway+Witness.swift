package import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

// Witnesses: this organisation cosigns the exchange's trees when it is named one, has its own log
// cosigned, and seals only to keys that enough witnesses have seen (`audit-log.md` 5,
// `keys-and-directory.md` 5.1).
extension OrganisationGateway {
    // MARK: The directory that witnesses have seen

    /// Whether leaves of the directory are here that not enough witnesses have seen yet.
    var isAheadOfWitnesses: Bool { witnessed.size < mirror.size }

    /// Leaves of the directory that are here and verified.
    package var directorySize: UInt64 { mirror.size }
    /// How many of them not enough witnesses have seen yet.
    package var unwitnessedLeaves: UInt64 { mirror.size - min(mirror.size, witnessed.size) }

    /// Follows the witnesses as far as they have come.
    ///
    /// How many are needed is told by the directory they have seen before: a new list of witnesses
    /// must be seen by those of the old one.
    func followWitnesses() async throws(GatewayError) {
        let (mirror, known) = (mirror, witnessed)
        guard known.size < mirror.size, let policy = known.view.policy ?? mirror.view.policy
        else { return }
        guard policy.quorum > 0 else { return try await keepWitnessed(mirror) }
        let note: [UInt8]
        do throws(ExchangeError) {
            note = try await exchange.checkpoint(.keys, isWitnessed: true)
        } catch {
            // No checkpoint has a quorum yet.
            if case .refused(let refusal) = error, refusal.reason == .notFound { return }
            throw .exchange(error)
        }
        guard let checkpoint = checkpoint(note) else { return try await forked(note) }
        let size = checkpoint.head.size
        // Leaves that are not here yet come with the next round.
        guard size > known.size, size <= mirror.size else { return }
        guard mirror.holds(checkpoint) else { return try await forked(note) }
        guard policy.hasQuorum(below: checkpoint) else { return }
        let origin = checkpoint.origin
        let leaves = try await read { stored throws(StoreError) in
            try stored.directoryLeaves(
                of: origin,
                from: known.size,
                limit: Int(size - known.size)
            )
        }
        guard let grown = known.grown(by: leaves, to: checkpoint, directory) else {
            throw .store(.damaged)
        }
        try await keepWitnessed(grown)
    }

    /// A leaf of the directory that no quorum has seen for a day is told, once: sheets may wait for
    /// it.
    func missQuorum() async throws(GatewayError) {
        guard isAheadOfWitnesses else { return }
        let size = witnessed.size
        let first = try await read { stored throws(StoreError) -> [UInt8]? in
            guard let origin = try stored.mirroredTree() else { return nil }
            return try stored.directoryLeaves(of: origin, from: size, limit: 1).first?.leaf
        }
        guard let first else { return }
        let leaf = try wrap(GatewayError.malformed) { () throws(DecodingRefusal) in
            try AuditLeaf(reading: first, in: .keys)
        }
        guard leaf.at.adding(Limits.quorumLateForMembers) <= time.now else { return }
        try await alarm("noQuorum", onceFor: "\(size)")
    }

    /// A named person answers for the directory as the exchange alone has signed it: for the day on
    /// which the witnesses cannot be reached and a sheet must go.
    package func acceptUnwitnessed(
        by agent: Agent,
        because reason: String
    ) async throws(GatewayError) {
        var act = facts(.keyUnwitnessedAccepted, by: agent, on: .tree(accessOrigin))
        act.details = reason
        let mirror = mirror
        try await record([act], writes: [.setting(.witnessedSize, "\(mirror.size)".bytes)])
        replaceWitnessed(mirror)
        bell.ring()
    }

    private func keepWitnessed(_ mirror: DirectoryMirror) async throws(GatewayError) {
        try await keep([.setting(.witnessedSize, "\(mirror.size)".bytes)])
        replaceWitnessed(mirror)
        bell.ring()
    }

    // MARK: As a witness

    /// Cosigns what the exchange's trees have grown by, when a policy names this organisation.
    ///
    /// - Returns: whether it is to go on at once: false where no policy does, and where everything
    ///   was refused, since the same would be asked again.
    func cosignExchange(waitSeconds: Int) async throws(GatewayError) -> Bool {
        guard view.witness(member, at: time.now) != nil else { return false }
        let requests = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.witnessRequests(waitSeconds: waitSeconds)
        }
        var answers: [WitnessAnswer] = []
        for request in requests { answers.append(try await answer(request)) }
        guard !answers.isEmpty else { return true }
        let said = answers
        try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.cosign(said)
        }
        return !said.allSatisfy(\.isRefusal)
    }

    /// What was seen is committed before it is cosigned: no crash makes a witness forget.
    private func answer(_ request: WitnessRequest) async throws(GatewayError) -> WitnessAnswer {
        let checkpoint = request.checkpoint
        let origin = checkpoint.origin
        guard origin.kind != .access, let key = view.logKey(of: origin) else {
            return try await refuse(request, .badSignature)
        }
        let known = try await read { stored throws(StoreError) in
            try stored.witnessedHead(of: origin)
        }
        switch WitnessVerdict.judge(request, after: known, key: key) {
        case .conflict(let known):
            return WitnessAnswer(origin, .conflict(size: known?.head.size ?? 0))
        case .refuses(let fault): return try await refuse(request, fault)
        case .cosigns: break
        }
        // Of the directory every leaf is here: it must be the tree that these make.
        let mirror = mirror
        if origin.kind == .keys, checkpoint.head.size <= mirror.size, !mirror.holds(checkpoint) {
            return try await refuse(request, .forked)
        }
        let seen = WitnessedHead(checkpoint)
        let after = known?.origin == origin ? known?.head.size ?? 0 : 0
        try await keep([.witness(.saw(seen, after: after))])
        let cosignature = try await wrap(GatewayError.keyStore) {
            () async throws(KeyStoreError) in
            try await log.cosign(
                checkpoint,
                as: WitnessName(origin.host, member: member),
                at: time.now
            )
        }
        return WitnessAnswer(origin, .cosigned(size: checkpoint.head.size, cosignature))
    }

    /// Both notes are kept where they are: ours in the store, the other in the alarm's name.
    private func refuse(
        _ request: WitnessRequest,
        _ fault: WitnessFault
    ) async throws(GatewayError) -> WitnessAnswer {
        try await alarm("forkSeen", onceFor: SHA256.hash(request.checkpoint.note).hex)
        return WitnessAnswer(request.checkpoint.origin, .refused(fault))
    }

    // MARK: The own log

    /// Has the exchange cosign the newest checkpoint of the own log.
    func handInCheckpoint() async throws(GatewayError) {
        let origin = accessOrigin
        var old = try await lastCosigned()
        // A second try from where the exchange says it stands.
        for _ in 0..<2 {
            let from = old
            let request = try await read { stored throws(StoreError) -> WitnessRequest? in
                guard let newest = try stored.checkpoint(of: origin)?.checkpoint,
                    newest.head.size > from,
                    let proof = try stored.consistency(of: origin, from: from, to: newest.head.size)
                else { return nil }
                return WitnessRequest(oldSize: from, proof: proof, checkpoint: newest)
            }
            guard let request else { return try await alarmGap(below: from) }
            let answer = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
                try await exchange.witness(request)
            }
            guard answer.origin == origin else { throw .exchange(.badAnswer) }
            switch answer.outcome {
            case .conflict(let size, let seen):
                if let seen { try await stop(unlessHere: seen) }
                old = size
            case .refused: return try await alarm("forkSeen", onceFor: "own.\(from)")
            case .cosigned(let size, let cosignature):
                return try await keep(cosignature, size, below: request.checkpoint)
            }
        }
    }

    /// The exchange has seen more of the own log than is here: an older copy of the folder was put
    /// in its place.
    private func alarmGap(below seen: UInt64) async throws(GatewayError) {
        let origin = accessOrigin
        let size = try await read { stored throws(StoreError) in
            try stored.trees().first { $0.origin == origin }?.size ?? 0
        }
        if size < seen { try await alarm("gap", onceFor: "own.\(seen)") }
    }

    private func keep(
        _ cosignature: Cosignature,
        _ size: UInt64,
        below checkpoint: Checkpoint
    ) async throws(GatewayError) {
        let origin = checkpoint.origin
        guard size == checkpoint.head.size, let key = exchangeLogKey,
            cosignature.witness == ByteText(WitnessName(origin.host).text),
            cosignature.holds(over: checkpoint, key: key)
        else { throw .exchange(.badAnswer) }
        try await keep([.witness(.cosigned(origin, size: size, cosignature))])
    }

    private func lastCosigned() async throws(GatewayError) -> UInt64 {
        let origin = accessOrigin
        return try await read { stored throws(StoreError) in
            try stored.lastCosigned(origin, by: ByteText(WitnessName(origin.host).text))?.size ?? 0
        }
    }

    /// The exchange cosigns with the key of its log.
    private var exchangeLogKey: NotePublicKey? {
        guard let text = view.policy?.logs.last?.origin.text, let origin = TreeOrigin(text) else {
            return nil
        }
        return view.logKey(of: origin)
    }
}

extension SettingName {
    /// How many leaves of the directory enough witnesses have seen.
    static let witnessedSize = SettingName(rawValue: "witnessedSize")
}
