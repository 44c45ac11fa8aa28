package import Audit
package import Cryptography
package import Primitives
package import Storage

/// Why an exchange cannot start or go on.
package enum ExchangeFault: Explained, Equatable {
    case notFounded
    case alreadyFounded
    case store(StoreError)
    case keyStore(KeyStoreError)
    case library(CryptographyError)
    case dataKey(DataKeyFault)
    /// The leaf at `index` of the `keys` tree does not apply: the store is not what was written.
    case directory(index: UInt64)
    /// A member is unknown, or what an operator asks of it cannot be.
    case member(String)

    package var code: String {
        switch self {
        case .notFounded: "notFounded"
        case .alreadyFounded: "alreadyFounded"
        case .store(let error): error.code
        case .keyStore(let error): error.code
        case .library(let error): error.code
        case .dataKey(let error): error.code
        case .directory: "storeDamaged"
        case .member(let code): code
        }
    }

    package var summary: String {
        switch self {
        case .notFounded: "There is no exchange in this folder."
        case .alreadyFounded: "There is an exchange in this folder already."
        case .store(let error): error.summary
        case .keyStore(let error): error.summary
        case .library(let error): error.summary
        case .dataKey(let error): error.summary
        case .directory(let index): "Leaf \(index) of the keys tree does not hold."
        case .member: "The member cannot be found or is not in the state this needs."
        }
    }

    package var advice: String {
        switch self {
        case .notFounded: "Run `renkei exchange init` first."
        case .alreadyFounded: "Choose another folder, or run `renkei exchange serve`."
        case .store(let error): error.advice
        case .keyStore(let error): error.advice
        case .library(let error): error.advice
        case .dataKey(let error): error.advice
        case .directory: "Stop. Restore from a backup and call the vendor."
        case .member: "List the members with `renkei exchange member list`."
        }
    }

    package var isTemporary: Bool {
        switch self {
        case .store(let error): error.isTemporary
        case .keyStore(let error): error.isTemporary
        default: false
        }
    }
}
