import CCrypto

/// A libcrypto object with its one release function.
///
/// The pointer is lent, never given: it is valid inside the closure only.
@safe
final class LibraryObject: @unchecked Sendable {
    // Unchecked: a shared object is only read after it was made, and libcrypto counts and guards
    // its own references; contexts are made, used and dropped inside one call.
    private let pointer: OpaquePointer
    private let release: @Sendable (OpaquePointer?) -> Void

    /// Takes over `pointer`.
    ///
    /// - Returns: nil for the null pointer of a call that failed.
    init?(_ pointer: OpaquePointer?, release: @escaping @Sendable (OpaquePointer?) -> Void) {
        guard let pointer = unsafe pointer else { return nil }
        unsafe self.pointer = pointer
        unsafe self.release = release
    }

    deinit { unsafe release(pointer) }

    func withPointer<Result: ~Copyable, Failure: Error>(
        _ body: (OpaquePointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(pointer)
    }
}

/// What every call into libcrypto shares: its error queue, and the check of its result.
enum Library {
    /// The queue belongs to the thread, so it is cleared before a call whose errors are read.
    static func clearErrors() { ERR_clear_error() }

    static func failure() -> CryptographyError {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0, let reason = unsafe ERR_reason_error_string(code) else {
            return .library("no reason given")
        }
        return unsafe .library(String(cString: reason))
    }

    /// Only 1 is success: several calls answer 0 or a negative number, and -2 for "unsupported".
    static func check(_ outcome: Int32) throws(CryptographyError) {
        guard outcome == 1 else { throw failure() }
    }

    static func object(
        _ pointer: OpaquePointer?,
        _ release: @escaping @Sendable (OpaquePointer?) -> Void
    ) throws(CryptographyError) -> LibraryObject {
        guard let object = unsafe LibraryObject(pointer, release: release) else { throw failure() }
        return object
    }

    /// For calls that fail only without memory, in functions that promise not to throw.
    static func demand<Result>(_ body: () throws(CryptographyError) -> Result) -> Result {
        do throws(CryptographyError) { return try body() } catch {
            preconditionFailure(error.summary)
        }
    }
}
