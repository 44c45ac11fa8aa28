import Primitives
import Testing

@testable import Cryptography

/// RFC 6979 appendix A.2.5, message "sample", SHA-256.
private enum Sample {
    static let point = hex(
        "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
            + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
    )
    static let r = hex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716")
    static let s = hex("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8")
    static let digest = SHA256.hash("sample".bytes)

    static func signature(_ r: DERValue, _ s: DERValue) -> [UInt8] {
        DERValue.sequence([r, s]).encoded
    }
}

struct PublicPointTests {
    @Test func `ECDSA verifies the signature of RFC 6979`() throws {
        let point = try PublicPoint(Sample.point)
        let signature = Sample.signature(
            .integer(magnitude: Sample.r),
            .integer(magnitude: Sample.s)
        )
        #expect(point.verify(signature, digest: Sample.digest))
        #expect(!point.verify(signature, digest: SHA256.hash("Sample".bytes)))
        let other = try PublicPoint(PrivateKey.generate(.p256).publicBytes())
        #expect(!other.verify(signature, digest: Sample.digest))
        for index in signature.indices {
            #expect(!point.verify(flipped(signature, at: index), digest: Sample.digest))
        }
    }

    @Test func `a signature in another form than minimal DER is refused`() throws {
        let point = try PublicPoint(Sample.point)
        let r = DERValue.integer(magnitude: Sample.r)
        let s = DERValue.integer(magnitude: Sample.s)
        let padded = DERValue(.integer, [0, 0] + Sample.s)
        let negative = DERValue(.integer, Sample.s)
        let forms = [
            Sample.signature(r, padded), Sample.signature(r, negative),
            Sample.signature(.integer(0), s), Sample.signature(r, .integer(0)),
            Sample.signature(.integer(magnitude: P256.order), s),
            Sample.signature(.integer(magnitude: [1] + Sample.r), s),
            Sample.signature(r, s) + [0], Array(Sample.signature(r, s).dropLast()), [],
        ]
        for form in forms { #expect(!point.verify(form, digest: Sample.digest)) }
    }

    @Test func `a point off the curve, compressed, infinite or of another length is refused`() {
        let compressed = [0x02] + Sample.point[1...32]
        let hybrid = [0x06] + Sample.point.dropFirst()
        let forms: [[UInt8]] = [
            flipped(Sample.point, at: 64), flipped(Sample.point, at: 1), Array(compressed),
            Array(hybrid), [0], [], Sample.point + [0],
            [4] + [UInt8](repeating: 0, count: 64), [4] + [UInt8](repeating: 0xFF, count: 64),
        ]
        for form in forms {
            #expect(throws: CryptographyError.unsuitableInput) { _ = try PublicPoint(form) }
        }
    }

    @Test func `the key id is the beginning of the hash of the point`() throws {
        let point = try PublicPoint(Sample.point)
        #expect(point.keyID.text == String(SHA256.hash(Sample.point).hex.prefix(40)))
    }
}

/// What was found good once is not looked at again; nothing else may pass for it.
struct KnownSignatureTests {
    @Test func `a good signature is good for its own key and message alone, each time`() throws {
        let keys = try (0..<2).map { _ in try PrivateKey.generate(.ed25519) }
        let points = try keys.map { try NotePublicKey($0.publicBytes()) }
        let signature = try keys[0].sign(note: [1, 2, 3])
        for _ in 0..<3 {
            #expect(points[0].verify(signature, over: [1, 2, 3]))
            #expect(!points[1].verify(signature, over: [1, 2, 3]))
            #expect(!points[0].verify(signature, over: [1, 2]))
            #expect(!points[0].verify(flipped(signature, at: 0), over: [1, 2, 3]))
        }
    }

    @Test func `only what was found good is remembered, and not for ever`() throws {
        var asked = 0
        func ask(_ number: Int, _ isGood: Bool) -> Bool {
            let digest = SHA256.hash("test-\(number)".bytes).bytes
            return KnownSignatures.isGood(.p256, Sample.point, digest, [7]) {
                asked += 1
                return isGood
            }
        }
        #expect(!ask(0, false) && ask(0, true) && ask(0, false))
        #expect(asked == 2)
        // Two generations later.
        for number in 1...9000 { _ = ask(number, true) }
        #expect(!ask(0, false))
    }
}

struct PrivateKeyTests {
    @Test func `ECDH gives the answer of the NIST vector`() throws {
        let scalar = hex("7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534")
        let peer = hex(
            "04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
                + "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac"
        )
        let key = try PrivateKey.derived(.p256, from: scalar)
        let shared = try key.derive(PublicPoint(peer))
        let expected = "46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b"
        #expect(shared.withBytes { Hex.encode($0) } == expected)
    }

    @Test func `Ed25519 gives the answer of RFC 8032`() throws {
        let seed = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
        let key = try PrivateKey.derived(.ed25519, from: seed)
        let publicBytes = try key.publicBytes()
        #expect(
            publicBytes == hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
        )
        let signature = try key.sign(note: [0x72])
        let expected =
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        #expect(Hex.encode(signature) == expected)
        let publicKey = try NotePublicKey(publicBytes)
        #expect(publicKey.verify(signature, over: [0x72]))
        #expect(!publicKey.verify(signature, over: [0x73]))
        #expect(!publicKey.verify(flipped(signature, at: 63), over: [0x72]))
        #expect(!publicKey.verify(signature + [0], over: [0x72]))
    }

    @Test(arguments: [PrivateKey.Algorithm.p256, .ed25519])
    func `a key survives its PKCS#8 form`(algorithm: PrivateKey.Algorithm) throws {
        let key = try PrivateKey.generate(algorithm)
        let again = try PrivateKey.read(algorithm, pkcs8: key.pkcs8())
        #expect(try again.publicBytes() == key.publicBytes())
    }

    @Test func `what is not a key is not read as one`() {
        #expect(throws: CryptographyError.self) {
            _ = try PrivateKey.read(.p256, pkcs8: SecretBytes(copying: [0x30, 0x01, 0x00]))
        }
    }

    @Test func `a note key has 32 bytes`() {
        #expect(throws: CryptographyError.unsuitableInput) {
            _ = try NotePublicKey([UInt8](repeating: 1, count: 31))
        }
    }
}
