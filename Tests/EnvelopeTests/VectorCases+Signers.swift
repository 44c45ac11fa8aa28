import Delivery
import Directory
import Envelope
import Primitives
import TestKit

@testable import Cryptography

extension VectorCase {
    /// Signatures, certificates and chains: steps 4 and 10 to 13.
    static let signers: [VectorCase] = [
        signed("badSignature", "signature flipped", .badSignature, 13) { content in
            content.rebuilt { tree in
                var signature = DERTree(tree[1, 0, 4, 0, 5].octets)
                signature[1].octets[20] ^= 1
                tree[1, 0, 4, 0, 5].octets = signature.encoded
            }
        },
        signed("badSignature", "the digest of other content", .badSignature, 13) { content in
            content.rebuilt { $0[1, 0, 2, 1, 0].octets[0] ^= 1 }
        },
        refused("badSignature", "signed by another key", .badSignature, 13) { smithy in
            try await smithy.vector(small: true) { forge in
                let right = StatementSigner.Key(smithy.world.member(.careOffice))
                forge.signer = StatementSigner.Key(
                    right.store,
                    smithy.unknown.handle,
                    right.identity
                )
            }
        },
        refused("badSignature", "submission: signature flipped", .badSignature, 4) { smithy in
            try await smithy.vector(small: true) { forge in
                forge.submission = { submission in
                    submission.rebuilt { tree in
                        var signature = DERTree(tree[1, 0, 4, 0, 5].octets)
                        signature[1].octets[20] ^= 1
                        tree[1, 0, 4, 0, 5].octets = signature.encoded
                    }
                }
            }
        },
        refused("badSignature", "submission: of other sealed bytes", .badSignature, 4) {
            try await $0.vector(small: true) { forge in
                forge.offer = { $0["sealedSha256"] = .string(SHA256.hash([]).hex) }
            }
        },
        refused("badSignature", "submission: of another routing header", .badSignature, 4) {
            try await $0.vector(small: true) { forge in
                forge.offer = { $0["routingSha256"] = .string(SHA256.hash([]).hex) }
            }
        },
        refused("badSignature", "submission: with a binding", .badSignature, 4) { smithy in
            let original = try await smithy.vector(small: true)
            let statement = try SignedData(
                reading: original.bytes.submission,
                limit: Limits.statementBytes
            )
            let key = StatementSigner.Key(smithy.world.member(.careOffice))
            let bound = try await key.sign(
                statement.content,
                binding: SHA256.hash(original.bytes.routing),
                at: smithy.world.start
            )
            return try await smithy.vector(small: true) { $0.submission = { _ in bound } }
        },
        refused("badSignature", "a sheet without binding", .malformed, 9) {
            try await $0.vector(small: true) { $0.binding = .some(nil) }
        },
        refused("wrongSigner", "the certificate of another member", .wrongSigner, 10) { smithy in
            try await smithy.vector(small: true) { forge in
                forge.signer = StatementSigner.Key(smithy.world.member(.hospital))
            }
        },
        refused("wrongSigner", "another member submits too", .badSignature, 4) { smithy in
            try await smithy.vector(small: true) { forge in
                forge.signer = StatementSigner.Key(smithy.world.member(.hospital))
                forge.offerer = forge.signer
                let id = smithy.world.member(.hospital).id
                forge.offer = { $0["issuer"] = .string(id.text) }
            }
        },
        refused("wrongSigner", "the TLS certificate of the sender", .wrongSigner, 10) { smithy in
            try await smithy.vector(with: ["tls-signer"], small: true) { forge in
                forge.signer = smithy.transport
                forge.offerer = smithy.transport
            }
        },
        both("wrongSigner", "a certificate that no directory has", .wrongSigner, 10, \.unknown),
        refused("wrongSigner", "enclosed alone, beside the right submission", .wrongSigner, 10) {
            smithy in
            try await smithy.vector(small: true) { $0.signer = smithy.unknown }
        },
        signed("wrongSigner", "no role in the certificate", .malformed, 9) { content in
            content.rebuilt { tree in
                // emailProtection alone.
                tree[1, 0, 3].editCertificate(extension: [0x55, 0x1D, 0x25]) { usage in
                    usage.values.removeLast()
                }
            }
        },
        signed("wrongSigner", "the ESS hash of another certificate", .wrongSigner, 12) { content in
            content.rebuilt { tree in
                for index in tree[1, 0, 4, 0, 3].values.indices {
                    let attribute = tree[1, 0, 4, 0, 3, index]
                    // signingCertificateV2
                    guard attribute[0].octets.last == 47 else { continue }
                    tree[1, 0, 4, 0, 3, index, 1, 0, 0, 0, 0].octets[0] ^= 1
                }
            }
        },
        both("untrusted", "a root of the same name", .wrongSigner, 10, \.impostor),
        refused("untrusted", "a key that no rotation explains", .untrusted, 11) { smithy in
            try await smithy.vector(with: ["second-key"], small: true) { forge in
                forge.signer = smithy.second
                forge.offerer = smithy.second
            }
        },
        refused("untrusted", "a leaf as issuer", .malformed, 9) { smithy in
            let leaf = smithy.world.member(.hospital).signing.certificate.der
            return try await smithy.vector(small: true) { forge in
                forge.content = { content in
                    content.rebuilt { tree in
                        for index in tree[1, 0, 3].values.indices
                        where tree[1, 0, 3, index].isAuthority {
                            tree[1, 0, 3, index] = DERTree(raw: leaf)
                        }
                        tree[1, 0, 3].values.sort {
                            $0.encoded.lexicographicallyPrecedes($1.encoded)
                        }
                    }
                }
            }
        },
        signed("untrusted", "a name outside the constraints", .malformed, 9) { content in
            content.rebuilt { tree in
                tree[1, 0, 3].editMemberCertificate { $0[0, 5, 0, 0, 1].octets = "Others".bytes }
            }
        },
        signed("untrusted", "no policy", .malformed, 9) { content in
            content.rebuilt { tree in
                tree[1, 0, 3].editMemberCertificate { certificate in
                    certificate[0, 7, 0].values.removeAll {
                        $0[0].octets == [0x55, 0x1D, 0x20]
                    }
                }
            }
        },
    ]

    /// Content and submission signed with the same key.
    private static func both(
        _ name: String,
        _ note: String,
        _ code: RefusalCode,
        _ step: Int,
        _ key: @escaping @Sendable (Smithy) -> StatementSigner.Key
    ) -> VectorCase {
        refused(name, note, code, step) { smithy in
            try await smithy.vector(small: true) { forge in
                forge.signer = key(smithy)
                forge.offerer = key(smithy)
            }
        }
    }

    /// Validity and revocation at `acceptedAt`, and the life of the message.
    static let times: [VectorCase] = [
        refused("certificateExpired", "ended before acceptance", .certificateExpired, 11) {
            try await $0.vector(small: true) { $0.createdAt = $0.createdAt.adding(.days(100)) }
        },
        refused("certificateExpired", "not yet valid", .certificateExpired, 11) { smithy in
            try await smithy.vector(with: ["newcomer"], small: true) { forge in
                forge.signer = smithy.newcomer.key
                forge.offerer = smithy.newcomer.key
                let id = smithy.newcomer.id
                forge.senderID = id
            }
        },
        revoked("before acceptance", "revoked"),
        revoked("since before acceptance, listed later", "revoked-listed-later"),
        revoked("by the member's own statement", "revoked-by-statement"),
        accepted("revoked", "revoked after acceptance") {
            try await $0.vector(after: .hours(3), with: ["revoked-after"])
        },
        refused("expired", "after expiresAt", .expired, 15) {
            let late = Duration.days(3) + .minutes(5) + .milliseconds(1)
            return try await $0.vector(after: late, with: ["lists-later"], small: true)
        },
        accepted("expired", "at the tolerance") {
            try await $0.vector(after: .days(3) + .minutes(5), with: ["lists-later"])
        },
        refused("expired", "acceptedAt in the future", .expired, 15) {
            try await $0.vector(after: .minutes(-5), small: true)
        },
        refused("expired", "acceptedAt before createdAt", .expired, 15) {
            try await $0.vector(small: true) { $0.acceptedAfter = .seconds(-301) }
        },
    ]

    private static func revoked(_ note: String, _ addition: String) -> VectorCase {
        refused("revoked", note, .revoked, 11) {
            try await $0.vector(after: .hours(3), with: [addition], small: true)
        }
    }
}

extension DERTree {
    /// Changes the member's certificate in a set of two; the signature of its authority stays.
    fileprivate mutating func editMemberCertificate(_ edit: (inout DERTree) -> Void) {
        for index in values.indices where !values[index].isAuthority { edit(&values[index]) }
    }

    fileprivate mutating func editCertificate(
        extension identifier: [UInt8],
        _ edit: (inout DERTree) -> Void
    ) {
        editMemberCertificate { certificate in
            for index in certificate[0, 7, 0].values.indices
            where certificate[0, 7, 0, index, 0].octets == identifier {
                let last = certificate[0, 7, 0, index].values.count - 1
                var value = DERTree(certificate[0, 7, 0, index, last].octets)
                edit(&value)
                certificate[0, 7, 0, index, last].octets = value.encoded
            }
        }
    }

    /// Name constraints (2.5.29.30) stand in authorities alone.
    fileprivate var isAuthority: Bool {
        self[0, 7, 0].values.contains { $0[0].octets == [0x55, 0x1D, 0x1E] }
    }
}
