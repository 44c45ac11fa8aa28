package import Cryptography
package import Primitives

/// What a log asks a witness to cosign: the body of `add-checkpoint` (C2SP tlog-witness).
package struct WitnessRequest: Hashable, Sendable {
    /// The size the witness is thought to have seen; 0 at first.
    package let oldSize: UInt64
    /// That the new head continues the old one (RFC 6962 2.1.2).
    package let proof: [Digest]
    package let checkpoint: Checkpoint

    package static let maximumBytes = SignedNote.maximumBytes + 4 * 1024

    package init(oldSize: UInt64, proof: [Digest], checkpoint: Checkpoint) {
        self.oldSize = oldSize
        self.proof = proof
        self.checkpoint = checkpoint
    }

    /// Reads the body strictly. Nothing is verified yet.
    package init(reading bytes: [UInt8]) throws(AuditRefusal) {
        let refusal = AuditRefusal.malformed(DecodingRefusal(.badForm, at: "add-checkpoint"))
        guard bytes.count <= WitnessRequest.maximumBytes else {
            throw .malformed(DecodingRefusal(.tooLarge))
        }
        guard let (lines, note) = bytes.headAndNote,
            lines.count <= 1 + TlogProof.maximumHashes, let first = lines.first,
            first.hasPrefix("old "), let size = Checkpoint.count(String(first.dropFirst(4))),
            let proof = TlogProof.hashes(lines.dropFirst())
        else { throw refusal }
        self.init(
            oldSize: size,
            proof: proof,
            checkpoint: try Checkpoint(reading: note)
        )
    }

    /// The body, byte for byte as it is read.
    package var bytes: [UInt8] {
        let lines = ["old \(oldSize)"] + proof.map { Base64.encode($0.bytes, .standard) }
        return lines.joined(separator: "\n").bytes + [newline, newline] + checkpoint.note
    }
}

/// The newest head of a log that a witness has cosigned: it will never cosign one that contradicts
/// it.
package struct WitnessedHead: Hashable, Sendable {
    package let checkpoint: Checkpoint

    package init(_ checkpoint: Checkpoint) { self.checkpoint = checkpoint }

    package var origin: TreeOrigin { checkpoint.origin }
    package var head: TreeHead { checkpoint.head }
}

/// Why a witness does not cosign; each of them is an alarm.
package enum WitnessFault: String, CaseIterable, Sendable {
    /// Not the log's key.
    case badSignature
    /// Another tree than the one that was cosigned: the log was forked or rewritten.
    case forked
}

/// What a witness answers.
package enum WitnessVerdict: Hashable, Sendable {
    case cosigns
    /// Asked from another size than the one cosigned last, or of a tree that has gone on under
    /// another name: to be asked again from this head.
    case conflict(WitnessedHead?)
    case refuses(WitnessFault)

    /// The rules of C2SP tlog-witness, over what was cosigned before; `key` is the log's. `known`
    /// is the newest of its trees that this one is, goes on from, or has gone on to: the one a
    /// recovery leaves behind is never cosigned again.
    package static func judge(
        _ request: WitnessRequest,
        after known: WitnessedHead?,
        key: NotePublicKey
    ) -> WitnessVerdict {
        let new = request.checkpoint.head
        do throws(AuditRefusal) { try request.checkpoint.verify(key: key) } catch {
            return .refuses(.badSignature)
        }
        if let known, known.origin.isNewer(than: request.checkpoint.origin) {
            return .conflict(known)
        }
        let same = known.flatMap { $0.origin == request.checkpoint.origin ? $0 : nil }
        let old = same?.head ?? .empty
        // One size, two roots: there is no proof to be asked for.
        if new.size == old.size, new.root != old.root { return .refuses(.forked) }
        guard request.oldSize == old.size, new.size >= old.size else {
            return .conflict(same)
        }
        return Merkle.verifyConsistency(from: old, to: new, proof: request.proof)
            ? .cosigns : .refuses(.forked)
    }
}
