package import Cryptography
import Directory
package import Primitives

/// Proofs of one issuer's receipts for one other party, sealed to it: a member's leaf names a role
/// and a purpose, which the exchange must not learn (`envelope.md` 3.3).
package struct ProofsBundle: Sendable {
    package let issuer: PartyID
    package let proofs: [ProvedStatement]

    /// As many bundles as the limit of their sealed bytes demands.
    package static func bundles(_ proofs: [ProvedStatement], of issuer: PartyID) -> [ProofsBundle] {
        var bundles: [ProofsBundle] = []
        var current: [ProvedStatement] = []
        var count = 0
        for proof in proofs {
            let size = proof.json.canonicalBytes.count + 1
            if count + size > contentBytes, !current.isEmpty {
                bundles.append(ProofsBundle(issuer: issuer, proofs: current))
                current = []
                count = 0
            }
            current.append(proof)
            count += size
        }
        if !current.isEmpty { bundles.append(ProofsBundle(issuer: issuer, proofs: current)) }
        return bundles
    }

    package func sealed(to recipient: Certificate) throws(CryptographyError) -> [UInt8] {
        try AuthEnvelopedData.seal(json.canonicalBytes, to: [recipient])
    }

    /// Opens a bundle. Each proof is still to be verified with its receipt: the checkpoint is
    /// signed, the bundle is not.
    package static func open(
        _ sealed: [UInt8],
        with key: KeyHandle,
        in store: any KeyStore
    ) async throws(SealedRefusal) -> ProofsBundle {
        let json = try await SealedNote.open(
            sealed,
            limit: Limits.sealedProofsBytes,
            with: key,
            in: store
        )
        return try wrap(SealedRefusal.malformed) { () throws(DecodingRefusal) in
            try ProofsBundle(json: json)
        }
    }

    package var json: JSON {
        [
            "type": .string(ProofsBundle.type),
            "version": 1,
            "issuer": .name(issuer),
            "proofs": .records(proofs),
        ]
    }

    package init(json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        try reader.version()
        guard try reader.text("type").hasSameBytes(as: ProofsBundle.type) else {
            throw reader.refusal(.badForm, "type")
        }
        issuer = try reader.identifier("issuer")
        proofs = try reader.records("proofs")
        try reader.finish()
    }

    private init(issuer: PartyID, proofs: [ProvedStatement]) {
        self.issuer = issuer
        self.proofs = proofs
    }

    private static let type = "proofs"
    /// The envelope of one recipient takes less than 1 KiB, the members beside the proofs too.
    private static let contentBytes = Limits.sealedProofsBytes - 2 * 1024
}

/// The proof of the statement with this hash.
package struct ProvedStatement: Record, Hashable {
    package let statementSha256: Digest
    package let proof: ReceiptProof

    package init(_ statementSha256: Digest, _ proof: ReceiptProof) {
        self.statementSha256 = statementSha256
        self.proof = proof
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        statementSha256 = try reader.digest("statementSha256")
        proof = ReceiptProof(
            leaf: try reader.bytes("leaf"),
            tlogProof: try reader.bytes("tlogProof")
        )
    }

    package var json: JSON {
        [
            "statementSha256": .hash(statementSha256),
            "leaf": .bytes(proof.leaf),
            "tlogProof": .bytes(proof.tlogProof),
        ]
    }
}
