import Primitives
import Testing

@testable import Cryptography

/// The bytes of a hexadecimal vector; an unreadable one is empty and fails its test.
func hex(_ text: String) -> [UInt8] { Hex.decode(text.lowercased()) ?? [] }

func flipped(_ bytes: [UInt8], at index: Int = 0) -> [UInt8] {
    var bytes = bytes
    bytes[index] ^= 1
    return bytes
}

struct HashTests {
    @Test(
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ]
    )
    func `SHA-256 gives the answers of FIPS 180`(message: String, expected: String) {
        #expect(SHA256.hash(message.bytes).hex == expected)
        var hasher = SHA256Hasher()
        for byte in message.bytes { hasher.update([byte]) }
        #expect(hasher.finish().hex == expected)
    }

    @Test func `parts hash as their concatenation`() {
        #expect(SHA256.hash([1, 2], [], [3]) == SHA256.hash([1, 2, 3]))
    }

    @Test(
        arguments: [
            (
                String(repeating: "0b", count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                "4a656665", "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
        ]
    )
    func `HMAC gives the answers of RFC 4231`(key: String, message: String, expected: String) {
        #expect(HMACSHA256.code(for: message.bytes, key: hex(key)).hex == expected)
        let secret = SecretBytes(copying: hex(key))
        #expect(HMACSHA256.code(for: message.bytes, secret: secret).hex == expected)
    }

    @Test func `an empty HMAC key is a key of its own`() {
        let first = HMACSHA256.code(for: [1], key: [])
        _ = HMACSHA256.code(for: [1], key: [9])
        #expect(HMACSHA256.code(for: [1], key: []) == first)
    }

    @Test(
        arguments: [
            (
                "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
                """
                3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865
                """
            ),
            (
                "", "",
                """
                8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8
                """
            ),
        ]
    )
    func `HKDF gives the answers of RFC 5869`(salt: String, info: String, expected: String) {
        let secret = [UInt8](repeating: 0x0B, count: 22)
        let derived = HKDF.derive(secret: secret, salt: hex(salt), info: hex(info), count: 42)
        #expect(Hex.encode(derived) == expected)
    }

    @Test func `comparison in constant time tells equal from unequal`() {
        #expect(isEqualInConstantTime([1, 2], [1, 2]))
        #expect(isEqualInConstantTime([], []))
        #expect(!isEqualInConstantTime([1, 2], [1, 3]))
        #expect(!isEqualInConstantTime([1, 2], [1, 2, 3]))
    }

    @Test func `scrypt gives the answer of RFC 7914`() throws {
        let cost = ScryptCost(logN: 10, r: 8, p: 16)
        let key = try cost.derive(SecretBytes(copying: "password".bytes), salt: "NaCl".bytes)
        let expected = "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        #expect(key.withBytes { Hex.encode($0) } == expected)
    }

    @Test func `only a secret that nobody thought of is cheap to try`() {
        let made = MadeSecret.make()
        #expect(made != MadeSecret.make())
        for secret in [made, made + [0x0A]] {
            #expect(ScryptCost.fitting(SecretBytes(copying: secret)) == .slight)
        }
        let others = [
            "unlock".bytes, Array(made.dropFirst()), Array(made.dropLast()), made + made,
            made + "\n\n".bytes, made + "=".bytes, "renkei-unlock-v1:password".bytes,
            "renkei-unlock-v1:".bytes, [UInt8](repeating: 0xFF, count: 60),
        ]
        for secret in others {
            #expect(ScryptCost.fitting(SecretBytes(copying: secret)) == .standard, "\(secret)")
        }
    }

    @Test func `the system random source does not repeat itself`() {
        #expect(SystemRandom().bytes(32) != SystemRandom().bytes(32))
        #expect(SystemRandom().bytes(0).isEmpty)
    }
}

struct SecretTests {
    @Test func `a secret gives back what was put in and never prints it`() {
        let secret = SecretBytes(copying: [1, 2, 3])
        #expect(secret.withBytes { $0 } == [1, 2, 3])
        #expect("\(secret)" == "SecretBytes(3)")
    }

    @Test func `moving a secret overwrites its source`() {
        var source: [UInt8] = [1, 2, 3]
        let secret = SecretBytes(moving: &source)
        #expect(source == [0, 0, 0])
        #expect(secret.withBytes { $0 } == [1, 2, 3])
    }

    @Test func `a secret larger than the locked heap still holds`() {
        let secret = SecretBytes(copying: [UInt8](repeating: 7, count: 3 << 20))
        #expect(secret.withBytes { $0.allSatisfy { $0 == 7 } })
    }
}

struct CipherTests {
    private static let key = SecretBytes(
        copying: hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
    )
    private static let nonce = hex("cafebabefacedbaddecaf888")
    private static let additional = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    private static let plain = hex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    private static let cipher = hex(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
    )
    private static let tag = hex("76fc6ece0f4e1768cddf8853bb2d551b")

    @Test func `AES-256-GCM gives the answer of NIST test case 16`() throws {
        let sealed = AESGCM.seal(
            Self.plain,
            key: Self.key,
            nonce: Self.nonce,
            additional: Self.additional
        )
        #expect(sealed.cipher == Self.cipher)
        #expect(sealed.tag == Self.tag)
        #expect(try open() == Self.plain)
    }

    @Test func `an empty message has a tag`() throws {
        let sealed = AESGCM.seal([], key: Self.key, nonce: Self.nonce, additional: [])
        #expect(sealed.cipher.isEmpty)
        #expect(
            try AESGCM.open([], tag: sealed.tag, key: Self.key, nonce: Self.nonce, additional: [])
                .isEmpty
        )
    }

    @Test func `one wrong bit anywhere opens nothing`() {
        #expect(throws: CryptographyError.cannotOpen) { try open(cipher: flipped(Self.cipher)) }
        #expect(throws: CryptographyError.cannotOpen) { try open(tag: flipped(Self.tag)) }
        #expect(throws: CryptographyError.cannotOpen) { try open(nonce: flipped(Self.nonce)) }
        #expect(throws: CryptographyError.cannotOpen) {
            try open(additional: flipped(Self.additional))
        }
    }

    @Test(arguments: [0, 1, 4, 12, 15])
    func `a short tag opens nothing`(count: Int) {
        #expect(throws: CryptographyError.cannotOpen) {
            try open(tag: Array(Self.tag.prefix(count)))
        }
    }

    private func open(
        cipher: [UInt8] = cipher,
        tag: [UInt8] = tag,
        nonce: [UInt8] = nonce,
        additional: [UInt8] = additional
    ) throws -> [UInt8] {
        try AESGCM.open(cipher[...], tag: tag, key: Self.key, nonce: nonce, additional: additional)
    }
}

struct KeyWrapTests {
    private let wrappingKey = SecretBytes(copying: Array(0..<32))
    private let plain = hex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f")
    private let wrapped = hex(
        "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"
    )

    @Test func `key wrap gives the answer of RFC 3394`() throws {
        #expect(KeyWrap.wrap(SecretBytes(copying: plain), with: wrappingKey) == wrapped)
        #expect(try KeyWrap.unwrap(wrapped, with: wrappingKey).withBytes { $0 } == plain)
    }

    @Test func `one wrong bit unwraps nothing`() {
        for index in wrapped.indices {
            #expect(throws: CryptographyError.cannotOpen) {
                _ = try KeyWrap.unwrap(flipped(wrapped, at: index), with: wrappingKey)
            }
        }
    }

    @Test(arguments: [0, 8, 24, 32, 39, 41, 48])
    func `every other length is refused`(count: Int) {
        #expect(throws: CryptographyError.cannotOpen) {
            _ = try KeyWrap.unwrap([UInt8](repeating: 1, count: count), with: wrappingKey)
        }
    }
}
