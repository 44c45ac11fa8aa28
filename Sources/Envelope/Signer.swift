package import Consent
package import Cryptography
package import Delivery
package import Directory
package import Primitives
package import Sheets

/// Makes layer 2 of a message: the one place where a sheet is signed, and only on a `Permit`.
package struct Signer: Sendable {
    private let store: any KeyStore
    private let key: KeyHandle
    private let identity: SigningIdentity

    /// `identity` is the certificate of `key`, with the authority that signed it.
    package init(store: any KeyStore, key: KeyHandle, identity: SigningIdentity) {
        self.store = store
        self.key = key
        self.identity = identity
    }

    /// What surrounds the sheet in its message.
    package struct Frame: Sendable {
        package let key: MessageKey
        package let life: MessageLife
        package let pairs: [Manifest.PairLink]
        package let product: Manifest.Product
        package var inReplyTo: MessageKey?
        package var replaces: Manifest.Replacement?
        package var desks: [Manifest.DeskAddress] = []
        package var seenCheckpoints: [String] = []

        /// `pairs` has one entry for each recipient of the permit.
        package init(
            key: MessageKey,
            life: MessageLife,
            pairs: [Manifest.PairLink],
            product: Manifest.Product
        ) {
            self.key = key
            self.life = life
            self.pairs = pairs
            self.product = product
        }
    }

    /// Signs the permitted sheet with its attachments, which are in the order of the sheet's list.
    ///
    /// - Throws: `SealError`.
    package func sign(
        _ permit: Permit,
        _ frame: Frame,
        attachments: PackedAttachments
    ) async throws(SealError) -> SignedSheet {
        precondition(
            Set(frame.pairs.map(\.member)) == Set(permit.recipients.map(\.membership.memberID)),
            "every recipient has its place in a chain"
        )
        guard identity.certificate.notAfter >= frame.life.expiresAt else {
            throw .certificateEnding
        }
        let routing = try wrap(SealError.routing) { () throws(DecodingRefusal) in
            try Routing.make(frame.key, to: permit.addressees, life: frame.life)
        }
        let parts = try ContentParts(permit.sheet, attachments)
        let manifest = Manifest(permit.sheet, frame, parts).bytes
        let archive = ContentArchive(
            files: [
                ContentArchive.File(name: "manifest.json", bytes: manifest),
                ContentArchive.File(name: "routing.json", bytes: routing.bytes),
            ] + parts.inline
        )
        let content = archive.encoded(padding: Padding.sheet)
        guard content.count <= Limits.contentBytes, manifest.count <= Limits.manifestBytes else {
            throw .tooLarge
        }
        return SignedSheet(
            routing: routing,
            content: try await sign(content, binding: routing.sha256, at: frame.life.createdAt),
            chunks: parts.chunks.map(\.sealed),
            recipients: permit.recipients.map(\.certificate)
        )
    }

    func sign(
        _ content: [UInt8],
        binding: Digest,
        at time: Timestamp
    ) async throws(SealError) -> SignedData {
        try await wrap(SealError.keyStore) { () async throws(KeyStoreError) in
            try await SignedData.make(
                content: content,
                binding: binding,
                identity: identity,
                at: time
            ) { (digest) async throws(KeyStoreError) in
                try await store.sign(key, digest: digest)
            }
        }
    }
}

/// SignedData over the content, bound to its routing header.
package struct SignedSheet: Sendable, CustomStringConvertible {
    package let routing: Routing
    private let content: SignedData
    private let chunks: [OfferedChunk]
    private let recipients: [Certificate]

    init(
        routing: Routing,
        content: SignedData,
        chunks: [OfferedChunk],
        recipients: [Certificate]
    ) {
        self.routing = routing
        self.content = content
        self.chunks = chunks
        self.recipients = recipients
    }

    package var description: String { "SignedSheet" }

    /// SHA-256 of `content.tar`, which the *delivered* receipt names.
    package var contentSha256: Digest { SHA256.hash(content.content) }

    /// Layer 2 as it is sealed; the sender keeps it for its evidence.
    package var contentDER: [UInt8] { content.der }

    /// Layer 3. Content key and nonce are fresh, so the result must be stored before it is sent.
    package func sealed() throws(SealError) -> SealedEnvelope {
        let bytes = try wrap(SealError.library) { () throws(CryptographyError) in
            try AuthEnvelopedData.seal(content.der, to: recipients)
        }
        guard bytes.count <= Limits.sealedBytes else { throw .tooLarge }
        return SealedEnvelope(routing: routing, bytes: bytes, chunks: chunks)
    }
}

/// AuthEnvelopedData for exactly the recipients of its routing header.
package struct SealedEnvelope: Sendable {
    package let routing: Routing
    package let bytes: [UInt8]
    /// What the submission must name; they were sealed before.
    package let chunks: [OfferedChunk]
}

extension SheetUrgency {
    /// What the routing header says of it.
    package var transport: Urgency {
        switch self {
        case .emergency: .emergency
        case .sameDay, .soon: .urgent
        case .routine: .routine
        }
    }
}

extension Permit {
    fileprivate var addressees: [Addressee] {
        recipients.map {
            Addressee(memberID: $0.membership.memberID, keyID: $0.certificate.keyID)
        }
    }
}

extension Manifest {
    fileprivate init(_ sheet: Sheet, _ frame: Signer.Frame, _ parts: ContentParts) {
        self.init(
            of: (sheet.threadID, sheet.type, sheet.schemaVersion),
            pairs: frame.pairs,
            parts: parts.parts,
            sender: frame.product
        )
        inReplyTo = frame.inReplyTo
        replaces = frame.replaces
        toDesks = frame.desks
        seenCheckpoints = frame.seenCheckpoints
        chunks = parts.chunks
        chunkKey = parts.chunkKey
        replyDueAt = sheet.replyDueOn.map(Manifest.endOfDayInJapan)
    }

    /// 23:59:59 JST.
    private static func endOfDayInJapan(_ day: Day) -> Timestamp {
        Timestamp(startOfDayInJapan: day.adding(days: 1)).adding(.seconds(-1))
    }
}
