import Primitives

/// The file by which a store recognises its unlock secret:
/// `SEQUENCE { version 1, logN, r, p INTEGER, salt, nonce, tag OCTET STRING }`. The tag is that of
/// an empty AES-256-GCM message under the scrypt key.
struct UnlockFile {
    static let name = "unlock.der"

    let cost: ScryptCost
    private let salt: [UInt8]
    private let nonce: [UInt8]
    private let tag: [UInt8]

    static func make(
        _ secret: SecretBytes,
        _ cost: ScryptCost
    ) throws(KeyStoreError) -> (file: UnlockFile, key: SecretBytes) {
        let salt = SystemRandom().bytes(32)
        let nonce = SystemRandom().bytes(AESGCM.nonceBytes)
        let key = try derive(secret, cost, salt)
        let tag = AESGCM.seal([], key: key, nonce: nonce, additional: additional).tag
        return (UnlockFile(cost: cost, salt: salt, nonce: nonce, tag: tag), key)
    }

    private init(cost: ScryptCost, salt: [UInt8], nonce: [UInt8], tag: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.nonce = nonce
        self.tag = tag
    }

    init(reading bytes: [UInt8]) throws(KeyStoreError) {
        self = try wrap(KeyStoreError.damaged) { () throws(DERRefusal) in
            var reader = DERReader(bytes)
            var file = try reader.constructed(.sequence)
            try file.expect(DERValue.integer(1).encoded, "version")
            let cost = ScryptCost(
                logN: try file.smallInteger(),
                r: try file.smallInteger(),
                p: try file.smallInteger()
            )
            let salt = try file.primitive(.octetString)
            let nonce = try file.primitive(.octetString)
            let tag = try file.primitive(.octetString)
            try file.finish()
            try reader.finish()
            guard cost.isBearable else { throw .badValue }
            return UnlockFile(cost: cost, salt: salt, nonce: nonce, tag: tag)
        }
    }

    var encoded: [UInt8] {
        DERValue.sequence([
            .integer(1), .integer(cost.logN), .integer(cost.r), .integer(cost.p),
            .octetString(salt), .octetString(nonce), .octetString(tag),
        ]).encoded
    }

    /// - Returns: the key under which the key files are sealed.
    func unlock(_ secret: SecretBytes) throws(KeyStoreError) -> SecretBytes {
        let key = try UnlockFile.derive(secret, cost, salt)
        do throws(CryptographyError) {
            _ = try AESGCM.open(
                [],
                tag: tag,
                key: key,
                nonce: nonce,
                additional: UnlockFile.additional
            )
        } catch { throw .wrongUnlockSecret }
        return key
    }

    private static let additional = "renkei-key-store-v1".bytes

    private static func derive(
        _ secret: SecretBytes,
        _ cost: ScryptCost,
        _ salt: [UInt8]
    ) throws(KeyStoreError) -> SecretBytes {
        try wrap(KeyStoreError.library) { () throws(CryptographyError) in
            try cost.derive(secret, salt: salt)
        }
    }
}
