import Primitives

/// Random bytes that were shown to somebody and are to come back in an answer: the challenge of a
/// passkey, the key of a new app. In memory, one use, short-lived.
struct OfferedBytes: Sendable {
    private var all: [Digest: (bytes: [UInt8], at: Duration)] = [:]

    var count: Int { all.count }

    /// Takes the place of one given before.
    mutating func add(_ bytes: [UInt8], for holder: Digest, at now: Duration) {
        if all.count >= Limits.signInsUnderway {
            all = all.filter { now - $0.value.at < Limits.passkeyLife }
        }
        if all.count >= Limits.signInsUnderway,
            let oldest = all.min(by: { $0.value.at < $1.value.at })?.key
        {
            all[oldest] = nil
        }
        all[holder] = (bytes, now)
    }

    mutating func take(for holder: Digest, at now: Duration) -> [UInt8]? {
        guard let found = all.removeValue(forKey: holder), now - found.at < Limits.passkeyLife
        else { return nil }
        return found.bytes
    }
}
