package import Consent
package import Cryptography
package import Delivery
package import Primitives

/// Makes layer 2 of a message: the one place where a sheet is signed, and only on a `Permit`.
package struct Signer: Sendable {
    private let store: any KeyStore
    private let key: KeyHandle
    private let certificate: Certificate
    private let issuing: Certificate

    package init(
        store: any KeyStore,
        key: KeyHandle,
        certificate: Certificate,
        issuing: Certificate
    ) {
        self.store = store
        self.key = key
        self.certificate = certificate
        self.issuing = issuing
    }

    /// What surrounds the sheet in its message.
    package struct Frame: Sendable {
        package let messageID: MessageID
        package let from: MemberID
        package let life: (from: Timestamp, until: Timestamp)
        package let inReplyTo: Manifest.MessageReference?
        package let replaces: Manifest.Replacement?
        package let desks: [Manifest.DeskAddress]
        package let pairs: [Manifest.PairLink]
        package let product: Manifest.Product

        package init(
            messageID: MessageID,
            from: MemberID,
            life: (from: Timestamp, until: Timestamp),
            inReplyTo: Manifest.MessageReference?,
            replaces: Manifest.Replacement? = nil,
            desks: [Manifest.DeskAddress] = [],
            pairs: [Manifest.PairLink],
            product: Manifest.Product
        ) {
            self.messageID = messageID
            self.from = from
            self.life = life
            self.inReplyTo = inReplyTo
            self.replaces = replaces
            self.desks = desks
            self.pairs = pairs
            self.product = product
        }
    }

    /// Signs the permitted sheet with its attachments.
    ///
    /// - Parameters:
    ///   - permit: holds the sheet and the recipients' keys.
    ///   - frame: ids, life and place of the message in its chains.
    ///   - attachments: bytes in the order of the sheet's `attachments`.
    ///   - random: for the chunk key.
    /// - Throws: `SealError`.
    package func sign(
        _ permit: Permit,
        _ frame: Frame,
        attachments: [[UInt8]],
        random: some RandomSource
    ) async throws(SealError) -> SignedSheet {
        guard certificate.notAfter > frame.life.until else { throw .certificateEnding }
        let routing = Routing(
            messageID: frame.messageID,
            from: frame.from,
            to: permit.recipients.map {
                Addressee(memberID: $0.membership.memberID, keyID: $0.certificate.keyID)
            },
            createdAt: frame.life.from,
            expiresAt: frame.life.until,
            urgency: permit.sheet.urgency.transport
        )
        let parts = try ContentParts(permit.sheet, attachments: attachments, random: random)
        let manifest = Manifest(permit.sheet, frame, parts)
        let archive = ContentArchive(
            files: [
                ContentArchive.File(name: "manifest.json", bytes: manifest.bytes),
                ContentArchive.File(name: "routing.json", bytes: routing.bytes),
            ] + parts.inline
        )
        let content = archive.encoded(padding: Padding.sheet)
        guard content.count <= Limits.contentBytes, manifest.bytes.count <= Limits.manifestBytes,
            routing.bytes.count <= Limits.routingBytes
        else { throw .tooLarge }
        let signed = try await wrap(SealError.keyStore) { () async throws(KeyStoreError) in
            try await SignedData.make(
                content: content,
                binding: routing.sha256,
                signer: certificate,
                issuing: issuing,
                at: frame.life.from
            ) { digest async throws(KeyStoreError) in
                try await store.sign(key, digest: digest)
            }
        }
        return SignedSheet(
            routing: routing,
            content: signed,
            contentSha256: SHA256.hash(content),
            chunks: parts.sealedChunks,
            recipients: permit.recipients.map(\.certificate)
        )
    }
}

/// SignedData over the content, bound to its routing header.
package struct SignedSheet: Sendable {
    package let routing: Routing
    /// SHA-256 of `content.tar`, which the *delivered* receipt names.
    package let contentSha256: Digest
    private let content: SignedData
    private let chunks: [[UInt8]]
    private let recipients: [Certificate]

    init(
        routing: Routing,
        content: SignedData,
        contentSha256: Digest,
        chunks: [[UInt8]],
        recipients: [Certificate]
    ) {
        self.routing = routing
        self.content = content
        self.contentSha256 = contentSha256
        self.chunks = chunks
        self.recipients = recipients
    }

    /// Layer 3. Content key and nonce are fresh, so the result must be stored before it is sent.
    package func sealed() throws(SealError) -> SealedEnvelope {
        let bytes = try wrap(SealError.library) { () throws(CryptographyError) in
            try AuthEnvelopedData.seal(content.der, to: recipients)
        }
        guard bytes.count <= Limits.sealedBytes else { throw .tooLarge }
        return SealedEnvelope(routing: routing, bytes: bytes, chunks: chunks)
    }
}

/// AuthEnvelopedData for exactly the recipients of its routing header, with its sealed chunks.
package struct SealedEnvelope: Sendable {
    package let routing: Routing
    package let bytes: [UInt8]
    package let chunks: [[UInt8]]

    /// What the submission must name.
    package var chunkList: [SealedChunk] {
        chunks.map { SealedChunk(sealedSha256: SHA256.hash($0), sealedLength: $0.count) }
    }
}
