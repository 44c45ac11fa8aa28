import Cryptography
import Primitives

/// Processor time of sealing and opening one message (layers 2 and 3, one recipient) beside the
/// bare primitives it cannot do without, measured in turn in one run: the ratio is the result, not
/// the machine.
struct SealBench {
    struct Figures {
        /// Microseconds of processor time per message, median of the rounds.
        let seal: Double
        let sealFloor: Double
        let open: Double
        let openFloor: Double

        var sealRatio: Double { seal / sealFloor }
        var openRatio: Double { open / openFloor }
    }

    static let contentBytes = 20 * 1024
    private static let rounds = 15
    private static let perRound = 100

    private let material: BenchMaterial

    init() async throws { material = try await BenchMaterial.make() }

    func run(_ console: Console) async throws -> Figures {
        let content = SystemRandom().bytes(Self.contentBytes)
        var seal: [Double] = []
        var sealFloor: [Double] = []
        var open: [Double] = []
        var openFloor: [Double] = []
        for round in 0..<Self.rounds {
            console.progress(
                Phrase(ja: "封緘 \(round + 1)/\(Self.rounds)", en: "seal \(round + 1)/\(Self.rounds)")
            )
            // Each is opened once: a signature that is known to be good is not verified again.
            var envelopes: [[UInt8]] = []
            var bares: [BareEnvelope] = []
            seal.append(
                try await Self.timed { _ in envelopes.append(try await self.seal(content)) }
            )
            sealFloor.append(
                try await Self.timed { _ in
                    bares.append(try await BareEnvelope.make(content, self.material))
                }
            )
            open.append(try await Self.timed { try await self.open(envelopes[$0], content) })
            openFloor.append(try await Self.timed { try await bares[$0].open(self.material) })
        }
        console.endProgress()
        return Figures(
            seal: Self.median(seal),
            sealFloor: Self.median(sealFloor),
            open: Self.median(open),
            openFloor: Self.median(openFloor)
        )
    }

    private func seal(_ content: [UInt8]) async throws -> [UInt8] {
        let signed = try await SignedData.make(
            content: content,
            binding: SHA256.hash(content),
            identity: material.identity,
            at: material.time
        ) { digest async throws(KeyStoreError) in
            try await material.keys.sign(material.signing, digest: digest)
        }
        return try AuthEnvelopedData.seal(signed.der, to: [material.recipient])
    }

    private func open(_ envelope: [UInt8], _ content: [UInt8]) async throws {
        let plain = try await AuthEnvelopedData(reading: envelope, limit: Limits.sealedBytes)
            .open(with: material.encryption, in: material.keys)
        let signed = try SignedData(reading: plain, limit: Limits.sealedBytes)
        try signed.verify(
            signer: material.identity.certificate,
            issuing: material.identity.issuing
        )
        precondition(signed.content == content, "what was sealed is what opens")
    }

    private static func timed(_ body: (Int) async throws -> Void) async throws -> Double {
        let start = ThisProcess.processorMicroseconds
        for number in 0..<perRound { try await body(number) }
        return (ThisProcess.processorMicroseconds - start) / Double(perRound)
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// Keys and certificates of a sender and a recipient, in memory.
struct BenchMaterial: Sendable {
    let keys: MemoryKeyStore
    let signing: KeyHandle
    let encryption: KeyHandle
    let identity: SigningIdentity
    let recipient: Certificate
    let time: Timestamp

    static func make() async throws -> BenchMaterial {
        let keys = MemoryKeyStore()
        let random = SystemRandom()
        let time = SystemTime().now
        let rootKey = try await keys.generate(.signing, label: "root")
        let root = try await CertificateAuthority.selfSigned(
            key: rootKey,
            store: keys,
            subject: DistinguishedName(organisation: "Bench", commonName: "Root"),
            serial: random.bytes(20),
            validity: Validity(of: .root, from: time)
        )
        let issuingKey = try await keys.generate(.signing, label: "issuing")
        let issuing = CertificateAuthority(
            certificate: try await root.issue(
                .memberIssuing,
                subject: DistinguishedName(organisation: "Bench", commonName: "Member CA 1"),
                point: try keys.point(issuingKey),
                serial: random.bytes(20),
                validity: Validity(of: .memberIssuing, from: time)
            ),
            key: issuingKey,
            store: keys
        )
        let member = DistinguishedName.member(.make(random))
        let signing = try await keys.generate(.signing, label: "signing")
        let encryption = try await keys.generate(.encryption, label: "encryption")
        let certificate = try await issuing.issue(
            .memberSigning,
            subject: member,
            point: try keys.point(signing),
            serial: random.bytes(20),
            validity: Validity(of: .memberSigning, from: time)
        )
        return BenchMaterial(
            keys: keys,
            signing: signing,
            encryption: encryption,
            identity: SigningIdentity(certificate: certificate, issuing: issuing.certificate),
            recipient: try await issuing.issue(
                .memberEncryption,
                subject: member,
                point: try keys.point(encryption),
                serial: random.bytes(20),
                validity: Validity(of: .memberEncryption, from: time)
            ),
            time: time
        )
    }
}

/// The primitives of one message and nothing else: two hashes and a signature, a key pair and an
/// agreement, a key wrap, and AES-256-GCM over the content; and what opening needs of them.
private struct BareEnvelope {
    let content: [UInt8]
    let signature: [UInt8]
    let ephemeral: [UInt8]
    let wrapped: [UInt8]
    let nonce: [UInt8]
    let cipher: [UInt8]
    let tag: [UInt8]

    static func make(_ content: [UInt8], _ material: BenchMaterial) async throws -> BareEnvelope {
        let digest = SHA256.hash(content)
        let signature = try await material.keys.sign(
            material.signing,
            digest: SHA256.hash(digest.bytes)
        )
        let sender = MemoryKeyStore()
        let key = try await sender.generate(.encryption, label: "ephemeral")
        let shared = try await sender.derive(
            key,
            point: try material.keys.publicPoint(material.encryption)
        )
        let contentKey = SecretBytes.random(AESGCM.keyBytes)
        let nonce = SystemRandom().bytes(AESGCM.nonceBytes)
        let (cipher, tag) = AESGCM.seal(content, key: contentKey, nonce: nonce, additional: [])
        return BareEnvelope(
            content: content,
            signature: signature,
            ephemeral: try sender.publicPoint(key),
            wrapped: KeyWrap.wrap(contentKey, with: kdf(shared)),
            nonce: nonce,
            cipher: cipher,
            tag: tag
        )
    }

    func open(_ material: BenchMaterial) async throws {
        let shared = try await material.keys.derive(material.encryption, point: ephemeral)
        let key = try KeyWrap.unwrap(wrapped, with: Self.kdf(shared))
        let plain = try AESGCM.open(cipher[...], tag: tag, key: key, nonce: nonce, additional: [])
        let digest = SHA256.hash(SHA256.hash(plain).bytes)
        let point = material.identity.certificate.point
        precondition(point.verify(signature, digest: digest), "a bare signature holds")
    }

    private static func kdf(_ shared: SecretBytes) -> SecretBytes {
        shared.withBytes { SecretBytes(copying: SHA256.hash($0).bytes) }
    }
}
