import CCrypto
import Primitives

/// A secret in libcrypto's locked heap, cleansed when the last reference ends.
///
/// The heap is not in core dumps and not swapped where the system allows. When it is full, ordinary
/// memory is taken; that is cleansed too.
@safe
package final class SecretBytes: Sendable, CustomStringConvertible {
    package let count: Int
    // Safe to share: written once before `init` returns.
    nonisolated(unsafe) private let memory: UnsafeMutableRawPointer

    package convenience init(copying bytes: [UInt8]) {
        unsafe self.init(count: bytes.count) { memory in unsafe memory.copyBytes(from: bytes) }
    }

    /// Takes the bytes over and overwrites them where they were.
    package convenience init(moving bytes: inout [UInt8]) {
        self.init(copying: bytes)
        SecretBytes.cleanse(&bytes)
    }

    /// Secret random bytes.
    package static func random(_ count: Int) -> SecretBytes {
        unsafe SecretBytes(count: count) { memory in
            let outcome = unsafe RAND_priv_bytes(
                memory.baseAddress?.assumingMemoryBound(to: UInt8.self),
                Int32(count)
            )
            precondition(outcome == 1, "no random bytes can be had")
        }
    }

    /// Lets `fill` write a secret in place, so that no copy stands elsewhere.
    init<Failure: Error>(
        count: Int,
        _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        precondition(count > 0, "a secret has bytes")
        SecretBytes.prepareHeap
        guard
            let memory = unsafe CRYPTO_secure_malloc(count, #file, #line)
                ?? CRYPTO_malloc(count, #file, #line)
        else { preconditionFailure("out of memory") }
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: count)
        self.count = count
        unsafe self.memory = unsafe memory
        try unsafe fill(UnsafeMutableRawBufferPointer(start: memory, count: count))
    }

    /// SHA-256 of a secret and public bytes after it.
    convenience init(hashing secret: SecretBytes, _ rest: [UInt8]) {
        unsafe self.init(count: Digest.byteCount) { output in
            let digest = unsafe output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            let isHashed = unsafe secret.withPointer { secret in
                guard let context = unsafe EVP_MD_CTX_new() else { return false }
                defer { unsafe EVP_MD_CTX_free(context) }
                return unsafe Algorithms.sha256.withPointer { algorithm in
                    unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1
                        && EVP_DigestUpdate(context, secret.baseAddress, secret.count) == 1
                        && EVP_DigestUpdate(context, rest, rest.count) == 1
                        && EVP_DigestFinal_ex(context, digest, nil) == 1
                }
            }
            precondition(isHashed, "SHA-256 fails only without memory")
        }
    }

    deinit { unsafe CRYPTO_secure_clear_free(memory, count, #file, #line) }

    /// Lends a copy that is overwritten afterwards. Do not keep it: a copy kept is not overwritten.
    package func withBytes<Result, Failure: Error>(
        _ body: ([UInt8]) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var copy = unsafe withPointer { source in unsafe [UInt8](source) }
        defer { SecretBytes.cleanse(&copy) }
        return try body(copy)
    }

    func withPointer<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeRawBufferPointer(start: memory, count: count))
    }

    package var description: String { "SecretBytes(\(count))" }

    /// Overwrites a secret in an ordinary array in a way that is not optimised out.
    static func cleanse(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        }
    }

    /// Without this call libcrypto silently uses the ordinary heap.
    private static let prepareHeap: Void = {
        _ = CRYPTO_secure_malloc_init(1 << 20, 32)
    }()
}
