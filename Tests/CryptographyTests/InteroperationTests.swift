import Foundation
import Primitives
import Testing

@testable import Cryptography

/// What we write, the `openssl` program takes; what it writes in the profile, we take.
struct CertificateInteroperationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: CertificateProfile.leaves)
    func `openssl verify takes every profile`(profile: CertificateProfile) async throws {
        let world = try await CertificateWorld.make()
        let certificate = try await world.certificate(profile).certificate
        try verify(certificate, world, try await world.lists())
    }

    @Test func `openssl verify finds a revoked certificate in our list`() async throws {
        let world = try await CertificateWorld.make()
        let certificate = try await world.certificate(.memberSigning).certificate
        let entry = RevokedCertificate(
            serial: certificate.serial,
            reason: .keyCompromise,
            since: CertificateWorld.start
        )
        let lists = try await world.lists([entry])
        #expect(throws: OpenSSL.Failure.self) { try verify(certificate, world, lists) }
        let text = try OpenSSL.run(
            ["crl", "-noout", "-text", "-in", write("list.pem", lists[1].pem)]
        )
        let words = String(decoding: text, as: UTF8.self)
        #expect(words.contains("Key Compromise"))
        #expect(words.contains("Invalidity Date"))
        try OpenSSL.run([
            "crl", "-noout", "-in", folder.file("list.pem"), "-CAfile",
            write("issuing.pem", world.members.certificate.pem),
        ])
    }

    /// Whoever gets hold of the key of an office's pages can name no other host.
    @Test func `the authority of pages names one host`() async throws {
        let store = MemoryKeyStore()
        let host = "renkei.example.jp"
        let profile = CertificateProfile.pagesRoot(host: host)
        let from = CertificateWorld.start
        let authority = try await CertificateAuthority.pagesRoot(
            of: host,
            key: try await store.generate(.signing, label: "root"),
            store: store,
            serial: CertificateWorld.serial(),
            from: from
        )
        let read = try Certificate(reading: authority.certificate.der)
        #expect(read.profile == profile && read.profile.isRoot && read.isAuthority)
        #expect(read.isSigned(by: authority.certificate))
        let point = try store.point(try await store.generate(.transport, label: "pages"))
        for (name, isGood) in [(host, true), ("a." + host, true), ("bank.example.jp", false)] {
            let leaf = try await authority.issue(
                .exchangeServer(host: name),
                subject: .service(name),
                point: point,
                serial: CertificateWorld.serial(),
                validity: Validity(of: .exchangeServer(host: name), from: from)
            )
            let words = [
                "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile",
                try write("pages.pem", authority.certificate.pem), "-attime",
                String(from.seconds + 1), try write("leaf.pem", leaf.pem),
            ]
            if isGood {
                try OpenSSL.run(words)
            } else {
                #expect(throws: OpenSSL.Failure.self) { try OpenSSL.run(words) }
            }
        }
    }

    @Test(arguments: [KeyUse.signing, .encryption, .transport])
    func `openssl req takes our requests`(use: KeyUse) async throws {
        let store = MemoryKeyStore()
        let key = try await store.generate(use, label: "key")
        let request = try await CertificateRequest.make(for: key, in: store)
        let file = try folder.write("request.der", request.der)
        try OpenSSL.run(["req", "-verify", "-noout", "-inform", "DER", "-in", file])
    }

    @Test func `we take the requests of openssl req`() throws {
        let key = folder.file("key.pem")
        try OpenSSL.run(["genpkey", "-algorithm", "EC", "-pkeyopt", "group:P-256", "-out", key])
        for subject in ["/", "/O=Office/CN=Name"] {
            let der = try OpenSSL.run([
                "req", "-new", "-key", key, "-subj", subject, "-outform", "DER",
            ])
            #expect(try CertificateRequest(reading: der).hasValidSignature)
        }
    }

    private func verify(
        _ certificate: Certificate,
        _ world: CertificateWorld,
        _ lists: [CertificateRevocationList]
    ) throws {
        let anchors = [world.root.certificate.pem] + lists.map(\.pem)
        let authorities = [world.members, world.services].map(\.certificate.pem)
        try OpenSSL.run([
            "verify", "-x509_strict", "-crl_check_all", "-explicit_policy", "-policy",
            OID.memberPolicy1.description, "-attime",
            String(CertificateWorld.start.adding(.hours(1)).seconds),
            "-CAfile", write("anchors.pem", anchors.joined()),
            "-untrusted", write("authorities.pem", authorities.joined()),
            write("leaf.pem", certificate.pem),
        ])
    }

    private func write(_ name: String, _ text: String) throws -> String {
        try folder.write(name, text.bytes)
    }
}

/// The commands of the format's own page, in both directions.
struct CMSInteroperationTests {
    private let folder: TemporaryFolder
    private let content = Array("{\"本文\":1}\r\n\n".utf8) + [UInt8](0...255)

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [nil, SHA256.hash("routing".bytes)])
    func `openssl cms verifies what we sign`(binding: Digest?) async throws {
        let world = try await CertificateWorld.make()
        let (identity, key) = try await world.identity()
        let signed = try await SignedData.make(
            content: content,
            binding: binding,
            identity: identity,
            at: CertificateWorld.now
        ) { (digest) throws(KeyStoreError) in try await world.store.sign(key, digest: digest) }
        let file = try folder.write("content.der", signed.der)
        let output = try OpenSSL.run([
            "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", file, "-CAfile",
            write("root.pem", world.root.certificate.pem), "-attime",
            String(CertificateWorld.now.seconds),
        ])
        #expect(output == content)
        let anchors = [world.root.certificate.pem] + (try await world.lists()).map(\.pem)
        try OpenSSL.run([
            "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", file, "-CAfile",
            write("anchors.pem", anchors.joined()), "-crl_check_all", "-x509_strict",
            "-attime", String(CertificateWorld.start.adding(.hours(1)).seconds),
            "-out", "/dev/null",
        ])
    }

    @Test func `we verify what openssl cms signs`() async throws {
        let world = try await CertificateWorld.make()
        let (identity, key) = try await world.identity()
        let der = try OpenSSL.run([
            "cms", "-sign", "-binary", "-nodetach", "-cades", "-nosmimecap", "-md", "sha256",
            "-signer", write("sign.pem", identity.certificate.pem),
            "-inkey", privateKey(key, world),
            "-certfile", write("issuing.pem", identity.issuing.pem),
            "-in", folder.write("content", content), "-outform", "DER",
        ])
        let signed = try SignedData(reading: der, limit: der.count)
        #expect(signed.content == content)
        #expect(signed.binding == nil)
        try signed.verify(signer: identity.certificate, issuing: identity.issuing)
    }

    @Test func `openssl cms opens what we seal, for each of many recipients`() async throws {
        let world = try await CertificateWorld.make()
        let recipients = try await world.recipients(3)
        let sealed = try AuthEnvelopedData.seal(content, to: recipients.map(\.certificate))
        let file = try folder.write("sealed.der", sealed)
        for recipient in recipients {
            let output = try OpenSSL.run([
                "cms", "-decrypt", "-binary", "-inform", "DER", "-in", file,
                "-recip", write("enc.pem", recipient.certificate.pem),
                "-inkey", privateKey(recipient.key, world),
            ])
            #expect(output == content)
        }
    }

    @Test func `we open what openssl cms seals, for each of many recipients`() async throws {
        let world = try await CertificateWorld.make()
        let recipients = try await world.recipients(3)
        var arguments = [
            "cms", "-encrypt", "-binary", "-aes-256-gcm", "-keyid", "-outform", "DER",
            "-in", try folder.write("content", content),
        ]
        for (index, recipient) in recipients.enumerated() {
            arguments += [
                "-recip", try write("enc\(index).pem", recipient.certificate.pem), "-keyopt",
                "ecdh_kdf_md:sha256",
            ]
        }
        let der = try OpenSSL.run(arguments)
        let sealed = try AuthEnvelopedData(reading: der, limit: der.count)
        #expect(Set(sealed.recipientKeyIDs) == Set(recipients.map(\.certificate.keyID)))
        for recipient in recipients {
            #expect(try await sealed.open(with: recipient.key, in: world.store) == content)
        }
    }

    @Test func `openssl cms opens a chunk of ours, and we one of its`() throws {
        let key = SystemRandom().bytes(32)
        let keyID = SystemRandom().bytes(16)
        let secret = SecretBytes(copying: key)
        let options = ["-secretkey", Hex.encode(key), "-secretkeyid", Hex.encode(keyID)]
        let sealed = SealedChunk.seal(content, key: secret, keyID: keyID)
        let file = try folder.write("chunk.der", sealed)
        let output = try OpenSSL.run(
            ["cms", "-decrypt", "-binary", "-inform", "DER", "-in", file] + options
        )
        #expect(output == content)
        let theirs = try OpenSSL.run(
            [
                "cms", "-encrypt", "-binary", "-aes-256-gcm", "-outform", "DER",
                "-in", folder.write("content", content),
            ] + options
        )
        #expect(try SealedChunk(reading: theirs).open(key: secret, keyID: keyID) == content)
    }

    @Test func `an outsider with an RSA key opens what we seal to both`() async throws {
        let world = try await CertificateWorld.make()
        let recipient = try await world.recipients(1)[0]
        let (key, outsider, _) = try outsider(bits: 3072)
        let sealed = try AuthEnvelopedData.seal(
            content,
            to: [recipient.certificate],
            outsiders: [outsider]
        )
        let message = try AuthEnvelopedData(reading: sealed, limit: sealed.count)
        #expect(Set(message.recipientKeyIDs) == [recipient.certificate.keyID, outsider.keyID])
        #expect(try await message.open(with: recipient.key, in: world.store) == content)
        await #expect(throws: CMSRefusal.wrongRecipient) {
            _ = try await message.open(keyID: outsider.keyID) { (_) throws(KeyStoreError) in
                throw .unknownKey
            }
        }
        let file = try folder.write("sealed.der", sealed)
        #expect(
            try OpenSSL.run([
                "cms", "-decrypt", "-binary", "-inform", "DER", "-in", file, "-inkey", key,
            ]) == content
        )
    }

    @Test func `we read what openssl cms seals with OAEP, and nothing sealed with less`()
        async throws
    {
        let world = try await CertificateWorld.make()
        let recipient = try await world.recipients(1)[0]
        let certificate = try outsider(bits: 3072).certificate
        let weak = try rsa(bits: 2048).certificate
        let base = [
            "cms", "-encrypt", "-binary", "-aes-256-gcm", "-keyid", "-outform", "DER",
            "-in", try folder.write("content", content), "-recip",
            try write("enc.pem", recipient.certificate.pem), "-keyopt", "ecdh_kdf_md:sha256",
            "-recip",
        ]
        let oaep = ["-keyopt", "rsa_padding_mode:oaep"]
        let sha256 = ["-keyopt", "rsa_oaep_md:sha256", "-keyopt", "rsa_mgf1_md:sha256"]
        let der = try OpenSSL.run(base + [certificate] + oaep + sha256)
        let message = try AuthEnvelopedData(reading: der, limit: der.count)
        #expect(try await message.open(with: recipient.key, in: world.store) == content)
        for options in [[certificate], [certificate] + oaep, [weak] + oaep + sha256] {
            let der = try OpenSSL.run(base + options)
            #expect(isMalformed { _ = try AuthEnvelopedData(reading: der, limit: der.count) })
        }
    }

    @Test func `a weak or misshapen RSA key is not sealed to`() throws {
        let good = try outsider(bits: 3072).key.der
        #expect(throws: CryptographyError.unsuitableInput) { try outsider(bits: 2048) }
        for wrong in [[], good + [0], Array(good.dropLast()), flipped(good, at: good.count - 1)] {
            #expect(throws: CryptographyError.unsuitableInput) { _ = try RSAPublicKey(wrong) }
        }
    }

    @Test func `the defaults of openssl cms are refused`() async throws {
        let world = try await CertificateWorld.make()
        let recipient = try await world.recipients(1)[0]
        let base = [
            "cms", "-encrypt", "-binary", "-outform", "DER",
            "-in", try folder.write("content", content),
        ]
        let to = ["-recip", try write("enc.pem", recipient.certificate.pem)]
        let kdf = ["-keyopt", "ecdh_kdf_md:sha256"]
        let forms = [
            base + ["-aes-256-gcm", "-keyid"] + to,  // key derivation with SHA-1
            base + ["-aes-256-gcm"] + to + kdf,  // issuer and serial instead of the key id
            base + ["-aes-256-cbc", "-keyid"] + to + kdf,  // EnvelopedData without a tag
            base + ["-aes-128-gcm", "-keyid"] + to + kdf,
            base + ["-aes-256-gcm", "-keyid", "-stream", "-indef"] + to + kdf,  // BER
        ]
        for form in forms {
            let der = try OpenSSL.run(form)
            #expect(isMalformed { _ = try AuthEnvelopedData(reading: der, limit: der.count) })
        }
    }

    @Test func `other signatures of openssl cms are refused`() async throws {
        let world = try await CertificateWorld.make()
        let (identity, key) = try await world.identity()
        let base = [
            "cms", "-sign", "-binary", "-outform", "DER",
            "-signer", try write("sign.pem", identity.certificate.pem),
            "-inkey", try privateKey(key, world), "-in", try folder.write("content", content),
        ]
        let issuing = ["-certfile", try write("issuing.pem", identity.issuing.pem)]
        let good = ["-nodetach", "-cades", "-nosmimecap", "-md", "sha256"]
        let forms = [
            base + good,  // no authority enclosed
            base + issuing + ["-cades", "-nosmimecap", "-md", "sha256"],  // detached
            base + issuing + ["-nodetach", "-nosmimecap", "-md", "sha256"],  // no ESS attribute
            base + issuing + ["-nodetach", "-cades", "-md", "sha256"],  // S/MIME capabilities
            base + issuing + ["-nodetach", "-cades", "-nosmimecap", "-md", "sha384"],
            base + issuing + good + ["-keyid"],
            base + issuing + ["-nodetach", "-noattr", "-md", "sha256"],
            base + issuing + good + ["-stream", "-indef"],
            base + issuing + good + ["-econtent_type", "1.2.3.4"],
        ]
        for form in forms {
            let der = try OpenSSL.run(form)
            #expect(isMalformed { _ = try SignedData(reading: der, limit: der.count) }, "\(form)")
        }
    }

    /// A private key file, the public key, and a certificate file.
    private func outsider(
        bits: Int
    ) throws -> (file: String, key: RSAPublicKey, certificate: String) {
        let made = try rsa(bits: bits)
        let der = try OpenSSL.run([
            "rsa", "-in", made.file, "-RSAPublicKey_out", "-outform", "DER",
        ])
        return (made.file, try RSAPublicKey(der), made.certificate)
    }

    private func rsa(bits: Int) throws -> (file: String, certificate: String) {
        let file = folder.file("rsa\(bits).key")
        let certificate = folder.file("rsa\(bits).pem")
        try OpenSSL.run([
            "req", "-x509", "-newkey", "rsa:\(bits)", "-nodes", "-subj", "/O=Outside/CN=Outside",
            "-addext", "subjectKeyIdentifier=hash", "-keyout", file, "-out", certificate,
        ])
        return (file, certificate)
    }

    private func privateKey(_ key: KeyHandle, _ world: CertificateWorld) throws -> String {
        let pem = try world.store.ring.key(key).pem().withBytes { $0 }
        return try folder.write("\(key.label.text).pem", pem)
    }

    private func write(_ name: String, _ text: String) throws -> String {
        try folder.write(name, text.bytes)
    }
}

func isMalformed(_ body: () throws -> Void) -> Bool {
    do {
        try body()
        return false
    } catch {
        if case .malformed = error as? CMSRefusal { return true }
        return false
    }
}
