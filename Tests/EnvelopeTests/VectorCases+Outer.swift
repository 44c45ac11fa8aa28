import Delivery
import Envelope
import Primitives
import TestKit

@testable import Cryptography

extension VectorCase {
    /// Size, suite, recipient, decryption: steps 1 to 8.
    static let outer: [VectorCase] =
        [
            oversize("routing.json", Limits.routingBytes + 1),
            oversize("submission.der", Limits.statementBytes + 1),
            oversize("sealed.der", Limits.sealedBytes + 1),
            suite("unknown", "renkei-2031-1"), suite("older", "renkei-2025-1"),
            refused("wrongSuite", "this suite, the forms of another", .malformed, 6) { smithy in
                try await smithy.vector(small: true) { forge in
                    let certificate = smithy.world.member(.clinic).encryption.certificate
                    forge.seal = {
                        try OpenSSL.seal($0, to: [certificate], options: ["-aes-256-cbc"])
                    }
                }
            },
            refused("wrongRecipient", "another key", .wrongRecipient, 7) { smithy in
                try await smithy.vector(small: true) { forge in
                    forge.recipients = [smithy.world.member(.hospital).encryption.certificate]
                }
            },
            refused("wrongRecipient", "a retired key of our own", .wrongRecipient, 7) { smithy in
                let clinic = smithy.world.member(.clinic)
                let key = try await clinic.store.generate(.encryption, label: "retired")
                let certificate = try await smithy.world.exchange.issue(
                    .memberEncryption,
                    to: clinic.id,
                    point: clinic.store.point(key),
                    from: smithy.world.start.adding(.days(-1))
                )
                return try await smithy.vector(small: true) { forge in
                    forge.to = [Addressee(memberID: clinic.id, keyID: certificate.keyID)]
                    forge.recipients = [certificate]
                }
            },
            sealed("wrongRecipient", "an empty set", .malformed, 6) { sealed in
                sealed.rebuilt { $0[1, 0, 1].values = [] }
            },
            undecryptable("tag flipped") { $0[1, 0, 3].octets[15] ^= 1 },
            undecryptable("nonce flipped") { $0[1, 0, 2, 1, 1, 0].octets[0] ^= 1 },
            undecryptable("ciphertext flipped") { $0[1, 0, 2, 2].octets[0] ^= 1 },
            undecryptable("ciphertext cut") { $0[1, 0, 2, 2].octets.removeLast() },
            undecryptable("wrapped key flipped") { $0[1, 0, 1, 0, 3, 0, 1].octets[39] ^= 1 },
            undecryptable("another ephemeral key") { tree in
                let point = try PrivateKey.derived(.p256, from: [UInt8](1...32)).publicBytes()
                tree[1, 0, 1, 0, 1, 0, 1].octets = [0] + point
            },
        ]

    private static func oversize(_ file: String, _ count: Int) -> VectorCase {
        refused("tooLarge", "one byte more than \(file) may have", .tooLarge, 1) { smithy in
            var vector = try await smithy.vector(small: true)
            let zeros = [UInt8](repeating: 0, count: count)
            vector.zeros = [ByteText(file): count]
            vector.bytes = Arrival.Bytes(
                routing: file == "routing.json" ? zeros : vector.bytes.routing,
                submission: file == "submission.der" ? zeros : vector.bytes.submission,
                sealed: file == "sealed.der" ? zeros : vector.bytes.sealed,
                accepted: vector.bytes.accepted
            )
            return vector
        }
    }

    private static func suite(_ note: String, _ suite: String) -> VectorCase {
        refused("wrongSuite", note, .wrongSuite, 2) { smithy in
            try await smithy.vector(small: true) { $0.routing = { $0["suite"] = .string(suite) } }
        }
    }

    private static func undecryptable(
        _ note: String,
        _ edit: @escaping @Sendable (inout DERTree) throws -> Void
    ) -> VectorCase {
        sealed("undecryptable", note, .undecryptable, 8) { try $0.rebuilt(edit) }
    }

    /// Binding and replay: steps 14 and 15.
    static let bindings: [VectorCase] = [
        refused("forwarded", "the content sealed again to another member", .forwarded, 14) {
            smithy in
            let original = try await smithy.forged { _ in }
            return try await smithy.vector(to: .hospital, small: true) { forge in
                forge.to = [smithy.world.member(.hospital).addressee]
                forge.messageSeed = 8
                forge.content = { _ in original.content }
            }
        },
        refused("forwarded", "by its recipient, in its own name", .wrongSigner, 10) { smithy in
            let original = try await smithy.forged { _ in }
            return try await smithy.vector(to: .hospital, small: true) { forge in
                forge.sender = .clinic
                forge.to = [smithy.world.member(.hospital).addressee]
                forge.content = { _ in original.content }
            }
        },
        refused("forwarded", "the binding of another routing header", .forwarded, 14) { smithy in
            try await smithy.vector(small: true) { $0.binding = SHA256.hash("other".bytes) }
        },
        refused("forwarded", "a recipient more than the routing header has", .forwarded, 14) {
            smithy in
            try await smithy.vector(small: true) { forge in
                forge.recipients = [World.Place.clinic, .hospital].map {
                    smithy.world.member($0).encryption.certificate
                }
            }
        },
        refused("forwarded", "a recipient fewer", .forwarded, 14) { smithy in
            try await smithy.vector(small: true) { forge in
                forge.to.append(smithy.world.member(.hospital).addressee)
                forge.recipients = [smithy.world.member(.clinic).encryption.certificate]
            }
        },
        refused("forwarded", "our key under the name of another", .forwarded, 14) { smithy in
            try await smithy.vector(small: true) { forge in
                let key = smithy.world.member(.clinic).encryption.certificate.keyID
                let hospital = smithy.world.member(.hospital).id
                forge.to = [Addressee(memberID: hospital, keyID: key)]
            }
        },
        refused("replayed", "the same content under a new id", .replayed, 15) { smithy in
            var vector = try await smithy.vector(small: true)
            vector.earlier = MessageKey(
                from: smithy.world.member(.careOffice).id,
                messageID: MessageID.make(at: smithy.world.start, SeededRandom(seed: 6))
            )
            return vector
        },
        refused("replayed", "the same sealed bytes under a new id", .forwarded, 14) { smithy in
            let original = try await smithy.forged { _ in }
            return try await smithy.vector(small: true) { forge in
                forge.messageSeed = 8
                forge.sealed = { _ in original.sealed }
            }
        },
        accepted("replayed", "the same content under the same id") { smithy in
            var vector = try await smithy.vector()
            vector.earlier = try Routing(reading: vector.bytes.routing).key
            return vector
        },
    ]
}

extension Smithy {
    /// A small message, for its parts.
    fileprivate func forged(_ edit: (inout Forge) throws -> Void) async throws -> Forged {
        var forge = try Forge.small(messages)
        try edit(&forge)
        return try await forge.make()
    }
}
