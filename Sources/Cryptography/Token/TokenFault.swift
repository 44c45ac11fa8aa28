import Primitives

/// Why a token did not do what was asked.
package enum TokenFault: Explained, Equatable {
    /// Keys of the folder are in a token, and none is named.
    case notNamed
    /// The module cannot be loaded, or does not start.
    case moduleUnusable
    /// No token of this label is there.
    case absent
    /// Several tokens have this label.
    case ambiguous
    /// It is not tried again: a token locks itself after a few wrong ones.
    case wrongPIN
    /// Somebody gave a wrong PIN since the last right one.
    case doubtfulPIN
    case lockedPIN
    case keyMissing
    /// The token makes or keeps no key of the kind that is needed.
    case unsuitable
    /// Any other answer of the module (`CK_RV`).
    case failed(UInt)

    package var code: String {
        switch self {
        case .notNamed: "tokenNotNamed"
        case .moduleUnusable: "tokenModuleUnusable"
        case .absent: "tokenAbsent"
        case .ambiguous: "tokenAmbiguous"
        case .wrongPIN: "tokenPinWrong"
        case .doubtfulPIN: "tokenPinDoubtful"
        case .lockedPIN: "tokenPinLocked"
        case .keyMissing: "tokenKeyMissing"
        case .unsuitable: "tokenUnsuitable"
        case .failed: "tokenFailed"
        }
    }

    package var summary: String {
        switch self {
        case .notNamed: "The storage key of this folder is in a token, and no token is named."
        case .moduleUnusable: "The module of the token cannot be used."
        case .absent: "The token is not there."
        case .ambiguous: "Several tokens have the label of the configuration."
        case .wrongPIN: "The PIN of the token is wrong; it is not tried again."
        case .doubtfulPIN: "A wrong PIN was given to the token; none was tried now."
        case .lockedPIN: "The token is locked after too many wrong PINs."
        case .keyMissing: "The token has not the storage key of this folder."
        case .unsuitable:
            "The token cannot hold a P-256 key that agrees on secrets and stays in it."
        case .failed(let number): "The token failed (\(String(number, radix: 16)))."
        }
    }

    package var advice: String {
        switch self {
        case .notNamed:
            "Start the service with the configuration that names it; commands go through that."
        case .moduleUnusable: "Check token.module in the configuration, and that it is installed."
        case .absent: "Put the token in, and check token.label in the configuration."
        case .ambiguous: "Give each token a label of its own."
        case .wrongPIN: "Correct the file of the PIN, then sign in once with pkcs11-tool --login."
        case .doubtfulPIN:
            "Check the file of the PIN, sign in once with pkcs11-tool --login, then start again."
        case .lockedPIN: "Have the token unlocked with its security officer's PIN."
        case .keyMissing: "Put in the token with which this folder was used."
        case .unsuitable: "Use a token with CKM_EC_KEY_PAIR_GEN and CKM_ECDH1_DERIVE."
        case .failed: "Nothing was lost. See whether the token works with pkcs11-tool."
        }
    }

    package var isTemporary: Bool {
        switch self {
        case .absent, .failed: true
        case .notNamed, .moduleUnusable, .ambiguous, .wrongPIN, .doubtfulPIN, .lockedPIN,
            .keyMissing, .unsuitable:
            false
        }
    }
}
