import Audit
import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

// Witnesses: members cosign the trees of the exchange, and the exchange cosigns theirs, so that
// neither can show two logs or rewrite one (`audit-log.md` 5).
extension ExchangeNode {
    /// Trees that have grown since `member`, a witness, cosigned them.
    func witnessRequests(of member: MemberID) async throws(Refusal) -> [WitnessRequest] {
        guard let witness = view.witness(member, at: time.now) else { return [] }
        var requests: [WitnessRequest] = []
        for kind in Self.witnessed {
            let origin = origin(kind)
            let told = conflict(of: member, kind)
            let request = try await read { stored throws(StoreError) -> WitnessRequest? in
                guard let newest = try stored.checkpoint(of: origin)?.checkpoint else { return nil }
                let cosigned = try stored.lastCosigned(origin, by: witness.name)?.size ?? 0
                let seen = told ?? cosigned
                guard newest.head.size > seen,
                    let proof = try stored.consistency(of: origin, from: seen, to: newest.head.size)
                else { return nil }
                return WitnessRequest(oldSize: seen, proof: proof, checkpoint: newest)
            }
            if let request { requests.append(request) }
        }
        return requests
    }

    /// Keeps what a witness has cosigned; from where else it wants to go on is remembered.
    func take(_ answers: [WitnessAnswer], of member: MemberID) async throws(Refusal) {
        guard let witness = view.witness(member, at: time.now) else { throw Refusal(.notFound) }
        guard answers.count <= Self.witnessed.count else { throw Refusal(.malformed) }
        for answer in answers {
            guard let kind = Self.witnessed.first(where: { origin($0) == answer.origin }) else {
                throw Refusal(.notFound)
            }
            switch answer.outcome {
            case .conflict(let size, _): note(.asksFrom(size), of: member, kind)
            case .refused(let fault): note(.refuses(fault), of: member, kind)
            case .cosigned(let size, let cosignature):
                try await keep(cosignature, (answer.origin, size), of: witness)
                note(nil, of: member, kind)
                try await followWitnesses(kind)
            }
        }
    }

    private func keep(
        _ cosignature: Cosignature,
        _ head: (origin: TreeOrigin, size: UInt64),
        of witness: Witness
    ) async throws(Refusal) {
        let saved = try await read { stored throws(StoreError) in
            try stored.checkpoints(of: head.origin, limit: Self.recentCheckpoints)
        }
        guard let checkpoint = saved.first(where: { $0.head.size == head.size }) else {
            // So old that nobody asks for it any more.
            return
        }
        guard cosignature.witness == witness.name,
            cosignature.holds(over: checkpoint, key: witness.publicKey)
        else { throw Refusal(.badSignature) }
        try await keep([.witness(.cosigned(head.origin, size: head.size, cosignature))])
    }

    /// Whether a leaf of `keys` waits too long for a quorum; true once for each.
    func isQuorumLate() async throws(Refusal) -> Bool {
        guard let policy = view.policy, policy.quorum > 0 else { return false }
        let size = lastWitnessed(.keys)?.head.size ?? 0
        let origin = origin(.keys)
        let first = try await read { stored throws(StoreError) in
            try stored.leaves(of: origin, from: size, limit: 1).first
        }
        guard let first else { return false }
        let leaf = try wrap({ _ in Refusal(.internalFailure) }) { () throws(DecodingRefusal) in
            try AuditLeaf(reading: first, in: .keys)
        }
        guard leaf.at.adding(Limits.quorumLateForOperator) <= time.now else { return false }
        return isNews(quorumMissedAt: size)
    }

    /// Finds the newest checkpoint that enough witnesses have cosigned.
    func followWitnesses(_ kind: TreeKind) async throws(Refusal) {
        guard let policy = view.policy else { return }
        let origin = origin(kind)
        let recent = try await read { stored throws(StoreError) in
            try stored.checkpoints(of: origin, limit: Self.recentCheckpoints)
        }
        if let newest = recent.first(where: { policy.hasQuorum(below: $0) }) {
            note(witnessed: newest, kind)
        }
    }

    /// The newest checkpoint with a quorum; with no witness in the policy the newest of all, with
    /// the lines of those that were witnesses before.
    func witnessedCheckpoint(_ kind: TreeKind) async throws(Refusal) -> Checkpoint? {
        if let policy = view.policy, policy.quorum > 0 { return lastWitnessed(kind) }
        let origin = origin(kind)
        return try await read { stored throws(StoreError) in
            try stored.checkpoints(of: origin, limit: 1).first
        }
    }

    /// Cosigns a checkpoint of a member's own log, by the rules every witness keeps. What was seen
    /// is committed before it is signed.
    func cosign(
        _ request: WitnessRequest,
        of member: MemberID
    ) async throws(Refusal) -> WitnessAnswer {
        let checkpoint = request.checkpoint
        let origin = checkpoint.origin
        guard origin.member == member, origin.host == self.origin(.keys).host,
            let key = view.membership(of: member)?.logPublicKey
        else { throw Refusal(.notYourName) }
        let known = try await read { stored throws(StoreError) in
            try stored.witnessedHead(of: origin)
        }
        switch WitnessVerdict.judge(request, after: known, key: key) {
        case .refuses(let fault): return WitnessAnswer(origin, .refused(fault))
        case .conflict(let known): return .conflict(origin, with: known)
        case .cosigns: break
        }
        let seen = WitnessedHead(checkpoint)
        let after = known?.origin == origin ? known?.head.size ?? 0 : 0
        try await keep([.witness(.saw(seen, after: after))])
        let kept = try await read { stored throws(StoreError) in
            try stored.witnessedHead(of: origin)
        }
        // Another call of the same member may have come first.
        guard let kept, kept.head == seen.head else {
            return .conflict(origin, with: kept)
        }
        let cosignature = try await wrap({ Refusal(own: $0) }) {
            () async throws(KeyStoreError) in
            try await identity.log.cosign(
                checkpoint,
                as: WitnessName(origin.host),
                at: time.now
            )
        }
        return WitnessAnswer(origin, .cosigned(size: seen.head.size, cosignature))
    }

    /// Trees that members cosign.
    static var witnessed: [TreeKind] { [.keys, .transport] }
    /// How many of the newest checkpoints a cosignature may be for.
    private static let recentCheckpoints = 64
}

extension WitnessAnswer {
    fileprivate static func conflict(
        _ origin: TreeOrigin,
        with known: WitnessedHead?
    ) -> WitnessAnswer {
        let size = known?.head.size ?? 0
        return WitnessAnswer(origin, .conflict(size: size, seen: known?.checkpoint))
    }
}

/// Not enough witnesses cosign: sheets to new keys wait.
struct QuorumAlarm: Explained {
    var code: String { "noQuorum" }
    var isTemporary: Bool { true }
    var summary: String { "Not enough witnesses have cosigned the newest keys for an hour." }
    var advice: String { "See exchange witness list, and call the offices that lag." }
}
