package import Cryptography
package import Directory
package import Primitives

/// What the sender offers: exactly these sealed bytes on this route.
///
/// Source: `envelope.md` 2.6.
package struct SubmissionStatement: StatementBody {
    package static let type = StatementType.submission

    package let issuer: PartyID
    package let routingSha256: Digest
    package let sealedSha256: Digest
    package let sealedLength: Int
    package let chunks: [OfferedChunk]

    package init(routing: Routing, sealed: [UInt8], chunks: [OfferedChunk] = []) {
        issuer = PartyID(routing.from)
        routingSha256 = routing.sha256
        sealedSha256 = SHA256.hash(sealed)
        sealedLength = sealed.count
        self.chunks = chunks
    }

    package init(issuer: PartyID, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.issuer = issuer
        routingSha256 = try reader.digest("routingSha256")
        sealedSha256 = try reader.digest("sealedSha256")
        sealedLength = try reader.count("sealedLength")
        chunks = try reader.records("chunks")
        guard chunks.count <= Limits.chunks else { throw reader.refusal(.tooLarge, "chunks") }
    }

    package var members: JSONObject {
        [
            "routingSha256": .hash(routingSha256),
            "sealedSha256": .hash(sealedSha256),
            "sealedLength": .count(sealedLength),
            "chunks": .records(chunks),
        ]
    }
}

/// One sealed chunk of a large attachment, as the submission names it.
package struct OfferedChunk: Record, Hashable {
    package let sealedSha256: Digest
    /// 1...`Limits.chunkSealedBytes`.
    package let sealedLength: Int

    package init(sealedSha256: Digest, sealedLength: Int) {
        self.sealedSha256 = sealedSha256
        self.sealedLength = sealedLength
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        sealedSha256 = try reader.digest("sealedSha256")
        sealedLength = try reader.count("sealedLength")
        guard (1...Limits.chunkSealedBytes).contains(sealedLength) else {
            throw reader.refusal(.tooLarge, "sealedLength")
        }
    }

    package var json: JSON {
        ["sealedSha256": .hash(sealedSha256), "sealedLength": .count(sealedLength)]
    }
}

/// A message as it travels: header, the sender's signed offer, sealed bytes, all three agreeing.
///
/// The signature of `statement` is **not** checked yet; `DirectoryView.verify` does that.
package struct Submission: Sendable {
    package let routing: Routing
    package let statement: SignedStatement
    package let body: SubmissionStatement
    package let sealed: [UInt8]

    /// - Throws: `wrongSigner` when another than the sender offers it, `hashDiffers` when header or
    ///   sealed bytes are not those that are offered.
    package init(
        routing: Routing,
        submission: SignedStatement,
        sealed: [UInt8]
    ) throws(StatementRefusal) {
        let body = try submission.body(as: SubmissionStatement.self)
        guard body.issuer == PartyID(routing.from) else { throw .wrongSigner }
        guard sealed.count <= Limits.sealedBytes else { throw .tooLarge }
        guard body.routingSha256 == routing.sha256, body.sealedLength == sealed.count,
            body.sealedSha256 == SHA256.hash(sealed)
        else { throw .hashDiffers }
        self.init(routing: routing, statement: submission, body: body, sealed: sealed)
    }

    /// Signs the sender's offer. `sealed` must be what is stored and sent from now on: sealed anew
    /// it would be other bytes.
    package static func sign(
        _ sealed: [UInt8],
        on routing: Routing,
        chunks: [OfferedChunk] = [],
        by signer: StatementSigner,
        at time: Timestamp
    ) async throws(KeyStoreError) -> Submission {
        let body = SubmissionStatement(routing: routing, sealed: sealed, chunks: chunks)
        let statement = try await signer.sign(body, at: time)
        return Submission(routing: routing, statement: statement, body: body, sealed: sealed)
    }

    package var key: MessageKey { routing.key }

    private init(
        routing: Routing,
        statement: SignedStatement,
        body: SubmissionStatement,
        sealed: [UInt8]
    ) {
        self.routing = routing
        self.statement = statement
        self.body = body
        self.sealed = sealed
    }

    /// Whether `other` is a repeat: the same header, sealed bytes and chunks. The signature may be
    /// another (`exchange-api.md` 4.1).
    package func hasSameBytes(as other: SubmissionStatement) -> Bool {
        body.routingSha256 == other.routingSha256 && body.sealedSha256 == other.sealedSha256
            && body.chunks == other.chunks
    }
}
