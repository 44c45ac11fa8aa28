import Audit
import Primitives

extension Account {
    /// What stood as second factor, by the word that goes on record.
    enum UsedFactor: String, Sendable {
        case oneTimeCode, spareCode, givenCode
        case givenCodeForNewFactor
        case passkey

        /// A code from an administrator is another person's word, no factor of one's own.
        var assurance: Assurance {
            switch self {
            case .oneTimeCode, .spareCode: .twoFactor
            case .givenCode, .givenCodeForNewFactor: .password
            case .passkey: .passkey
            }
        }

        var needsEnrolment: Bool { self == .givenCodeForNewFactor }
    }

    /// Takes a code as second factor, once.
    ///
    /// - Returns: nil for one that is wrong, lapsed or used.
    mutating func take(_ code: String, at now: Timestamp) -> UsedFactor? {
        if oneTimeSecret?.take(code, at: now) == true { return .oneTimeCode }
        if let given = givenCode, !given.use.isForPassword, given.opens(with: code, of: id, at: now)
        {
            // Until the new factor is set up the old one stands, and the code with it: else the
            // password alone would do meanwhile.
            guard given.use == .once else { return .givenCodeForNewFactor }
            givenCode = nil
            return .givenCode
        }
        let digest = SpokenCode.digest(code, of: id)
        guard let place = spareCodes.firstIndex(of: digest) else { return nil }
        spareCodes.remove(at: place)
        return .spareCode
    }
}
