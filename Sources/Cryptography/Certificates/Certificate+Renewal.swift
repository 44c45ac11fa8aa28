package import Primitives

extension Certificate {
    /// When it is renewed by itself: at its profile's age, and for keys that everybody must learn
    /// of up to five days later, so that not all members of an association come on one day.
    package var renewalDue: Timestamp {
        let due = notBefore.adding(profile.renewedAfter ?? profile.life)
        guard role == .memberSigning || role == .memberEncryption else { return due }
        let drawn = SHA256.hash(keyID.text.bytes).bytes.prefix(4).reduce(0) { $0 << 8 | Int64($1) }
        let window = Duration.days(5).inMilliseconds
        return due.adding(.milliseconds((drawn * window) >> 32))
    }

    package func isRenewalDue(at now: Timestamp) -> Bool { renewalDue <= now }
}
