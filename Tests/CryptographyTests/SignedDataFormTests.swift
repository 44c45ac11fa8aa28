import Primitives
import Testing

@testable import Cryptography

/// Every field of the signed layer in every other form that CMS, BER or older profiles know.
struct SignedDataFormTests {
    private static let inner = [1, 0]
    private static let encapsulated = inner + [2]
    private static let certificates = inner + [3]
    private static let signers = inner + [4]
    private static let signer = signers + [0]
    private static let attributes = signer + [3]
    private static let null = FormChange.null

    private static let outer: [FormChange] = [
        .octets("contentType data", [0], OID.data.contents),
        .tag("content [1]", [1], 0xA1),
        .double("two contents", [1]),
        .octets("version 3", inner + [0], [3]),
        .octets("version 1 in two octets", inner + [0], [0, 1]),
        .remove("no digest algorithm", inner + [1, 0]),
        .double("two digest algorithms", inner + [1, 0]),
        .append("digest parameters NULL", inner + [1, 0], null),
        .octets("digest SHA-1", inner + [1, 0, 0], [0x2B, 0x0E, 0x03, 0x02, 0x1A]),
        .octets("eContentType signedData", encapsulated + [0], OID.signedData.contents),
        .remove("no eContent", encapsulated + [1]),
        .replace(
            "eContent constructed",
            encapsulated + [1, 0],
            .constructed(0x24, [.primitive(0x04, [1]), .primitive(0x04, [2])])
        ),
        .append("two eContents", encapsulated + [1], .primitive(0x04, [1])),
        .remove("no certificates", certificates),
        .remove("one certificate", certificates + [0]),
        .double("a certificate twice", certificates + [0]),
        .swap("certificates out of order", certificates, 0, 1),
        .insert("lists enclosed", signers, .constructed(0xA1, [])),
        .remove("no signer", signer),
        .double("two signers", signer),
        .append("a member too many", inner, null),
    ]

    private static let signerInfo: [FormChange] = [
        .octets("signer version 3", signer + [0], [3]),
        .replace("signer by key id", signer + [1], .primitive(0x80, [UInt8](0..<20))),
        .append("signer digest parameters NULL", signer + [2], null),
        .octets("signer digest SHA-512", signer + [2, 0], OID.sha256.contents.dropLast() + [3]),
        .remove("no signed attributes", attributes),
        .octets("signature algorithm SHA-384", signer + [4, 0], [0x2A, 0x86, 0x48, 0x03]),
        .append("signature parameters NULL", signer + [4], null),
        .append("unsigned attributes", signer, .constructed(0xA1, [])),
        .octets("signature empty", signer + [5], []),
        .octets("signature of zeros", signer + [5], [0x30, 6, 2, 1, 0, 2, 1, 0]),
        .octets("signature with trailing byte", signer + [5], [0x30, 6, 2, 1, 1, 2, 1, 1, 0]),
        .tag("signature as bit string", signer + [5], 0x03),
        .remove("no serial number", signer + [1, 1]),
        .octets("serial number negative", signer + [1, 1], [0x80]),
        .remove("signer name without common name", signer + [1, 0, 1]),
        .tag("signer name printable", signer + [1, 0, 0, 0, 1], 0x13),
    ]

    /// Of the attributes, found by their type wherever DER order puts them.
    private static let attributeForms: [FormChange] =
        [OID.contentType, .signingTime, .messageDigest, .signingCertificateV2].flatMap { type in
            [
                change("no \(type)", type) { _, attributes in attributes.removeLast() },
                change("\(type) without value", type) { attribute, _ in
                    attribute[[1]].children = []
                },
                change("\(type) with two values", type) { attribute, _ in
                    attribute[[1]].children.append(null)
                },
                change("\(type) twice", type) { attribute, attributes in
                    var other = attribute
                    other[[1, 0]] = .primitive(0x04, [1])
                    attributes.append(other)
                },
                change("\(type) with a member too many", type) { attribute, _ in
                    attribute.children.append(null)
                },
            ]
        } + [
            change("content type of something else", .contentType) { attribute, _ in
                attribute[[1, 0]].octets = OID.signedData.contents
            },
            change("digest of 31 bytes", .messageDigest) { attribute, _ in
                attribute[[1, 0]].octets.removeLast()
            },
            change("time without seconds", .signingTime) { attribute, _ in
                attribute[[1, 0]].octets = "2611210203Z".bytes
            },
            change("certificate hash of 20 bytes", .signingCertificateV2) { attribute, _ in
                attribute[[1, 0, 0, 0, 0]].octets = [UInt8](0..<20)
            },
            change("certificate hash with its algorithm", .signingCertificateV2) { attribute, _ in
                let algorithm = DERTree(DERValue.algorithm(.sha256))
                attribute[[1, 0, 0, 0]].children.insert(algorithm, at: 0)
            },
            change("certificate without issuer and serial", .signingCertificateV2) {
                attribute,
                _ in attribute[[1, 0, 0, 0]].children.removeLast()
            },
            change("two certificates named", .signingCertificateV2) { attribute, _ in
                attribute[[1, 0, 0]].children.append(attribute[[1, 0, 0, 0]])
            },
            change("policies beside the certificate", .signingCertificateV2) { attribute, _ in
                attribute[[1, 0]].children.append(.constructed(0x30, []))
            },
            change("an attribute too many", .contentType) { _, attributes in
                attributes.append(
                    DERTree(
                        .sequence([
                            .objectIdentifier(OID(1, 2, 3)), .setOf([.octetString([1])]),
                        ])
                    )
                )
            },
            change("a binding of 31 bytes", .contentType) { _, attributes in
                let binding = DERValue.octetString([UInt8](0..<31))
                attributes.append(
                    DERTree(.sequence([.objectIdentifier(.renkeiBinding), .setOf([binding])]))
                )
            },
            FormChange("attributes out of order") { tree in
                tree[attributes].children.reverse()
            },
        ]

    @Test func `how many signed attributes there are is judged before any is read`() {
        let garbage = [[UInt8]](repeating: [0xFF], count: 6)
        #expect(throws: DERRefusal.notInProfile("signedAttributes")) {
            try SignedAttributes(garbage)
        }
    }

    @Test(arguments: outer + signerInfo + attributeForms)
    func `another form is malformed`(change: FormChange) async throws {
        let der = try await Self.message()
        let changed = change.changed(der)
        #expect(changed != der)
        #expect(isMalformed { _ = try SignedData(reading: changed, limit: changed.count) })
    }

    @Test func `the unchanged message is read`() async throws {
        let der = try await Self.message()
        #expect(DERTree(der).encoded == der)
        #expect(try SignedData(reading: der, limit: der.count).der == der)
    }

    /// Changes the attribute of `type`, which is last in the list that `edit` sees.
    private static func change(
        _ name: String,
        _ type: OID,
        _ edit: @escaping @Sendable (inout DERTree, inout [DERTree]) -> Void
    ) -> FormChange {
        FormChange(name) { tree in
            var list = tree[attributes].children
            let index = list.firstIndex { $0[[0]].octets == type.contents } ?? 0
            list.append(list.remove(at: index))
            let before = list.count
            var attribute = list[before - 1]
            edit(&attribute, &list)
            if list.count >= before { list[before - 1] = attribute }
            tree[attributes].children = list
            tree[attributes].sortChildren()
        }
    }

    private static func message() async throws -> [UInt8] {
        let world = try await CertificateWorld.make()
        let (identity, key) = try await world.identity()
        return try await SignedData.make(
            content: [1, 2, 3],
            binding: nil,
            identity: identity,
            at: CertificateWorld.now
        ) { (digest) throws(KeyStoreError) in try await world.store.sign(key, digest: digest) }.der
    }
}
