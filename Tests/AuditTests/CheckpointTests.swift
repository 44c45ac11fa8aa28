import Cryptography
import Primitives
import Testing

@testable import Audit

struct CheckpointTests {
    static let head = TreeHead(size: 3, root: AuditWorld.digest(3))

    /// The key and note of the Go package `note`, which defined the form.
    static let knownKey = "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    static let knownNote = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        — PeterNeumann \
        x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

        """

    /// The example of C2SP tlog-witness.
    static let witnessExample = """
        example.com/behind-the-sofa
        20852163
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

        — example.com/behind-the-sofa \
        Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
        — example.com/behind-the-sofa \
        opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=

        """

    @Test func `the note of the Go package verifies and is written alike`() throws {
        let bytes = try #require(Base64.decode(CheckpointTests.knownKey, .standard))
        let key = try NotePublicKey(Array(bytes.dropFirst()))
        #expect(key.noteHash(name: "PeterNeumann") == [0xC7, 0x4F, 0x20, 0xA3])
        let note = try SignedNote(reading: CheckpointTests.knownNote.bytes)
        try note.verify(name: "PeterNeumann", key: key)
        let signature = try #require(note.signatures.first).bytes
        let written = SignedNote(
            text: note.text,
            name: "PeterNeumann",
            key: key,
            signature: signature
        )
        #expect(written.bytes == CheckpointTests.knownNote.bytes)
        #expect(throws: AuditRefusal.unknownKey) { try note.verify(name: "Peter", key: key) }
    }

    @Test func `the C2SP example is read to its values`() throws {
        let note = try SignedNote(reading: CheckpointTests.witnessExample.bytes)
        let (origin, head) = try #require(Checkpoint.parts(ofBody: note.text))
        #expect(origin.hasSameBytes(as: "example.com/behind-the-sofa"))
        #expect(head.size == 20_852_163)
        #expect(head.root.bytes.prefix(4) == [0x0A, 0xC5, 0x18, 0x6A])
        #expect(
            note.signatures.map(\.keyHash) == [
                [0x03, 0x3D, 0xE0, 0xAE], [0xA2, 0x92, 0xEA, 0x05],
            ]
        )
        #expect(note.signatures.allSatisfy { $0.name == ByteText(origin) })
        #expect(throws: AuditRefusal.malformed(DecodingRefusal(.badForm, at: "checkpoint"))) {
            try Checkpoint(reading: note.bytes)
        }
    }

    @Test func `a checkpoint is origin, size and root, signed by the log key`() async throws {
        let signer = try await AuditWorld.signer()
        let checkpoint = try await signer.checkpoint(AuditWorld.keys, CheckpointTests.head)
        let root = Base64.encode(CheckpointTests.head.root.bytes, .standard)
        #expect(
            checkpoint.note.starts(with: "exchange.example/log/keys/2026\n3\n\(root)\n\n— ".bytes)
        )
        let read = try Checkpoint(reading: checkpoint.note)
        #expect(read == checkpoint)
        #expect(read.origin == AuditWorld.keys)
        #expect(read.head == CheckpointTests.head)
        try read.verify(key: signer.publicKey)
        let other = try await AuditWorld.signer("other")
        #expect(throws: AuditRefusal.unknownKey) { try read.verify(key: other.publicKey) }
    }

    @Test func `openssl verifies a checkpoint`() async throws {
        let signer = try await AuditWorld.signer()
        let checkpoint = try await signer.checkpoint(AuditWorld.keys, CheckpointTests.head)
        let note = try SignedNote(reading: checkpoint.note)
        let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0]
        let printed = try OpenSSLProgram.run(
            [
                "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key", "-rawin",
                "-in", "body", "-sigfile", "sig",
            ],
            files: [
                "key": prefix + signer.publicKey.bytes,
                "body": note.text,
                "sig": try #require(note.signatures.first).bytes,
            ]
        )
        #expect(printed.contains("Signature Verified Successfully"))
    }

    @Test func `no changed byte is accepted`() async throws {
        let signer = try await AuditWorld.signer()
        let note = try await signer.checkpoint(AuditWorld.keys, CheckpointTests.head).note
        for place in note.indices {
            var changed = note
            changed[place] ^= 1
            #expect(throws: AuditRefusal.self, "byte \(place)") {
                try Checkpoint(reading: changed).verify(key: signer.publicKey)
            }
        }
    }

    @Test func `a signature over another head is bad, a longer one too`() async throws {
        let signer = try await AuditWorld.signer()
        let good = try await signer.checkpoint(AuditWorld.keys, CheckpointTests.head)
        let signature = try #require(try SignedNote(reading: good.note).signatures.first).bytes
        let forged = TreeHead(size: 4, root: CheckpointTests.head.root)
        for (head, signature) in [(forged, signature), (good.head, signature + [0])] {
            let checkpoint = Checkpoint.assemble(
                AuditWorld.keys,
                head,
                key: signer.publicKey,
                signature: signature
            )
            #expect(throws: AuditRefusal.badSignature) {
                try Checkpoint(reading: checkpoint.note).verify(key: signer.publicKey)
            }
        }
    }

    @Test(arguments: [
        ("\n3\n", "\n03\n"), ("\n3\n", "\n-3\n"), ("\n3\n", "\n+3\n"), ("\n3\n", "\n\n"),
        ("\n3\n", "\n1099511627776\n"), ("\n3\n", "\n0\n"), ("\n\n— ", "\nextension\n\n— "),
        ("\n\n— ", "\n\n\n— "), ("\n\n— ", "\n— "), ("\n\n— ", "\n\n- "), ("\n\n— ", "\n\n—  "),
        ("=\n\n", "\n\n"), ("2026\n", "2026\r\n"), ("2026\n", "26\n"), ("/log/", "/Log/"),
        ("— exchange.example", "— exchange+example"), ("=\n\n— ", "=\n\n— x AAAAAA==\n— "),
        ("exchange.example/log/keys/2026\n3", "3"),
    ])
    func `a note in another form is refused`(part: String, other: String) async throws {
        let signer = try await AuditWorld.signer()
        let note = try await signer.checkpoint(AuditWorld.keys, CheckpointTests.head).note
        let text = String(decoding: note, as: UTF8.self)
        let changed = text.replacing(part, with: other, maxReplacements: 1)
        #expect(!changed.hasSameBytes(as: text))
        #expect(throws: AuditRefusal.self) { try Checkpoint(reading: changed.bytes) }
    }

    @Test func `a note has bounds`() throws {
        let line = "— a AAAAAAA=\n"
        func note(_ count: Int) -> [UInt8] {
            ("text\n\n" + String(repeating: line, count: count)).bytes
        }
        #expect(try SignedNote(reading: note(SignedNote.maximumSignatures)).signatures.count == 16)
        #expect(throws: DecodingRefusal(.tooLarge)) {
            try SignedNote(reading: note(SignedNote.maximumSignatures + 1))
        }
        let space = SignedNote.maximumBytes - "\n\n\(line)".utf8.count
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: space) + "\n\n\(line)".bytes
        #expect(try SignedNote(reading: long).bytes.count == SignedNote.maximumBytes)
        #expect(throws: DecodingRefusal(.tooLarge)) { try SignedNote(reading: [0x78] + long) }
        #expect(throws: DecodingRefusal(.badUTF8)) { try SignedNote(reading: [0xFF] + note(1)) }
        #expect(throws: DecodingRefusal(.badSyntax)) { try SignedNote(reading: []) }
    }

    @Test(arguments: [
        (TreeKind.keys, 5, 5, nil, false), (.keys, 6, 5, Duration.zero, true),
        (.transport, 6, 5, .seconds(59), false), (.transport, 6, 5, .seconds(60), true),
        (.access, 10_004, 5, .zero, false), (.access, 10_005, 5, .zero, true),
        (.access, 1, 0, nil, true), (.access, 5, 5, .seconds(3600), false),
    ])
    func `a checkpoint is due by kind, leaves and age`(
        kind: TreeKind,
        size: UInt64,
        signedSize: UInt64,
        age: Duration?,
        isDue: Bool
    ) {
        #expect(
            CheckpointPace.isDue(kind, size: size, signedSize: signedSize, age: age) == isDue
        )
    }
}
