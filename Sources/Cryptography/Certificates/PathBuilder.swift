import CCrypto
import Primitives

/// `X509_verify_cert` over fixed roots, authorities and lists.
struct PathBuilder: Sendable {
    enum Outcome {
        case found([Certificate])
        case outsideValidity
        case listMissing
        case none(Int32)
    }

    /// Who judges what a list says and how old it is.
    enum ListRule {
        case leftToCaller
        /// libcrypto, at the time asked about: for the self-test.
        case enforced
    }

    private let store: LibraryObject
    private let untrusted: LibraryObject
    private let known: [Digest: Certificate]
    private let listRule: ListRule

    init(
        roots: [Certificate],
        intermediates: [Certificate],
        lists: [CertificateRevocationList],
        listRule: ListRule = .leftToCaller
    ) {
        self.listRule = listRule
        let made = Library.demand { () throws(CryptographyError) in
            (
                store: try PathBuilder.store(roots, lists),
                untrusted: try PathBuilder.stack(intermediates)
            )
        }
        store = made.store
        untrusted = made.untrusted
        known = Dictionary((roots + intermediates).map { ($0.sha256, $0) }) { first, _ in first }
    }

    /// Checks path, constraints, policy, purpose, times, and the signatures of certificates and
    /// lists. What a list says of a certificate is not judged here.
    func path(for certificate: Certificate, role: CertificateRole, at time: Timestamp) -> Outcome {
        Library.clearErrors()
        defer { Library.clearErrors() }
        guard let leaf = Self.parsed(certificate) else { return .none(X509_V_ERR_UNSPECIFIED) }
        return unsafe leaf.withPointer { leaf in
            unsafe store.withPointer { store in
                unsafe untrusted.withPointer { untrusted in
                    guard let context = unsafe X509_STORE_CTX_new() else {
                        return .none(X509_V_ERR_OUT_OF_MEM)
                    }
                    defer { unsafe X509_STORE_CTX_free(context) }
                    guard unsafe X509_STORE_CTX_init(context, store, leaf, untrusted) == 1,
                        unsafe configure(context, role, time)
                    else { return .none(X509_V_ERR_UNSPECIFIED) }
                    return unsafe outcome(context, certificate)
                }
            }
        }
    }

    private func outcome(_ context: OpaquePointer, _ certificate: Certificate) -> Outcome {
        guard unsafe X509_verify_cert(context) == 1 else {
            switch unsafe X509_STORE_CTX_get_error(context) {
            case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID:
                return .outsideValidity
            case X509_V_ERR_UNABLE_TO_GET_CRL: return .listMissing
            case let code: return .none(code)
            }
        }
        let chain = unsafe X509_STORE_CTX_get0_chain(context)
        var path = [certificate]
        for index in 1..<max(1, unsafe renkei_certificates_count(chain)) {
            guard let digest = unsafe Self.digest(renkei_certificates_at(chain, index)),
                let authority = known[digest]
            else { return .none(X509_V_ERR_UNSPECIFIED) }
            path.append(authority)
        }
        return .found(path)
    }

    private func configure(
        _ context: OpaquePointer,
        _ role: CertificateRole,
        _ time: Timestamp
    ) -> Bool {
        guard let parameters = unsafe X509_STORE_CTX_get0_param(context) else { return false }
        let flags =
            UInt(X509_V_FLAG_CRL_CHECK) | UInt(X509_V_FLAG_CRL_CHECK_ALL)
            | UInt(X509_V_FLAG_X509_STRICT) | UInt(X509_V_FLAG_POLICY_CHECK)
            | UInt(X509_V_FLAG_EXPLICIT_POLICY)
        guard unsafe X509_VERIFY_PARAM_set_flags(parameters, flags) == 1,
            let policy = unsafe OBJ_txt2obj(OID.memberPolicy1.description, 1)
        else { return false }
        guard unsafe X509_VERIFY_PARAM_add0_policy(parameters, policy) == 1 else {
            unsafe ASN1_OBJECT_free(policy)
            return false
        }
        if let purpose = role.libraryPurpose {
            guard unsafe X509_VERIFY_PARAM_set_purpose(parameters, purpose) == 1 else {
                return false
            }
        }
        unsafe X509_VERIFY_PARAM_set_time(parameters, time_t(time.seconds))
        if listRule == .leftToCaller {
            unsafe X509_STORE_CTX_set_verify_cb(context, leaveListsToCaller)
        }
        return true
    }

    private static func store(
        _ roots: [Certificate],
        _ lists: [CertificateRevocationList]
    ) throws(CryptographyError) -> LibraryObject {
        let store = try unsafe Library.object(X509_STORE_new()) { unsafe X509_STORE_free($0) }
        for root in roots {
            guard let parsed = parsed(root) else { throw Library.failure() }
            let outcome = unsafe store.withPointer { store in
                unsafe parsed.withPointer { unsafe X509_STORE_add_cert(store, $0) }
            }
            try Library.check(outcome)
        }
        for list in lists {
            let parsed = unsafe list.der.withUnsafeBufferPointer { bytes in
                var cursor = bytes.baseAddress
                return unsafe d2i_X509_CRL(nil, &cursor, bytes.count)
            }
            let object = try unsafe Library.object(parsed) { unsafe X509_CRL_free($0) }
            let outcome = unsafe store.withPointer { store in
                unsafe object.withPointer { unsafe X509_STORE_add_crl(store, $0) }
            }
            try Library.check(outcome)
        }
        return store
    }

    private static func stack(
        _ certificates: [Certificate]
    ) throws(CryptographyError) -> LibraryObject {
        let stack = try unsafe Library.object(renkei_certificates_new()) {
            unsafe renkei_certificates_free($0)
        }
        for certificate in certificates {
            guard let parsed = parsed(certificate) else { throw Library.failure() }
            let isAdded = unsafe stack.withPointer { stack in
                unsafe parsed.withPointer { pointer in
                    // The stack frees what it holds, so it takes a reference of its own.
                    unsafe X509_up_ref(pointer) == 1
                        && renkei_certificates_push(stack, pointer) > 0
                }
            }
            guard isAdded else { throw Library.failure() }
        }
        return stack
    }

    private static func parsed(_ certificate: Certificate) -> LibraryObject? {
        let pointer = unsafe certificate.der.withUnsafeBufferPointer { bytes in
            var cursor = bytes.baseAddress
            return unsafe d2i_X509(nil, &cursor, bytes.count)
        }
        return unsafe LibraryObject(pointer) { unsafe X509_free($0) }
    }

    private static func digest(_ certificate: OpaquePointer?) -> Digest? {
        var bytes = [UInt8](repeating: 0, count: Digest.byteCount)
        guard unsafe X509_digest(certificate, EVP_sha256(), &bytes, nil) == 1 else { return nil }
        return Digest(bytes)
    }
}

/// Goes on over three findings that are ours to judge: a list younger or older than the time asked
/// about (its age is the caller's matter), and an entry in it (which counts from its *since*).
private func leaveListsToCaller(_ isGood: Int32, _ context: OpaquePointer?) -> Int32 {
    switch unsafe X509_STORE_CTX_get_error(context) {
    case X509_V_ERR_CRL_NOT_YET_VALID, X509_V_ERR_CRL_HAS_EXPIRED, X509_V_ERR_CERT_REVOKED: 1
    default: isGood
    }
}

extension CertificateRole {
    /// libcrypto's own check of key usage and extended key usage. It knows no role of ours, and its
    /// S/MIME encryption purpose wants keyEncipherment, which a P-256 key must not have: there our
    /// profile is the only check.
    fileprivate var libraryPurpose: Int32? {
        switch self {
        case .memberSigning, .exchangeReceipt, .exchangeRegistrar: X509_PURPOSE_SMIME_SIGN
        case .memberEncryption: nil
        case .memberTransport: X509_PURPOSE_SSL_CLIENT
        case .exchangeServer: X509_PURPOSE_SSL_SERVER
        }
    }
}
