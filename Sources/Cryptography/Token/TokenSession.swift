import CP11Kit
import Primitives

/// What is done with keys while one is signed in at a token.
@safe
struct TokenSession {
    private let functions: UnsafeMutablePointer<CK_FUNCTION_LIST>
    private let handle: CK_SESSION_HANDLE

    /// One attribute of an object, as bytes.
    struct Attribute {
        let type: CK_ATTRIBUTE_TYPE
        let bytes: [UInt8]

        init(_ type: CK_ATTRIBUTE_TYPE, _ bytes: [UInt8]) {
            self.type = type
            self.bytes = bytes
        }

        init(_ type: CK_ATTRIBUTE_TYPE, _ flag: Bool) { self.init(type, [flag ? 1 : 0]) }

        init(_ type: CK_ATTRIBUTE_TYPE, number: CK_ULONG) {
            self.init(type, unsafe withUnsafeBytes(of: number) { unsafe [UInt8]($0) })
        }
    }

    init(_ functions: UnsafeMutablePointer<CK_FUNCTION_LIST>, _ handle: CK_SESSION_HANDLE) {
        unsafe self.functions = unsafe functions
        self.handle = handle
    }

    // MARK: Keys

    /// Makes a P-256 key that never leaves the token; both its halves are known there by its
    /// `keyId`.
    func generate(label: String) throws(TokenFault) -> PublicPoint {
        let name = Attribute(CKA_LABEL, label.bytes)
        let (outer, inner) = try generate(
            [
                name, Attribute(CKA_TOKEN, true), Attribute(CKA_VERIFY, false),
                Attribute(CKA_EC_PARAMS, DERValue.objectIdentifier(.prime256v1).encoded),
            ],
            [
                name, Attribute(CKA_TOKEN, true), Attribute(CKA_PRIVATE, true),
                Attribute(CKA_SENSITIVE, true), Attribute(CKA_EXTRACTABLE, false),
                Attribute(CKA_DERIVE, true), Attribute(CKA_SIGN, false),
            ]
        )
        guard try read(CKA_SENSITIVE, of: inner, atMost: 1) == [1],
            try read(CKA_EXTRACTABLE, of: inner, atMost: 1) == [0]
        else { throw .unsuitable }
        let point = try point(of: outer)
        for key in [outer, inner] { try set(Attribute(CKA_ID, point.keyIDBytes), of: key) }
        return point
    }

    func holds(_ point: PublicPoint) throws(TokenFault) -> Bool {
        !(try find([Attribute(CKA_CLASS, number: CKO_PRIVATE_KEY), id(point)]).isEmpty)
    }

    /// ECDH; 32 bytes.
    func derive(_ own: PublicPoint, with other: PublicPoint) throws(TokenFault) -> SecretBytes {
        let found = try find([Attribute(CKA_CLASS, number: CKO_PRIVATE_KEY), id(own)])
        guard let key = found.first else { throw .keyMissing }
        let secret = try derive(key, other)
        // It ends with the session anyway; an error here takes nothing from what was read.
        defer { _ = unsafe functions.pointee.C_DestroyObject(handle, secret) }
        var bytes = try read(CKA_VALUE, of: secret, atMost: 32)
        guard bytes.count == 32 else { throw .unsuitable }
        return SecretBytes(moving: &bytes)
    }

    /// Both halves; one that is gone already stays gone.
    func destroy(_ point: PublicPoint) throws(TokenFault) {
        for object in try find([id(point)]) {
            try TokenModule.check(unsafe functions.pointee.C_DestroyObject(handle, object))
        }
    }

    private func id(_ point: PublicPoint) -> Attribute { Attribute(CKA_ID, point.keyIDBytes) }

    /// The token gives it as an OCTET STRING (PKCS #11 3.0, 2.3.3).
    private func point(of key: CK_OBJECT_HANDLE) throws(TokenFault) -> PublicPoint {
        let value = try read(CKA_EC_POINT, of: key, atMost: 128)
        let bytes = try wrap({ _ in TokenFault.unsuitable }) { () throws(DERRefusal) in
            var reader = DERReader(value)
            let bytes = try reader.primitive(.octetString)
            try reader.finish()
            return bytes
        }
        return try wrap({ _ in TokenFault.unsuitable }) { () throws(CryptographyError) in
            try PublicPoint(bytes)
        }
    }

    // MARK: Calls

    private func generate(
        _ outer: [Attribute],
        _ inner: [Attribute]
    ) throws(TokenFault) -> (outer: CK_OBJECT_HANDLE, inner: CK_OBJECT_HANDLE) {
        var mechanism = unsafe CK_MECHANISM()
        unsafe mechanism.mechanism = CKM_EC_KEY_PAIR_GEN
        var keys = (outer: CK_OBJECT_HANDLE(), inner: CK_OBJECT_HANDLE())
        let outcome = unsafe template(outer) { outer in
            unsafe template(inner) { inner in
                unsafe functions.pointee.C_GenerateKeyPair(
                    handle,
                    &mechanism,
                    &outer,
                    CK_ULONG(outer.count),
                    &inner,
                    CK_ULONG(inner.count),
                    &keys.outer,
                    &keys.inner
                )
            }
        }
        try TokenModule.check(outcome)
        return keys
    }

    private func derive(
        _ key: CK_OBJECT_HANDLE,
        _ other: PublicPoint
    ) throws(TokenFault) -> CK_OBJECT_HANDLE {
        var point = other.bytes
        var secret = CK_OBJECT_HANDLE()
        let wish = [
            Attribute(CKA_CLASS, number: CKO_SECRET_KEY),
            Attribute(CKA_KEY_TYPE, number: CKK_GENERIC_SECRET), Attribute(CKA_TOKEN, false),
            Attribute(CKA_SENSITIVE, false), Attribute(CKA_EXTRACTABLE, true),
            Attribute(CKA_VALUE_LEN, number: 32),
        ]
        let outcome = unsafe point.withUnsafeMutableBufferPointer { point in
            var parameters = unsafe CK_ECDH1_DERIVE_PARAMS()
            unsafe parameters.kdf = CKD_NULL
            unsafe parameters.ulPublicDataLen = CK_ULONG(point.count)
            unsafe parameters.pPublicData = point.baseAddress
            return unsafe withUnsafeMutablePointer(to: &parameters) { parameters in
                var mechanism = unsafe CK_MECHANISM(
                    mechanism: CKM_ECDH1_DERIVE,
                    pParameter: parameters,
                    ulParameterLen: CK_ULONG(MemoryLayout<CK_ECDH1_DERIVE_PARAMS>.size)
                )
                return unsafe template(wish) { wish in
                    unsafe functions.pointee.C_DeriveKey(
                        handle,
                        &mechanism,
                        key,
                        &wish,
                        CK_ULONG(wish.count),
                        &secret
                    )
                }
            }
        }
        try TokenModule.check(outcome)
        return secret
    }

    private func find(_ attributes: [Attribute]) throws(TokenFault) -> [CK_OBJECT_HANDLE] {
        try TokenModule.check(
            unsafe template(attributes) { wish in
                unsafe functions.pointee.C_FindObjectsInit(handle, &wish, CK_ULONG(wish.count))
            }
        )
        // Two halves, and what a token may keep twice.
        var objects = [CK_OBJECT_HANDLE](repeating: 0, count: 8)
        var count = CK_ULONG()
        let outcome = unsafe functions.pointee.C_FindObjects(
            handle,
            &objects,
            CK_ULONG(objects.count),
            &count
        )
        _ = unsafe functions.pointee.C_FindObjectsFinal(handle)
        try TokenModule.check(outcome)
        return Array(objects.prefix(Int(count)))
    }

    private func read(
        _ type: CK_ATTRIBUTE_TYPE,
        of object: CK_OBJECT_HANDLE,
        atMost limit: Int
    ) throws(TokenFault) -> [UInt8] {
        var value = [UInt8](repeating: 0, count: limit)
        var filled = 0
        let outcome = unsafe value.withUnsafeMutableBytes { value in
            var attribute = unsafe CK_ATTRIBUTE(
                type: type,
                pValue: value.baseAddress,
                ulValueLen: CK_ULONG(limit)
            )
            let outcome = unsafe functions.pointee.C_GetAttributeValue(
                handle,
                object,
                &attribute,
                1
            )
            if outcome == CKR_OK { filled = unsafe Int(attribute.ulValueLen) }
            return outcome
        }
        try TokenModule.check(outcome)
        defer { SecretBytes.cleanse(&value) }
        return Array(value.prefix(filled))
    }

    private func set(_ attribute: Attribute, of object: CK_OBJECT_HANDLE) throws(TokenFault) {
        try TokenModule.check(
            unsafe template([attribute]) { value in
                unsafe functions.pointee.C_SetAttributeValue(handle, object, &value, 1)
            }
        )
    }

    /// Lends attributes in the form of the library.
    private func template(
        _ attributes: [Attribute],
        _ body: (inout [CK_ATTRIBUTE]) -> CK_RV
    ) -> CK_RV {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: attributes.count * TokenSession.widest,
            alignment: MemoryLayout<CK_ULONG>.alignment
        )
        defer { unsafe memory.deallocate() }
        var list = unsafe attributes.enumerated().map { index, attribute in
            precondition(attribute.bytes.count <= TokenSession.widest, "labels and numbers")
            let start = index * TokenSession.widest
            let place = unsafe UnsafeMutableRawBufferPointer(
                rebasing: memory[start..<start + attribute.bytes.count]
            )
            unsafe place.copyBytes(from: attribute.bytes)
            return unsafe CK_ATTRIBUTE(
                type: attribute.type,
                pValue: place.baseAddress,
                ulValueLen: CK_ULONG(place.count)
            )
        }
        return unsafe body(&list)
    }

    /// A label with its owner is the longest attribute that is written.
    private static let widest = 128
}
