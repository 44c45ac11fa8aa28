import Primitives

/// Why a key store could not do what was asked.
package enum KeyStoreError: Explained, Equatable {
    case unknownKey
    case unsuitableLabel
    case labelTaken
    /// The key is for something else.
    case wrongUse
    /// An encryption key has signed its one request already.
    case requestAlreadySigned
    case wrongUnlockSecret
    /// A key file is not as it was written.
    case damagedKeyFile
    /// The folder or a file in it may be read by others.
    case exposedKeyFile
    /// A file could not be read or written (`errno`).
    case disk(Int32)
    case library(CryptographyError)
    /// What an authority was asked to sign would not fit its profile.
    case outsideProfile(CertificateRefusal)
    case token(TokenFault)

    static func damaged(_: some Error) -> KeyStoreError { .damagedKeyFile }

    package var code: String {
        switch self {
        case .unknownKey: "keyUnknown"
        case .unsuitableLabel: "keyLabelUnsuitable"
        case .labelTaken: "keyLabelTaken"
        case .wrongUse: "keyWrongUse"
        case .requestAlreadySigned: "keyRequestAlreadySigned"
        case .wrongUnlockSecret: "unlockSecretWrong"
        case .damagedKeyFile: "keyFileDamaged"
        case .exposedKeyFile: "keyFileExposed"
        case .disk: "keyFileUnreachable"
        case .library(let error): error.code
        case .outsideProfile(let refusal): refusal.code
        case .token(let fault): fault.code
        }
    }

    package var summary: String {
        switch self {
        case .unknownKey: "The key store has no such key."
        case .unsuitableLabel: "A key label takes small letters, digits, dots and dashes only."
        case .labelTaken: "The key store has a key with this label already."
        case .wrongUse: "The key is not for this use."
        case .requestAlreadySigned: "The encryption key has signed its one request already."
        case .wrongUnlockSecret: "The unlock secret does not open this key store."
        case .damagedKeyFile: "A file of the key store is damaged."
        case .exposedKeyFile: "Others may read the folder of the key store."
        case .disk(let number): "A file of the key store could not be used (errno \(number))."
        case .library(let error): error.summary
        case .outsideProfile(let refusal): refusal.summary
        case .token(let fault): fault.summary
        }
    }

    package var advice: String {
        switch self {
        case .unknownKey: "Restore the key from its backup, or enrol again."
        case .unsuitableLabel, .labelTaken: "Choose another label."
        case .wrongUse: "Report this as a fault of the program."
        case .requestAlreadySigned: "Generate a new encryption key and request with that."
        case .wrongUnlockSecret: "Give the secret that was set when the store was made."
        case .damagedKeyFile: "Restore the file from its backup, or enrol again."
        case .exposedKeyFile: "Set the folder to mode 0700 and its files to 0600."
        case .disk: "Check that the folder exists, is writable and has room."
        case .library(let error): error.advice
        case .outsideProfile(let refusal): refusal.advice
        case .token(let fault): fault.advice
        }
    }

    package var isTemporary: Bool {
        switch self {
        case .disk: true
        case .library(let error): error.isTemporary
        case .token(let fault): fault.isTemporary
        case .unknownKey, .unsuitableLabel, .labelTaken, .wrongUse, .requestAlreadySigned,
            .wrongUnlockSecret, .damagedKeyFile, .exposedKeyFile, .outsideProfile:
            false
        }
    }
}
