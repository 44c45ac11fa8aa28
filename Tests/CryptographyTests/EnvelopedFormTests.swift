import Primitives
import Testing

@testable import Cryptography

/// Every field of the sealed layer in every other form that CMS, BER or older profiles know.
struct AuthEnvelopedDataFormTests {
    private static let inner = [1, 0]
    private static let recipients = inner + [1]
    private static let recipient = recipients + [0]
    private static let originator = recipient + [1, 0]
    private static let keys = recipient + [3]
    private static let encrypted = inner + [2]
    private static let null = FormChange.null
    private static let curve = DERTree(.objectIdentifier(.prime256v1))

    private static let outer: [FormChange] = [
        .octets("EnvelopedData", [0], [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 3]),
        .octets("version 3", inner + [0], [3]),
        .insert("originatorInfo", recipients, .constructed(0xA0, [])),
        .remove("no recipients", recipient),
        .tag("recipients as a sequence", recipients, 0x30),
        .octets("content type signedData", encrypted + [0], OID.signedData.contents),
        .octets("AES-128-GCM", encrypted + [1, 0], OID.aes256GCM.contents.dropLast() + [6]),
        .octets("AES-256-CBC", encrypted + [1, 0], OID.aes256GCM.contents.dropLast() + [42]),
        .octets("nonce of 11 bytes", encrypted + [1, 1, 0], [UInt8](0..<11)),
        .octets("nonce of 16 bytes", encrypted + [1, 1, 0], [UInt8](0..<16)),
        .octets("ICVlen 12", encrypted + [1, 1, 1], [12]),
        .octets("ICVlen 4", encrypted + [1, 1, 1], [4]),
        .remove("ICVlen by default", encrypted + [1, 1, 1]),
        .append("a parameter too many", encrypted + [1, 1], null),
        .replace(
            "content constructed",
            encrypted + [2],
            .constructed(0xA0, [.primitive(0x04, [1]), .primitive(0x04, [2])])
        ),
        .remove("content detached", encrypted + [2]),
        .insert("authAttrs", inner + [3], .constructed(0xA1, [])),
        .append("unauthAttrs", inner, .constructed(0xA2, [])),
        .remove("no mac", inner + [3]),
        .octets("mac of 12 bytes", inner + [3], [UInt8](0..<12)),
        .octets("mac of 17 bytes", inner + [3], [UInt8](0..<17)),
        .octets("mac empty", inner + [3], []),
    ]

    private static let keyAgreement: [FormChange] = [
        .octets("recipient version 2", recipient + [0], [2]),
        .tag("recipient of kind password", recipient, 0xA3),
        .tag("recipient of kind other", recipient, 0xA4),
        .replace(
            "originator by key id",
            originator,
            .primitive(0x80, [UInt8](0..<20))
        ),
        .append("curve named in originatorKey", originator + [0], curve),
        .append("originatorKey parameters NULL", originator + [0], null),
        .octets("point compressed", originator + [1], [0, 2] + [UInt8](repeating: 1, count: 32)),
        .octets("point at infinity", originator + [1], [0, 0]),
        .octets(
            "point off the curve",
            originator + [1],
            [0, 4] + [UInt8](repeating: 1, count: 64)
        ),
        .octets("point with unused bits", originator + [1], [1, 4]),
        .insert("ukm", recipient + [2], .constructed(0xA1, [.primitive(0x04, [1])])),
        .octets(
            "key derivation with SHA-1",
            recipient + [2, 0],
            [
                0x2B, 0x81, 0x05, 0x10, 0x86, 0x48, 0x3F, 0x00, 0x02,
            ]
        ),
        .octets("wrap AES-128", recipient + [2, 1, 0], OID.aes256Wrap.contents.dropLast() + [5]),
        .append("wrap parameters NULL", recipient + [2, 1], null),
        .remove("no recipient key", keys + [0]),
        .double("two recipient keys", keys + [0]),
        .replace(
            "recipient by issuer and serial",
            keys + [0, 0],
            .constructed(0x30, [.constructed(0x30, []), .primitive(0x02, [1])])
        ),
        .octets("key id of 19 bytes", keys + [0, 0, 0], [UInt8](0..<19)),
        .append(
            "date of the key",
            keys + [0, 0],
            .primitive(0x18, "20261121020304Z".bytes)
        ),
        .octets("wrapped key of 24 bytes", keys + [0, 1], [UInt8](0..<24)),
        .octets("wrapped key of 48 bytes", keys + [0, 1], [UInt8](0..<48)),
        .append("a member too many", recipient, null),
    ]

    @Test(arguments: outer + keyAgreement)
    func `another form is malformed`(change: FormChange) async throws {
        let recipient = try await CertificateWorld.make().recipients(1)[0].certificate
        let der = try AuthEnvelopedData.seal([1, 2, 3], to: [recipient])
        let changed = change.changed(der)
        #expect(changed != der)
        #expect(isMalformed { _ = try AuthEnvelopedData(reading: changed, limit: changed.count) })
    }

    @Test func `recipients out of order, twice or too many are malformed`() async throws {
        let world = try await CertificateWorld.make()
        let some = try await world.recipients(3).map(\.certificate)
        let der = try AuthEnvelopedData.seal([1], to: some)
        let same = try AuthEnvelopedData.seal([1], to: [some[0]])
        let again = DERTree(same)[Self.recipient]
        let changes: [FormChange] = [
            .swap("out of order", Self.recipients, 0, 1),
            .double("the same entry twice", Self.recipient),
            FormChange("two entries of one key") { tree in
                tree[Self.recipients].children.append(again)
                tree[Self.recipients].sortChildren()
            },
        ]
        for change in changes {
            let changed = change.changed(der)
            #expect(
                isMalformed { _ = try AuthEnvelopedData(reading: changed, limit: changed.count) },
                "\(change.name)"
            )
        }
    }

    @Test func `one recipient over the limit is malformed`() async throws {
        let world = try await CertificateWorld.make()
        let many = try await world.recipients(Limits.recipients + 1).map(\.certificate)
        let last = DERTree(try AuthEnvelopedData.seal([1], to: [many[Limits.recipients]]))
        var tree = DERTree(try AuthEnvelopedData.seal([1], to: Array(many.dropLast())))
        let fits = tree.encoded
        #expect(try AuthEnvelopedData(reading: fits, limit: fits.count).recipientKeyIDs.count == 20)
        tree[Self.recipients].children.append(last[Self.recipient])
        tree[Self.recipients].sortChildren()
        let der = tree.encoded
        #expect(isMalformed { _ = try AuthEnvelopedData(reading: der, limit: der.count) })
    }
}

/// The forms of a chunk's one recipient.
struct SealedChunkFormTests {
    private static let recipient = [1, 0, 1, 0]
    private static let null = FormChange.null

    @Test(
        arguments: [
            FormChange.octets("version 3", recipient + [0], [3]),
            .octets("key id of 15 bytes", recipient + [1, 0], [UInt8](0..<15)),
            .octets("key id of 17 bytes", recipient + [1, 0], [UInt8](0..<17)),
            .append("date of the key", recipient + [1], .primitive(0x18, "20261121020304Z".bytes)),
            .append("wrap parameters NULL", recipient + [2], null),
            .octets(
                "wrap AES-192",
                recipient + [2, 0],
                OID.aes256Wrap.contents.dropLast() + [25]
            ),
            .octets("wrapped key of 24 bytes", recipient + [3], [UInt8](0..<24)),
            .append("a member too many", recipient, null),
            .double("two recipients", recipient),
            .remove("no recipient", recipient),
            .tag("another kind of recipient", recipient, 0xA1),
        ]
    )
    func `another form is malformed`(change: FormChange) {
        let der = SealedChunk.seal([1, 2, 3], key: .random(32), keyID: [UInt8](0..<16))
        let changed = change.changed(der)
        #expect(changed != der)
        #expect(isMalformed { _ = try SealedChunk(reading: changed) })
    }
}

/// The forms of an outsider's RSA entry.
struct KeyTransportFormTests {
    private static let null = FormChange.null

    @Test(
        arguments: [
            FormChange.octets("version 0", [0], [0]),
            .octets("key id of 19 bytes", [1], [UInt8](0..<19)),
            .tag("issuer and serial", [1], 0x30),
            .octets("PKCS#1 v1.5", [2, 0], [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1]),
            .remove("SHA-1 by default", [2, 1, 0]),
            .remove("MGF1 by default", [2, 1, 1]),
            .append("hash parameters NULL", [2, 1, 0, 0], null),
            .append("a label", [2, 1], .constructed(0xA2, [null])),
            .octets("a key of 2048 bits", [3], [UInt8](repeating: 1, count: 256)),
            .octets("a key of 4104 bits", [3], [UInt8](repeating: 1, count: 513)),
            .append("a member too many", [], null),
        ]
    )
    func `another form is refused`(change: FormChange) throws {
        let good = KeyTransportRecipient(
            keyIdentifier: [UInt8](0..<20),
            encryptedKey: [UInt8](repeating: 1, count: 384)
        ).encoded.encoded
        #expect(try KeyTransportRecipient(reading: good).encryptedKey.count == 384)
        #expect(throws: DERRefusal.self) {
            _ = try KeyTransportRecipient(reading: change.changed(good))
        }
    }
}
