import CUTF8Proc

/// Compatibility composition (Unicode annex 15). For search and input only, never for what is
/// stored: it turns U+FA19 into another character.
enum NFKC {
    static func normalized(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        let bytes = Array(text.utf8)
        var output: UnsafeMutablePointer<UInt8>? = nil
        let options = utf8proc_option_t(
            UTF8PROC_STABLE.rawValue | UTF8PROC_COMPOSE.rawValue | UTF8PROC_COMPAT.rawValue
        )
        let count = unsafe bytes.withUnsafeBufferPointer { input in
            unsafe utf8proc_map(input.baseAddress, input.count, &output, options)
        }
        defer { unsafe free(output) }
        // A failure can only mean that memory has run out: a String is always valid UTF-8.
        guard count >= 0, let output = unsafe output else { preconditionFailure("utf8proc_map") }
        return unsafe String(
            decoding: UnsafeBufferPointer(start: output, count: count),
            as: UTF8.self
        )
    }
}
