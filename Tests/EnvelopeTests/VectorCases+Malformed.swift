import Delivery
import Primitives
import TestKit

@testable import Cryptography

extension VectorCase {
    // MARK: routing.json

    static let malformedRouting: [VectorCase] = [
        routing("a blank in the JSON") { Array($0.prefix(1)) + [0x20] + $0.dropFirst() },
        routing("a byte order mark") { [0xEF, 0xBB, 0xBF] + $0 },
        routing("a trailing line end") { $0 + [0x0A] },
        routing("an unpaired surrogate") {
            String(decoding: $0, as: UTF8.self)
                .replacing("\"urgent\"", with: "\"\\ud800\"").bytes
        },
        routing("a duplicate member") {
            String(decoding: $0, as: UTF8.self).replacing(
                "\"version\":1",
                with: "\"version\":1,\"version\":1"
            ).bytes
        },
        header("an unknown member") { $0["unknown"] = 1 },
        header("a null") { $0["threadId"] = .null },
        header("version 2") { $0["version"] = 2 },
        header("the sender among the recipients") { header in
            let to: JSON = ["memberId": header["from"], "keyId": header["to"]?.array?[0]["keyId"]]
            header["to"] = .array([to])
        },
        header("a life of 31 days") { header in
            header["createdAt"] = "2026-11-21T02:03:04.567Z"
            header["expiresAt"] = "2026-12-22T02:03:04.567Z"
        },
    ]

    private static func routing(_ note: String, _ edit: @escaping Forge.Edit) -> VectorCase {
        refused("malformed", "routing: \(note)", .malformed, 2) { smithy in
            try await smithy.vector(small: true) { $0.routingBytes = edit }
        }
    }

    private static func header(
        _ note: String,
        _ edit: @escaping @Sendable (inout JSONObject) -> Void
    ) -> VectorCase {
        refused("malformed", "routing: \(note)", .malformed, 2) { smithy in
            try await smithy.vector(small: true) { $0.routing = edit }
        }
    }

    // MARK: Layer 3

    static let malformedSealed: [VectorCase] =
        (1...15).map { count in
            layer3("a tag of \(count) bytes") { $0[1, 0, 3].octets.removeLast(16 - count) }
        } + [
            sealed("malformed", "layer 3: empty", .malformed, 6) { _ in [] },
            sealed("malformed", "layer 3: a trailing byte", .malformed, 6) { $0 + [0] },
            sealed("malformed", "layer 3: the last byte missing", .malformed, 6) {
                Array($0.dropLast())
            },
            layer3("a length in too many octets") { $0[1, 0, 2].length = DERTree.long },
            layer3("an indefinite length") { tree in
                tree[1].length = { _ in [0x80] }
                tree[1].values.append(DERTree(raw: [0, 0]))
            },
            layer3("a constructed OCTET STRING") { tree in
                let mac = tree[1, 0, 3].octets
                var whole = DERTree(tag: 0x24, octets: [])
                whole.values = [DERTree(tag: 0x04, octets: mac)]
                tree[1, 0, 3] = whole
            },
            layer3("a version with a leading zero") { $0[1, 0, 0].octets = [0, 0] },
            layer3("ICVlen 12") { $0[1, 0, 2, 1, 1, 1].octets = [12] },
            layer3("a nonce of 11 bytes") { $0[1, 0, 2, 1, 1, 0].octets.removeLast() },
            layer3("EnvelopedData") { tree in
                tree[0].octets = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 3]
            },
            layer3("AES-256-CBC") { tree in
                tree[1, 0, 2, 1, 0].octets = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42]
            },
            layer3("key derivation with SHA-1") { tree in
                tree[1, 0, 1, 0, 2, 0].octets = [0x2B, 0x81, 5, 0x10, 0x86, 0x48, 0x3F, 0, 2]
            },
            layer3("a compressed point") { tree in
                let point = tree[1, 0, 1, 0, 1, 0, 1].octets
                let sign = point[65] & 1
                tree[1, 0, 1, 0, 1, 0, 1].octets = [0, 2 | sign] + point[2..<34]
            },
            layer3("a point off the curve") { tree in
                tree[1, 0, 1, 0, 1, 0, 1].octets[65] ^= 1
            },
            layer3("named curve parameters") { tree in
                let curve: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7]
                tree[1, 0, 1, 0, 1, 0, 0].values.append(DERTree(tag: 6, octets: curve))
            },
            layer3("a wrapped key of 48 bytes") { tree in
                tree[1, 0, 1, 0, 3, 0, 1].octets += [UInt8](repeating: 0, count: 8)
            },
            layer3("the same recipient twice") { tree in
                let recipient = tree[1, 0, 1, 0]
                tree[1, 0, 1].values.append(recipient)
            },
            layer3("a recipient with rsaEncryption") { tree in
                tree[1, 0, 1].values.append(rsaRecipient)
            },
            layer3("unauthenticated attributes") { tree in
                tree[1, 0].values.append(DERTree(raw: [0xA2, 0]))
            },
            refused("malformed", "layer 3 with the defaults of openssl", .malformed, 6) { smithy in
                try await smithy.vector(small: true) { forge in
                    let certificate = smithy.world.member(.clinic).encryption.certificate
                    forge.seal = { try OpenSSL.seal($0, to: [certificate], options: []) }
                }
            },
        ]

    private static func layer3(
        _ note: String,
        _ edit: @escaping @Sendable (inout DERTree) throws -> Void
    ) -> VectorCase {
        sealed("malformed", "layer 3: \(note)", .malformed, 6) { try $0.rebuilt(edit) }
    }

    /// KeyTransRecipientInfo v2 with PKCS#1 v1.5.
    private static var rsaRecipient: DERTree {
        let algorithm = DERValue.sequence([
            DERValue(.objectIdentifier, [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1]),
            DERValue(DERTag(octet: 5), [UInt8]()),
        ])
        return DERTree(
            raw: DERValue.sequence([
                .integer(2), DERValue(.primitive(0), [UInt8](repeating: 1, count: 20)), algorithm,
                .octetString([UInt8](repeating: 2, count: 384)),
            ]).encoded
        )
    }

    // MARK: Layer 2

    static let malformedSigned: [VectorCase] = [
        signed("malformed", "layer 2: a trailing byte", .malformed, 9) { $0 + [0] },
        layer2("a length in too many octets") { $0[1, 0, 4].length = DERTree.long },
        layer2("two signers") { tree in
            let signer = tree[1, 0, 4, 0]
            tree[1, 0, 4].values.append(signer)
        },
        layer2("no signer") { $0[1, 0, 4].values = [] },
        layer2("a duplicate attribute") { tree in
            let attribute = tree[1, 0, 4, 0, 3, 0]
            tree[1, 0, 4, 0, 3].values.insert(attribute, at: 0)
        },
        layer2("an additional attribute") { tree in
            let value = DERTree(raw: DERValue(.set, [.octetString([1])]).encoded)
            var attribute = DERTree(tag: 0x30, octets: [])
            attribute.values = [DERTree(tag: 6, octets: [0x2A, 3, 4, 5, 6, 7, 8]), value]
            tree[1, 0, 4, 0, 3].values.append(attribute)
        },
        layer2("attributes out of order") { $0[1, 0, 4, 0, 3].values.reverse() },
        layer2("an unsigned attribute") { tree in
            let attribute = tree[1, 0, 4, 0, 3, 0].encoded
            var unsigned = DERTree(tag: 0xA1, octets: [])
            unsigned.values = [DERTree(raw: attribute)]
            tree[1, 0, 4, 0].values.append(unsigned)
        },
        layer2("SHA-1") { $0[1, 0, 4, 0, 2, 0].octets = [0x2B, 0x0E, 3, 2, 0x1A] },
        layer2("NULL parameters of the digest") { tree in
            tree[1, 0, 4, 0, 2].values.append(DERTree(tag: 5, octets: []))
        },
        layer2("three certificates") { tree in
            let certificate = tree[1, 0, 3, 0]
            tree[1, 0, 3].values.append(certificate)
        },
        layer2("no authority enclosed") { $0[1, 0, 3].values.removeLast() },
        layer2("revocation lists enclosed") { tree in
            tree[1, 0].values.insert(DERTree(raw: [0xA1, 0]), at: 4)
        },
        layer2("detached content") { $0[1, 0, 2].values.removeLast() },
        layer2("a padded signature") { tree in
            let signature = DERTree(tree[1, 0, 4, 0, 5].octets)
            var padded = signature
            padded[0].octets.insert(0, at: 0)
            padded[0].octets.insert(0, at: 0)
            tree[1, 0, 4, 0, 5].octets = padded.encoded
        },
        layer2("a signature of zero") { tree in
            tree[1, 0, 4, 0, 5].octets = [0x30, 6, 2, 1, 0, 2, 1, 0]
        },
    ]

    private static func layer2(
        _ note: String,
        _ edit: @escaping @Sendable (inout DERTree) throws -> Void
    ) -> VectorCase {
        signed("malformed", "layer 2: \(note)", .malformed, 9) { try $0.rebuilt(edit) }
    }
}
