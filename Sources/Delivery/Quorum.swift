package import Audit
package import Directory
import Primitives

extension Policy {
    /// The votes of those witnesses of the policy whose cosignature below `checkpoint` holds.
    package func votes(below checkpoint: Checkpoint) -> Int {
        let lines = checkpoint.cosignatures
        return witnesses.filter { witness in
            lines.contains {
                $0.witness == witness.name && $0.holds(over: checkpoint, key: witness.publicKey)
            }
        }.reduce(0) { $0 + $1.votes }
    }

    /// Whether enough witnesses have seen the head; always true while the policy names none.
    package func hasQuorum(below checkpoint: Checkpoint) -> Bool {
        votes(below: checkpoint) >= quorum
    }

    /// How many of `votes` are needed: more than half, but one alone decides while there are at
    /// most two, so that a young exchange is not stopped by one computer that is off.
    package static func quorum(ofVotes votes: Int) -> Int {
        votes < 3 ? min(votes, 1) : votes / 2 + 1
    }
}
