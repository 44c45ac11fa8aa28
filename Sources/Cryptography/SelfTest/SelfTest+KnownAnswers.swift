import Primitives

// Vectors of NIST, RFC 6979 A.2.5, RFC 3394 4.6, RFC 5869 A.1 and RFC 8032 7.1.
extension SelfTest {
    /// A message whose tag was cut to 1, 4 or 12 bytes: OpenSSL's own CMS takes these.
    static func refusesShortTags() throws(CryptographyError) -> Bool {
        let sealed = AuthEnvelopedDataParts.seal([1], key: .random(32), recipients: [.integer(0)])
        guard isRead(sealed.encoded) else { return false }
        for count in [1, 4, 12] {
            let forged = AuthEnvelopedDataParts(
                recipients: sealed.recipients,
                nonce: sealed.nonce,
                cipher: sealed.cipher,
                tag: Array(sealed.tag.prefix(count))
            )
            if isRead(forged.encoded) { return false }
        }
        return true
    }

    static func refusesWrongTag() throws(CryptographyError) -> Bool {
        let key = SecretBytes(copying: [UInt8](0..<32))
        let nonce = [UInt8](0..<12)
        let sealed = AESGCM.seal([1, 2, 3], key: key, nonce: nonce, additional: [4])
        let opened = try AESGCM.open(
            sealed.cipher[...],
            tag: sealed.tag,
            key: key,
            nonce: nonce,
            additional: [4]
        )
        return opened == [1, 2, 3]
            && refuses { () throws(CryptographyError) in
                _ = try AESGCM.open(
                    sealed.cipher[...],
                    tag: flipped(sealed.tag),
                    key: key,
                    nonce: nonce,
                    additional: [4]
                )
            }
    }

    static func knowsECDSA() throws(CryptographyError) -> Bool {
        let point = try PublicPoint(
            vector(
                """
                0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6\
                7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299
                """
            )
        )
        let signature = DERValue.sequence([
            .integer(
                magnitude: vector(
                    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                )
            ),
            .integer(
                magnitude: vector(
                    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
                )
            ),
        ]).encoded
        let digest = SHA256.hash("sample".bytes)
        return point.verify(signature, digest: digest)
            && !point.verify(flipped(signature), digest: digest)
    }

    static func knowsECDH() throws(CryptographyError) -> Bool {
        let peer = vector(
            """
            04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287\
            db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac
            """
        )
        let scalar = vector("7d7dc5f71eb29ddaf80d6214632eeae03d9058af1fb6d22ed80badb62bc1a534")
        let expected = vector("46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b")
        let shared = try PrivateKey.derived(.p256, from: scalar).derive(PublicPoint(peer))
        return shared.withBytes { $0 == expected }
            && refuses { () throws(CryptographyError) in _ = try PublicPoint(flipped(peer)) }
    }

    static func knowsKeyWrap() throws(CryptographyError) -> Bool {
        let wrappingKey = SecretBytes(copying: [UInt8](0..<32))
        let plain = vector("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f")
        let wrapped = vector(
            "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"
        )
        return try KeyWrap.unwrap(wrapped, with: wrappingKey).withBytes { $0 == plain }
            && KeyWrap.wrap(SecretBytes(copying: plain), with: wrappingKey) == wrapped
            && refuses { () throws(CryptographyError) in
                _ = try KeyWrap.unwrap(flipped(wrapped), with: wrappingKey)
            }
    }

    static func knowsHKDF() throws(CryptographyError) -> Bool {
        let secret = [UInt8](repeating: 0x0B, count: 22)
        let info = [UInt8](0xF0...0xF9)
        func derive(_ salt: [UInt8]) -> [UInt8] {
            HKDF.derive(secret: secret, salt: salt, info: info, count: 42)
        }
        let expected = vector(
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        )
        let salt = [UInt8](0...12)
        return derive(salt) == expected && derive(flipped(salt)) != expected
    }

    static func knowsEd25519() throws(CryptographyError) -> Bool {
        let seed = vector("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
        let expected = vector(
            """
            92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
            085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
            """
        )
        let key = try PrivateKey.derived(.ed25519, from: seed)
        let publicKey = try NotePublicKey(key.publicBytes())
        return try key.sign(note: [0x72]) == expected
            && publicKey.verify(expected, over: [0x72])
            && !publicKey.verify(flipped(expected), over: [0x72])
    }

    private static func isRead(_ message: DERValue) -> Bool {
        do throws(DERRefusal) {
            _ = try AuthEnvelopedDataParts(reading: message.encoded)
            return true
        } catch { return false }
    }

    private static func vector(_ text: String) -> [UInt8] { Hex.decode(text) ?? [] }
}
