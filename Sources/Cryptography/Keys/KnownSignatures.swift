import Primitives

/// Signatures that this process has found to be good.
///
/// One receipt is looked at many times: when it comes, when its proof comes, when it is shown, and
/// by every organisation of a gateway. Whether a key has made a signature over given bytes never
/// changes, so nothing here can grow old; bad signatures are not remembered. Whether the key may be
/// used is asked elsewhere, each time.
enum KnownSignatures {
    enum Algorithm: UInt8 {
        case p256 = 1, ed25519

        /// Of the key and the fixed part together: then no two cases have the same bytes.
        fileprivate var fixedBytes: Int {
            switch self {
            case .p256: PublicPoint.byteCount + Digest.byteCount
            case .ed25519: NotePublicKey.byteCount + 64
            }
        }
    }

    private struct Names: Sendable {
        /// The newer ones. Those before them are forgotten when these become too many.
        var young: Set<Digest> = []
        var old: Set<Digest> = []
    }

    private static let generation = 4096
    private static let names = Lock(Names())

    /// Takes the algorithm with its key, then signature and what was signed: first whichever of the
    /// two has one length in this algorithm.
    ///
    /// - Returns: what `verify` says, now or when it was asked before.
    static func isGood(
        _ algorithm: Algorithm,
        _ key: [UInt8],
        _ fixed: [UInt8],
        _ rest: [UInt8],
        verify: () -> Bool
    ) -> Bool {
        precondition(key.count + fixed.count == algorithm.fixedBytes)
        let name = SHA256.hash([algorithm.rawValue], key, fixed, rest)
        let isKnown = names.withLock { $0.young.contains(name) || $0.old.contains(name) }
        guard !isKnown else { return true }
        guard verify() else { return false }
        names.withLock { names in
            names.young.insert(name)
            guard names.young.count >= generation else { return }
            names.old = names.young
            names.young = []
        }
        return true
    }
}
