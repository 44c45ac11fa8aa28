import Primitives

/// A fault of a primitive or of the library below it.
package enum CryptographyError: Explained, Equatable {
    /// A key, tag or ciphertext that does not belong together. One case for every cause.
    case cannotOpen
    /// A length, point or parameter that the primitive does not take.
    case unsuitableInput
    /// libcrypto failed; the text is its own and holds no content.
    case library(String)
    /// A known answer of the self-test did not come out; the text names it.
    case selfTest(String)

    package var code: String {
        switch self {
        case .cannotOpen: "undecryptable"
        case .unsuitableInput: "unsuitableInput"
        case .library: "cryptographyFailed"
        case .selfTest: "selfTestFailed"
        }
    }

    package var summary: String {
        switch self {
        case .cannotOpen: "The sealed data could not be opened."
        case .unsuitableInput: "A key, point or parameter has the wrong form."
        case .library(let text): "The cryptographic library failed (\(text))."
        case .selfTest(let name): "The cryptographic self-test failed (\(name))."
        }
    }

    package var advice: String {
        switch self {
        case .cannotOpen: "Ask for the data again, sealed to the present key."
        case .unsuitableInput: "Report this to the vendor of the program that made it."
        case .library: "Check memory and the installed OpenSSL, then try again."
        case .selfTest: "Install the current libssl3 of this Debian release."
        }
    }

    package var isTemporary: Bool {
        switch self {
        case .library: true
        case .cannotOpen, .unsuitableInput, .selfTest: false
        }
    }
}
