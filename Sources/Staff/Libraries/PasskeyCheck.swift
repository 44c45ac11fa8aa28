import CFIDO2
import Cryptography
import Primitives

/// What libfido2 does here: reading what an authenticator says of a new key, and the check of a
/// signature. It meets no device.
enum PasskeyCheck {
    /// Reads the authenticator data of a new passkey (WebAuthn §6.1).
    ///
    /// - Returns: nil unless it is for this host, a person was verified, and the key is a point of
    ///   P-256.
    static func read(
        _ data: [UInt8],
        for host: String
    ) -> (id: [UInt8], key: [UInt8], counter: Int64)? {
        guard isReady, data.starts(with: SHA256.hash(host.bytes).bytes) else { return nil }
        var made = unsafe fido_cred_new()
        defer { unsafe fido_cred_free(&made) }
        guard unsafe fido_cred_set_type(made, COSE_ES256) == FIDO_OK,
            unsafe fido_cred_set_authdata_raw(made, data, data.count) == FIDO_OK,
            unsafe fido_cred_flags(made) & needed == needed,
            let id = unsafe copy(fido_cred_id_ptr(made), fido_cred_id_len(made)),
            let key = unsafe copy(fido_cred_pubkey_ptr(made), fido_cred_pubkey_len(made)),
            (1...Limits.passkeyNameBytes).contains(id.count), key.count == 64, isPoint(key)
        else { return nil }
        return (id, key, Int64(unsafe fido_cred_sigcount(made)))
    }

    /// The counter of a signature by `key` over these data, for this host, with a person verified.
    ///
    /// - Returns: nil for any fault.
    static func counter(
        _ data: [UInt8],
        _ signature: [UInt8],
        by key: [UInt8],
        over clientData: [UInt8],
        for host: String
    ) -> Int64? {
        guard isReady else { return nil }
        var shown = unsafe fido_assert_new()
        var point = unsafe es256_pk_new()
        defer {
            unsafe fido_assert_free(&shown)
            unsafe es256_pk_free(&point)
        }
        let hash = SHA256.hash(clientData).bytes
        guard unsafe fido_assert_set_clientdata_hash(shown, hash, hash.count) == FIDO_OK,
            unsafe fido_assert_set_rp(shown, host) == FIDO_OK,
            unsafe fido_assert_set_count(shown, 1) == FIDO_OK,
            unsafe fido_assert_set_authdata_raw(shown, 0, data, data.count) == FIDO_OK,
            unsafe fido_assert_set_sig(shown, 0, signature, signature.count) == FIDO_OK,
            unsafe fido_assert_set_up(shown, FIDO_OPT_TRUE) == FIDO_OK,
            unsafe fido_assert_set_uv(shown, FIDO_OPT_TRUE) == FIDO_OK,
            unsafe es256_pk_from_ptr(point, key, key.count) == FIDO_OK,
            let point = unsafe point,
            unsafe fido_assert_verify(shown, 0, COSE_ES256, UnsafeRawPointer(point)) == FIDO_OK
        else { return nil }
        return Int64(unsafe fido_assert_sigcount(shown, 0))
    }

    /// User present (bit 0) and user verified (bit 2).
    private static let needed: UInt8 = 0b101

    private static func isPoint(_ key: [UInt8]) -> Bool {
        var point = unsafe es256_pk_new()
        defer { unsafe es256_pk_free(&point) }
        return unsafe es256_pk_from_ptr(point, key, key.count) == FIDO_OK
    }

    private static func copy(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8]? {
        guard let start = unsafe start else { return nil }
        return unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }

    private static let isReady: Bool = {
        fido_init(0)
        return true
    }()
}
