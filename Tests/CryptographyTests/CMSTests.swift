import Primitives
import Testing

@testable import Cryptography

struct SignedDataTests {
    private let content = "content".bytes
    private let binding = SHA256.hash("routing".bytes)

    @Test(arguments: [false, true])
    func `what is signed is read and verified`(isBound: Bool) async throws {
        let world = try await CertificateWorld.make()
        let identity = try await world.identity().identity
        let binding = isBound ? binding : nil
        let made = try await sign(world, binding: binding, identity: identity)
        let signed = try SignedData(reading: made.der, limit: made.der.count)
        try signed.verify(signer: identity.certificate, issuing: identity.issuing)
        #expect(signed.content == content)
        #expect(signed.binding == binding)
        #expect(signed.signingTime == CertificateWorld.now)
        #expect(signed.signerIssuer == identity.certificate.issuer)
        #expect(signed.signerSerial == identity.certificate.serial)
        #expect(Set(signed.certificates) == [identity.certificate, identity.issuing])
        #expect(signed.sha256 == SHA256.hash(made.der))
    }

    @Test func `the largest content and the empty one are signed`() async throws {
        let world = try await CertificateWorld.make()
        let identity = try await world.identity().identity
        for count in [0, Limits.contentBytes] {
            let content = [UInt8](repeating: 7, count: count)
            let made = try await sign(world, content: content, identity: identity)
            let signed = try SignedData(reading: made.der, limit: Limits.sealedBytes)
            try signed.verify(signer: identity.certificate)
            #expect(signed.content == content)
        }
    }

    @Test func `one byte over the limit is too large`() async throws {
        let der = try await sign(try await CertificateWorld.make()).der
        #expect(throws: CMSRefusal.tooLarge) {
            _ = try SignedData(reading: der, limit: der.count - 1)
        }
    }

    @Test func `another certificate is a wrong signer`() async throws {
        let world = try await CertificateWorld.make()
        let signed = try await sign(world)
        let renewed = try await world.certificate(.memberSigning).certificate
        let other = try await world.certificate(.memberSigning, of: CertificateWorld.otherMember)
        for certificate in [renewed, other.certificate, world.members.certificate] {
            #expect(throws: CMSRefusal.wrongSigner) { try signed.verify(signer: certificate) }
        }
    }

    @Test func `another enclosed authority is a wrong signer`() async throws {
        let world = try await CertificateWorld.make()
        let (identity, _) = try await world.identity()
        let wrong = SigningIdentity(
            certificate: identity.certificate,
            issuing: world.services.certificate
        )
        let signed = try await sign(world, identity: wrong)
        #expect(throws: CMSRefusal.wrongSigner) {
            try signed.verify(signer: identity.certificate, issuing: identity.issuing)
        }
    }

    @Test func `a signature by another key is bad`() async throws {
        let world = try await CertificateWorld.make()
        let (identity, _) = try await world.identity()
        let other = try await world.store.generate(.signing, label: "other")
        let signed = try await sign(world, identity: identity, key: other)
        #expect(throws: CMSRefusal.badSignature) { try signed.verify(signer: identity.certificate) }
    }

    @Test func `content that is not the digest's is bad`() async throws {
        let world = try await CertificateWorld.make()
        let (identity, _) = try await world.identity()
        var der = try await sign(world, identity: identity).der
        let start = try #require(der.firstIndex(of: content))
        der[start] ^= 1
        let signed = try SignedData(reading: der, limit: der.count)
        #expect(throws: CMSRefusal.badSignature) { try signed.verify(signer: identity.certificate) }
    }

    @Test func `what the key store throws is thrown`() async throws {
        let world = try await CertificateWorld.make()
        let (identity, _) = try await world.identity()
        let encryption = try await world.store.generate(.encryption, label: "encryption")
        await #expect(throws: KeyStoreError.wrongUse) {
            _ = try await sign(world, identity: identity, key: encryption)
        }
    }

    @Test func `no mutation of a signed message is verified`() async throws {
        let world = try await CertificateWorld.make()
        let (identity, _) = try await world.identity()
        let der = try await sign(world, binding: binding, identity: identity).der
        for mutation in Mutation.all(of: der) {
            let isAccepted: Bool
            do {
                try SignedData(reading: mutation.bytes, limit: der.count + 8)
                    .verify(signer: identity.certificate, issuing: identity.issuing)
                isAccepted = true
            } catch { isAccepted = false }
            #expect(!isAccepted, "\(mutation.name)")
        }
    }

    private func sign(
        _ world: CertificateWorld,
        content: [UInt8]? = nil,
        binding: Digest? = nil,
        identity: SigningIdentity? = nil,
        key: KeyHandle? = nil
    ) async throws -> SignedData {
        let known = try await world.identity()
        let identity = identity ?? known.identity
        let key = key ?? known.key
        return try await SignedData.make(
            content: content ?? self.content,
            binding: binding,
            identity: identity,
            at: CertificateWorld.now
        ) { (digest) throws(KeyStoreError) in try await world.store.sign(key, digest: digest) }
    }
}

struct AuthEnvelopedDataTests {
    private let content = "content".bytes

    @Test(arguments: [1, 2, Limits.recipients])
    func `every recipient opens what was sealed`(count: Int) async throws {
        let world = try await CertificateWorld.make()
        let recipients = try await world.recipients(count)
        let der = try AuthEnvelopedData.seal(content, to: recipients.map(\.certificate))
        let sealed = try AuthEnvelopedData(reading: der, limit: der.count)
        #expect(Set(sealed.recipientKeyIDs) == Set(recipients.map(\.certificate.keyID)))
        for recipient in recipients {
            #expect(try await sealed.open(with: recipient.key, in: world.store) == content)
        }
    }

    @Test func `the largest content and the empty one are sealed`() async throws {
        let world = try await CertificateWorld.make()
        let recipient = try await world.recipients(1)[0]
        for count in [0, 1, Limits.contentBytes] {
            let content = [UInt8](repeating: 7, count: count)
            let der = try AuthEnvelopedData.seal(content, to: [recipient.certificate])
            let sealed = try AuthEnvelopedData(reading: der, limit: Limits.sealedBytes)
            #expect(try await sealed.open(with: recipient.key, in: world.store) == content)
        }
    }

    @Test func `sealing twice gives other bytes`() async throws {
        let recipient = try await CertificateWorld.make().recipients(1)[0].certificate
        let first = try AuthEnvelopedData.seal(content, to: [recipient])
        #expect(try AuthEnvelopedData.seal(content, to: [recipient]) != first)
    }

    @Test func `it is sealed to encryption keys, few enough and all different`() async throws {
        let world = try await CertificateWorld.make()
        let recipients = try await world.recipients(Limits.recipients + 1).map(\.certificate)
        let signing = try await world.certificate(.memberSigning).certificate
        for wrong in [[], recipients, [recipients[0], recipients[0]], [signing]] {
            #expect(throws: CryptographyError.unsuitableInput) {
                _ = try AuthEnvelopedData.seal(content, to: wrong)
            }
        }
    }

    @Test func `a key that is not named is a wrong recipient`() async throws {
        let world = try await CertificateWorld.make()
        let recipients = try await world.recipients(2)
        let der = try AuthEnvelopedData.seal(content, to: [recipients[0].certificate])
        let sealed = try AuthEnvelopedData(reading: der, limit: der.count)
        await #expect(throws: CMSRefusal.wrongRecipient) {
            _ = try await sealed.open(with: recipients[1].key, in: world.store)
        }
    }

    @Test func `a key store that fails says nothing about the message`() async throws {
        let world = try await CertificateWorld.make()
        let recipient = try await world.recipients(1)[0]
        let der = try AuthEnvelopedData.seal(content, to: [recipient.certificate])
        let sealed = try AuthEnvelopedData(reading: der, limit: der.count)
        try await world.store.destroy(recipient.key)
        await #expect(throws: CMSRefusal.keyStore(.unknownKey)) {
            _ = try await sealed.open(with: recipient.key, in: world.store)
        }
    }

    @Test func `every wrong part is the one refusal`() async throws {
        let world = try await CertificateWorld.make()
        let recipients = try await world.recipients(2)
        let der = try AuthEnvelopedData.seal(content, to: [recipients[0].certificate])
        let parts = try AuthEnvelopedDataParts(reading: der)
        let recipient = try KeyAgreeRecipient(reading: parts.recipients[0])
        let other = try AuthEnvelopedData.seal(content, to: [recipients[0].certificate])
        let ephemeral = try KeyAgreeRecipient(
            reading: AuthEnvelopedDataParts(reading: other).recipients[0]
        ).ephemeral
        func with(
            nonce: [UInt8]? = nil,
            cipher: [UInt8]? = nil,
            tag: [UInt8]? = nil,
            wrappedKey: [UInt8]? = nil,
            ephemeral: [UInt8]? = nil
        ) -> [UInt8] {
            let info = KeyAgreeRecipient(
                keyIdentifier: recipient.keyIdentifier,
                ephemeral: ephemeral ?? recipient.ephemeral,
                wrappedKey: wrappedKey ?? recipient.wrappedKey
            )
            return AuthEnvelopedDataParts(
                recipients: [info.encoded.encoded],
                nonce: nonce ?? parts.nonce,
                cipher: cipher?[...] ?? parts.cipher,
                tag: tag ?? parts.tag
            ).encoded.encoded
        }
        #expect(with() == der)
        let wrong = [
            with(nonce: flipped(parts.nonce)), with(cipher: flipped(Array(parts.cipher))),
            with(tag: flipped(parts.tag)), with(wrappedKey: flipped(recipient.wrappedKey)),
            with(ephemeral: ephemeral),
        ]
        for der in wrong {
            let sealed = try AuthEnvelopedData(reading: der, limit: der.count)
            await #expect(throws: CMSRefusal.cannotOpen) {
                _ = try await sealed.open(with: recipients[0].key, in: world.store)
            }
        }
    }

    @Test func `tags, nonces, keys and points of other lengths are malformed`() async throws {
        let world = try await CertificateWorld.make()
        let recipient = try await world.recipients(1)[0]
        let der = try AuthEnvelopedData.seal(content, to: [recipient.certificate])
        let parts = try AuthEnvelopedDataParts(reading: der)
        var wrong: [[UInt8]] = []
        for count in 1...15 {
            wrong.append(shortTag(parts, count))
        }
        wrong.append(with(parts, nonce: parts.nonce + [0]))
        wrong.append(with(parts, nonce: Array(parts.nonce.dropLast())))
        wrong.append(with(parts, recipients: []))
        wrong.append(with(parts, recipients: parts.recipients + [parts.recipients[0]]))
        for der in wrong {
            #expect(isMalformed { _ = try AuthEnvelopedData(reading: der, limit: der.count) })
        }
    }

    @Test func `no mutation of a sealed message is opened`() async throws {
        let world = try await CertificateWorld.make()
        let recipients = try await world.recipients(2)
        let der = try AuthEnvelopedData.seal(content, to: recipients.map(\.certificate))
        var accepted: [String] = []
        for mutation in Mutation.all(of: der) {
            do {
                let sealed = try AuthEnvelopedData(reading: mutation.bytes, limit: der.count + 8)
                for recipient in recipients {
                    // Another recipient's entry is not ours to check: the hash of the sealed
                    // bytes stands in the signed submission. Content must be unchanged.
                    let opened = try await sealed.open(with: recipient.key, in: world.store)
                    if opened != content { accepted.append(mutation.name) }
                }
                accepted.append(mutation.name)
            } catch { continue }
        }
        #expect(accepted.isEmpty)
    }

    private func shortTag(_ parts: AuthEnvelopedDataParts, _ count: Int) -> [UInt8] {
        with(parts, tag: Array(parts.tag.prefix(count)))
    }

    private func with(
        _ parts: AuthEnvelopedDataParts,
        recipients: [[UInt8]]? = nil,
        nonce: [UInt8]? = nil,
        tag: [UInt8]? = nil
    ) -> [UInt8] {
        AuthEnvelopedDataParts(
            recipients: recipients ?? parts.recipients,
            nonce: nonce ?? parts.nonce,
            cipher: parts.cipher,
            tag: tag ?? parts.tag
        ).encoded.encoded
    }
}

struct SealedChunkTests {
    private let key = SecretBytes.random(32)
    private let keyID = [UInt8](0..<16)
    private let content = "chunk".bytes

    @Test func `a chunk opens with its key alone`() throws {
        let chunk = try SealedChunk(reading: SealedChunk.seal(content, key: key, keyID: keyID))
        #expect(try chunk.open(key: key, keyID: keyID) == content)
        #expect(throws: CMSRefusal.cannotOpen) {
            _ = try chunk.open(key: .random(32), keyID: keyID)
        }
        #expect(throws: CMSRefusal.wrongRecipient) {
            _ = try chunk.open(key: key, keyID: flipped(keyID))
        }
    }

    @Test func `a chunk is no message and a message no chunk`() async throws {
        let recipient = try await CertificateWorld.make().recipients(1)[0].certificate
        let message = try AuthEnvelopedData.seal(content, to: [recipient])
        let chunk = SealedChunk.seal(content, key: key, keyID: keyID)
        #expect(isMalformed { _ = try SealedChunk(reading: message) })
        #expect(isMalformed { _ = try AuthEnvelopedData(reading: chunk, limit: chunk.count) })
    }

    @Test func `the largest chunk fits its limit`() throws {
        let content = [UInt8](repeating: 7, count: Limits.chunkPlainBytes)
        let sealed = SealedChunk.seal(content, key: key, keyID: keyID)
        #expect(sealed.count <= Limits.chunkSealedBytes)
        #expect(try SealedChunk(reading: sealed).open(key: key, keyID: keyID) == content)
        let large = [UInt8](repeating: 0, count: Limits.chunkSealedBytes + 1)
        #expect(throws: CMSRefusal.tooLarge) { _ = try SealedChunk(reading: large) }
    }

    @Test func `no mutation of a chunk is opened`() {
        let der = SealedChunk.seal(content, key: key, keyID: keyID)
        for mutation in Mutation.all(of: der) {
            #expect(throws: CMSRefusal.self, "\(mutation.name)") {
                _ = try SealedChunk(reading: mutation.bytes).open(key: key, keyID: keyID)
            }
        }
    }
}
