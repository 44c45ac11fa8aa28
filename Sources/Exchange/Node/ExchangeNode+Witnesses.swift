package import Audit
import Delivery
package import Directory
import ExchangeAPI
package import Primitives
package import Storage

// Which members are witnesses, and how far each has come: the operator's side.
extension ExchangeNode {
    /// Names a member a witness, by a new policy.
    ///
    /// - Throws: `refused` for one that has not joined, is a witness already, or is one too many.
    package func addWitness(_ member: MemberID) async throws(ExchangeFault) {
        try await changePolicy { policy, view throws(Refusal) in
            guard let membership = view.membership(of: member),
                membership.standing.status == .active, let key = membership.logPublicKey
            else { throw Refusal(.notFound) }
            guard !policy.witnesses.contains(where: { $0.memberID == member }) else { return }
            guard policy.witnesses.count < Limits.witnesses else { throw Refusal(.tooLarge) }
            let name = WitnessName(self.origin(.keys).host, member: member)
            policy.witnesses.append(
                Witness(
                    name: ByteText(name.text),
                    publicKey: key,
                    memberID: member,
                    votes: 1
                )
            )
        }
    }

    /// Takes a witness off the policy.
    package func removeWitness(_ member: MemberID) async throws(ExchangeFault) {
        try await changePolicy { policy, _ throws(Refusal) in
            guard policy.witnesses.contains(where: { $0.memberID == member }) else {
                throw Refusal(.notFound)
            }
            policy.witnesses.removeAll { $0.memberID == member }
        }
    }

    private func changePolicy(
        _ change: @escaping @Sendable (inout Policy, DirectoryView) throws(Refusal) -> Void
    ) async throws(ExchangeFault) {
        try await operate { writer async throws(Refusal) in
            guard let before = writer.view.policy else { throw Refusal(.internalFailure) }
            var policy = before.successor(from: writer.moment.now)
            try change(&policy, writer.view)
            guard policy.witnesses.count != before.witnesses.count else { return }
            policy.quorum = Policy.quorum(ofVotes: policy.witnesses.reduce(0) { $0 + $1.votes })
            let signed = try await sign(policy, with: identity.registrar)
            try writer.believe(.statement(signed))
        }
        for kind in Self.witnessed {
            try await wrap(ExchangeFault.refused) { () async throws(Refusal) in
                try await followWitnesses(kind)
            }
        }
    }

    /// How far a witness has come with one tree.
    package struct WitnessReport: Sendable {
        package let witness: Witness
        package let tree: TreeKind
        /// Leaves of the newest checkpoint, and of the newest this witness has cosigned.
        package let size: UInt64
        package let cosigned: Cosigned?
        package let trouble: WitnessTrouble?
    }

    /// All witnesses with all trees, in the order of the policy.
    package func witnessReports() async throws(ExchangeFault) -> [WitnessReport] {
        var reports: [WitnessReport] = []
        for witness in view.policy?.witnesses ?? [] {
            for kind in Self.witnessed {
                let origin = origin(kind)
                let (size, cosigned) = try await wrap(ExchangeFault.store) {
                    () async throws(StoreError) in
                    try await store.audit { log throws(StoreError) in
                        (
                            try log.checkpoint(of: origin)?.checkpoint.head.size ?? 0,
                            try log.lastCosigned(origin, by: witness.name)
                        )
                    }
                }
                reports.append(
                    WitnessReport(
                        witness: witness,
                        tree: kind,
                        size: size,
                        cosigned: cosigned,
                        trouble: witness.memberID.flatMap { trouble(of: $0, kind) }
                    )
                )
            }
        }
        return reports
    }

    /// Leaves of the newest checkpoint of a tree that has a quorum.
    package func witnessedSize(_ kind: TreeKind) async throws(ExchangeFault) -> UInt64 {
        try await wrap(ExchangeFault.refused) { () async throws(Refusal) in
            try await witnessedCheckpoint(kind)?.head.size ?? 0
        }
    }
}

/// What a witness last said instead of a cosignature.
package enum WitnessTrouble: Hashable, Sendable {
    /// It has seen the tree as far as this. Where that is beyond its end, the tree was cut.
    case asksFrom(UInt64)
    /// It has seen another tree.
    case refuses(WitnessFault)
}
