import CCrypto
package import Primitives

/// SHA-256 of bytes in memory.
package enum SHA256 {
    package static func hash(_ bytes: [UInt8]) -> Digest {
        var output = InlineArray<32, UInt8>(repeating: 0)
        var room = output.mutableSpan
        Library.demand { () throws(CryptographyError) in
            try unsafe Algorithms.sha256.withPointer { (algorithm) throws(CryptographyError) in
                let outcome = unsafe room.withUnsafeMutableBufferPointer { output in
                    unsafe EVP_Digest(
                        bytes,
                        bytes.count,
                        output.baseAddress,
                        nil,
                        algorithm,
                        nil
                    )
                }
                try Library.check(outcome)
            }
        }
        guard let digest = Digest(output.span) else { preconditionFailure("SHA-256 has 32 bytes") }
        return digest
    }

    /// The hash of all parts, one after the other.
    package static func hash(_ parts: [UInt8]...) -> Digest {
        // Below a page copying costs less than a context.
        let count = parts.reduce(0) { $0 + $1.count }
        guard count > 4096 else {
            var whole: [UInt8] = []
            whole.reserveCapacity(count)
            for part in parts { whole += part }
            return hash(whole)
        }
        var hasher = SHA256Hasher()
        for part in parts { hasher.update(part) }
        return hasher.finish()
    }

    static func digest(_ output: [UInt8]) -> Digest {
        guard let digest = Digest(output) else { preconditionFailure("SHA-256 has 32 bytes") }
        return digest
    }
}

/// SHA-256 of bytes that come in pieces.
package struct SHA256Hasher: ~Copyable {
    private let context: LibraryObject

    package init() {
        context = Library.demand { () throws(CryptographyError) in
            let context = unsafe try Library.object(EVP_MD_CTX_new()) { unsafe EVP_MD_CTX_free($0) }
            try unsafe context.withPointer { (pointer) throws(CryptographyError) in
                try unsafe Algorithms.sha256.withPointer { (algorithm) throws(CryptographyError) in
                    try unsafe Library.check(EVP_DigestInit_ex2(pointer, algorithm, nil))
                }
            }
            return context
        }
    }

    package mutating func update(_ bytes: [UInt8]) {
        Library.demand { () throws(CryptographyError) in
            try unsafe context.withPointer { (pointer) throws(CryptographyError) in
                try unsafe Library.check(EVP_DigestUpdate(pointer, bytes, bytes.count))
            }
        }
    }

    package consuming func finish() -> Digest {
        var output = [UInt8](repeating: 0, count: Digest.byteCount)
        Library.demand { () throws(CryptographyError) in
            try unsafe context.withPointer { (pointer) throws(CryptographyError) in
                try unsafe Library.check(EVP_DigestFinal_ex(pointer, &output, nil))
            }
        }
        return SHA256.digest(output)
    }
}
