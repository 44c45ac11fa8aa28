import CP11Kit
import Primitives

/// A PKCS #11 module that is loaded and started; it ends with its last reference.
@safe
final class TokenModule {
    private let functions: UnsafeMutablePointer<CK_FUNCTION_LIST>

    /// - Throws: `moduleUnusable`.
    init(_ path: String) throws(TokenFault) {
        guard let loaded = unsafe p11_kit_module_load(path, 0) else { throw .moduleUnusable }
        guard unsafe p11_kit_module_initialize(loaded) == CKR_OK else {
            unsafe p11_kit_module_release(loaded)
            throw .moduleUnusable
        }
        unsafe functions = unsafe loaded
    }

    deinit {
        unsafe p11_kit_module_finalize(functions)
        unsafe p11_kit_module_release(functions)
    }

    /// Does `body` as the user of the token that has this label, in a session of its own.
    func withSession<Result>(
        label: String,
        pin: SecretBytes,
        _ body: (TokenSession) throws(TokenFault) -> Result
    ) throws(TokenFault) -> Result {
        let slot = try slot(label)
        var handle = CK_SESSION_HANDLE()
        let flags = CKF_SERIAL_SESSION | CKF_RW_SESSION
        try TokenModule.check(
            unsafe functions.pointee.C_OpenSession(slot, flags, nil, nil, &handle)
        )
        defer { _ = unsafe functions.pointee.C_CloseSession(handle) }
        let outcome = unsafe pin.withPointer { pin in
            let octets = unsafe UnsafeMutablePointer(
                mutating: pin.baseAddress?.assumingMemoryBound(to: UInt8.self)
            )
            return unsafe functions.pointee.C_Login(handle, CKU_USER, octets, CK_ULONG(pin.count))
        }
        if outcome != CKR_USER_ALREADY_LOGGED_IN { try TokenModule.check(outcome) }
        return try body(unsafe TokenSession(functions, handle))
    }

    static func check(_ outcome: CK_RV) throws(TokenFault) {
        switch outcome {
        case CKR_OK: return
        case CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE: throw .wrongPIN
        case CKR_PIN_LOCKED: throw .lockedPIN
        case CKR_TOKEN_NOT_PRESENT, CKR_DEVICE_REMOVED, CKR_SLOT_ID_INVALID: throw .absent
        case CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID, CKR_TEMPLATE_INCONSISTENT,
            CKR_CURVE_NOT_SUPPORTED, CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_VALUE_INVALID:
            throw .unsuitable
        default: throw .failed(outcome)
        }
    }

    /// The one slot whose token has this label and takes a PIN without danger.
    private func slot(_ label: String) throws(TokenFault) -> CK_SLOT_ID {
        var found: [(slot: CK_SLOT_ID, flags: CK_FLAGS)] = []
        for slot in try slots() {
            var info = CK_TOKEN_INFO()
            let outcome = unsafe functions.pointee.C_GetTokenInfo(slot, &info)
            // A slot may lose its token, or hold something that is none.
            guard outcome == CKR_OK else { continue }
            let bytes = unsafe withUnsafeBytes(of: &info.label) { unsafe [UInt8]($0) }
            let end = (bytes.lastIndex { $0 != UInt8(ascii: " ") } ?? -1) + 1
            if bytes.prefix(end).elementsEqual(label.utf8) { found.append((slot, info.flags)) }
        }
        guard let token = found.first else { throw .absent }
        guard found.count == 1 else { throw .ambiguous }
        guard token.flags & CKF_USER_PIN_LOCKED == 0 else { throw .lockedPIN }
        guard token.flags & (CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY) == 0 else {
            throw .doubtfulPIN
        }
        return token.slot
    }

    private func slots() throws(TokenFault) -> [CK_SLOT_ID] {
        var count = CK_ULONG()
        let present = CK_BBOOL(CK_TRUE)
        try TokenModule.check(unsafe functions.pointee.C_GetSlotList(present, nil, &count))
        var slots = [CK_SLOT_ID](repeating: 0, count: Int(count))
        guard !slots.isEmpty else { return [] }
        try TokenModule.check(unsafe functions.pointee.C_GetSlotList(present, &slots, &count))
        return Array(slots.prefix(Int(count)))
    }
}
