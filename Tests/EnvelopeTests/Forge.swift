import Audit
import Cryptography
import Delivery
import Directory
import Envelope
import Primitives
import TestKit

/// Makes messages as our own gateway never would: each step may be replaced.
struct Forge {
    typealias Edit = @Sendable ([UInt8]) throws -> [UInt8]

    let messages: Messages
    var sender = World.Place.careOffice
    /// In the place of the sender's own.
    var senderID: MemberID?
    var to: [Addressee]
    var sheet: JSON
    /// With true, the attachment travels in one chunk.
    var attachments: [(bytes: [UInt8], isChunked: Bool)] = []
    /// When the message is made; it is accepted `acceptedAfter` later.
    var createdAt: Timestamp
    var acceptedAfter = Duration.seconds(1)
    var messageSeed: UInt64 = 7

    // What is done to the message on its way.
    var routing: (inout JSONObject) -> Void = { _ in }
    var routingBytes: Edit = { $0 }
    var manifest: (inout JSONObject) -> Void = { _ in }
    /// Files between manifest and padding.
    var files: ([ContentArchive.File]) -> [ContentArchive.File] = { $0 }
    var archive: Edit = { $0 }
    /// Signs layer 2, in the place of the sender.
    var signer: StatementSigner.Key?
    /// In the place of the hash of the routing header; nil inside for no binding at all.
    var binding: Digest??
    /// Layer 2, DER.
    var content: Edit = { $0 }
    /// Sealed to them, in the place of those in the routing header.
    var recipients: [Certificate]?
    var outsiders: [RSAPublicKey] = []
    /// Layer 3, DER.
    var sealed: Edit = { $0 }
    /// Makes layer 3 of layer 2, in the place of us.
    var seal: (Edit)?
    /// Signs the submission, in the place of the sender.
    var offerer: StatementSigner.Key?
    var submission: Edit = { $0 }
    /// What the submission says, beside what it should.
    var offer: (inout JSONObject) -> Void = { _ in }
    /// What the exchange's receipt says, beside what it should.
    var acceptance: (inout JSONObject) -> Void = { _ in }
    /// The sealed chunks as the exchange hands them out.
    var delivered: ([[UInt8]]) -> [[UInt8]] = { $0 }

    var world: World { messages.world }
    private var from: MemberID { senderID ?? world.member(sender).id }

    init(_ messages: Messages) throws {
        self.messages = messages
        to = [messages.world.member(.clinic).addressee]
        sheet = try messages.json()
        createdAt = messages.world.start
    }

    /// A message whose content is cut to a few bytes: for what fails before the content is read.
    static func small(_ messages: Messages) throws -> Forge {
        var forge = try Forge(messages)
        forge.archive = { _ in "content".bytes }
        return forge
    }

    func make() async throws -> Forged {
        let sender = world.member(sender)
        let routing = try routingHeader()
        let (plain, chunks) = try contentArchive(routing)
        let key = signer ?? StatementSigner.Key(sender)
        let content = try await self.content(
            key.sign(plain, binding: binding ?? SHA256.hash(routing), at: createdAt)
        )
        let certificates =
            recipients
            ?? World.Place.allCases.map { world.member($0).encryption.certificate }
            .filter { certificate in to.contains { $0.keyID == certificate.keyID } }
        let sealed = try self.sealed(
            try seal?(content)
                ?? AuthEnvelopedData.seal(content, to: certificates, outsiders: outsiders)
        )
        let submission = try await submission(
            offering(routing, sealed, chunks, by: offerer ?? StatementSigner.Key(sender))
        )
        return Forged(
            routing: routing,
            submission: submission,
            sealed: sealed,
            accepted: try await accepted(routing, submission, sealed),
            chunks: delivered(chunks),
            content: content
        )
    }

    // MARK: Parts

    private func routingHeader() throws -> [UInt8] {
        let random = SeededRandom(seed: messageSeed)
        var header: JSONObject = [
            "version": 1,
            "suite": "renkei-2026-1",
            "from": .name(from),
            "messageId": .name(MessageID.make(at: createdAt, random)),
            "to": .records(to.sorted { $0.memberID < $1.memberID }),
            "createdAt": .time(createdAt),
            "expiresAt": .time(createdAt.adding(.days(3))),
            "urgency": sheet["urgency"]?.string == "routine" ? "routine" : "urgent",
        ]
        routing(&header)
        return try routingBytes(JSON.object(header).canonicalBytes)
    }

    private func contentArchive(_ routing: [UInt8]) throws -> ([UInt8], [[UInt8]]) {
        var parts = [Self.part("sheet.json", "sheet", "application/json", sheet.canonicalBytes)]
        var files = [ContentArchive.File(name: "sheet.json", bytes: sheet.canonicalBytes)]
        var rows: [JSON] = []
        var chunks: [[UInt8]] = []
        let key = [UInt8](repeating: 5, count: 32)
        for (index, attachment) in attachments.enumerated() {
            let name = "attachment-\(index + 1)"
            var part = Self.part(name, "attachment", "application/pdf", attachment.bytes)
            if attachment.isChunked {
                part["chunked"] = true
                let sealed = Self.chunk(attachment.bytes, key)
                rows.append(Self.row(name, attachment.bytes, sealed))
                chunks.append(sealed)
            } else {
                files.append(ContentArchive.File(name: name, bytes: attachment.bytes))
            }
            parts.append(part)
        }
        var manifest: JSONObject = [
            "version": 1,
            "threadId": sheet["threadId"],
            "sheetType": sheet["sheetType"],
            "schemaVersion": sheet["schemaVersion"],
            "pairs": .array(to.map { ["memberId": .name($0.memberID), "sequence": 5] }),
            "parts": .array(parts.map { .object($0) }),
            "chunks": rows.isEmpty ? nil : .array(rows),
            "chunkKey": rows.isEmpty ? nil : Self.chunkKey(key),
            "sender": [
                "product": "Other", "productVersion": "2", "supportTelephone": "06-0000-0002",
            ],
        ]
        self.manifest(&manifest)
        let all = self.files(
            [
                ContentArchive.File(
                    name: "manifest.json",
                    bytes: JSON.object(manifest).canonicalBytes
                ), ContentArchive.File(name: "routing.json", bytes: routing),
            ] + files
        )
        return (try archive(ContentArchive(files: all).encoded(padding: Padding.sheet)), chunks)
    }

    private func offering(
        _ routing: [UInt8],
        _ sealed: [UInt8],
        _ chunks: [[UInt8]],
        by key: StatementSigner.Key
    ) async throws -> [UInt8] {
        var offer: JSONObject = [
            "type": "submission",
            "version": 1,
            "issuer": .name(from),
            "routingSha256": .hash(SHA256.hash(routing)),
            "sealedSha256": .hash(SHA256.hash(sealed)),
            "sealedLength": .count(sealed.count),
            "chunks": .array(
                chunks.map {
                    ["sealedSha256": .hash(SHA256.hash($0)), "sealedLength": .count($0.count)]
                }
            ),
        ]
        self.offer(&offer)
        let content = JSON.object(offer).canonicalBytes
        return try await key.sign(content, binding: nil, at: createdAt)
    }

    /// What an exchange says that looks at nothing.
    private func accepted(
        _ routing: [UInt8],
        _ submission: [UInt8],
        _ sealed: [UInt8]
    ) async throws -> [UInt8] {
        let acceptedAt = createdAt.adding(acceptedAfter)
        let json = try? JSON(reading: routing)
        var receipt: JSONObject = [
            "type": "accepted",
            "version": 1,
            "issuer": .name(world.exchange.id),
            "messageId": json?["messageId"]
                ?? .name(MessageID.make(at: createdAt, SeededRandom(seed: messageSeed))),
            "from": .name(from),
            "routingSha256": .hash(SHA256.hash(routing)),
            "submissionSha256": .hash(SHA256.hash(submission)),
            "sealedSha256": .hash(SHA256.hash(sealed)),
            "sealedLength": .count(sealed.count),
            "acceptedAt": .time(acceptedAt),
            "expiresAt": .time(createdAt.adding(.days(3))),
            "logOrigin": .string(world.exchange.transportOrigin.text),
        ]
        acceptance(&receipt)
        return try await StatementSigner.Key(world.exchange)
            .sign(JSON.object(receipt).canonicalBytes, binding: nil, at: acceptedAt)
    }

    private static func part(
        _ name: String,
        _ kind: String,
        _ mediaType: String,
        _ bytes: [UInt8]
    ) -> JSONObject {
        [
            "name": .string(name), "kind": .string(kind), "mediaType": .string(mediaType),
            "byteLength": .count(bytes.count), "sha256": .hash(SHA256.hash(bytes)),
        ]
    }

    private static let chunkID = [UInt8](repeating: 9, count: 16)

    private static func chunkKey(_ key: [UInt8]) -> JSON {
        ["id": .string(Hex.encode(chunkID)), "key": .bytes(key)]
    }

    static func chunk(_ plain: [UInt8], _ key: [UInt8]) -> [UInt8] {
        let padding = [UInt8](repeating: 0, count: Padding.sheet(plain.count) - plain.count)
        return SealedChunk.seal(
            plain + padding,
            key: SecretBytes(copying: key),
            keyID: chunkID
        )
    }

    private static func row(_ name: String, _ plain: [UInt8], _ sealed: [UInt8]) -> JSON {
        [
            "part": .string(name), "index": 0, "byteLength": .count(plain.count),
            "plaintextSha256": .hash(SHA256.hash(plain)), "sealedLength": .count(sealed.count),
            "sealedSha256": .hash(SHA256.hash(sealed)),
        ]
    }
}

/// What came out of a forge.
struct Forged: Sendable {
    var routing: [UInt8]
    var submission: [UInt8]
    var sealed: [UInt8]
    var accepted: [UInt8]
    var chunks: [[UInt8]]
    /// Layer 2.
    let content: [UInt8]

    var bytes: Arrival.Bytes {
        Arrival.Bytes(
            routing: routing,
            submission: submission,
            sealed: sealed,
            accepted: accepted
        )
    }
}

extension StatementSigner {
    /// A key that signs whatever it is given, under the certificates it is given.
    struct Key {
        let store: MemoryKeyStore
        let handle: KeyHandle
        let identity: SigningIdentity

        init(_ store: MemoryKeyStore, _ handle: KeyHandle, _ identity: SigningIdentity) {
            self.store = store
            self.handle = handle
            self.identity = identity
        }

        init(_ member: WorldMember) {
            self.init(member.store, member.signing.key, member.signer.identity)
        }

        init(_ exchange: WorldExchange) throws {
            let label = exchange.receipts.certificate.role?.rawValue.lowercased() ?? ""
            self.init(
                exchange.store,
                try required(exchange.store.handle(labelled: label)),
                exchange.receipts.identity
            )
        }

        func sign(
            _ content: [UInt8],
            binding: Digest?,
            at time: Timestamp
        ) async throws -> [UInt8] {
            try await SignedData.make(
                content: content,
                binding: binding,
                identity: identity,
                at: time
            ) { (digest) async throws(KeyStoreError) in
                try await store.sign(handle, digest: digest)
            }.der
        }
    }
}
