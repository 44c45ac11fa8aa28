package import Audit
package import Cryptography
package import ExchangeAPI
package import Primitives
package import Storage

/// Why an exchange cannot start, or an operator's act was not done.
package enum ExchangeFault: Explained, Equatable {
    case notFounded
    case alreadyFounded
    case store(StoreError)
    case keyStore(KeyStoreError)
    case dataKey(DataKeyFault)
    /// The leaf at `index` of the `keys` tree does not apply: the store is not what was written.
    case directory(index: UInt64)
    /// The active member who has the office number already.
    case officeNumberTaken(MemberID)
    /// What the operator asks for was refused as if a member had asked.
    case refused(Refusal)

    package var code: String { cause?.code ?? own.code }
    package var summary: String { cause?.summary ?? own.summary }
    package var advice: String { cause?.advice ?? own.advice }
    package var isTemporary: Bool { cause?.isTemporary ?? false }

    private var cause: (any Explained)? {
        switch self {
        case .notFounded, .alreadyFounded, .directory, .officeNumberTaken: nil
        case .store(let error): error
        case .keyStore(let error): error
        case .dataKey(let error): error
        case .refused(let refusal): refusal
        }
    }

    private var own: (code: String, summary: String, advice: String) {
        switch self {
        case .alreadyFounded:
            (
                "alreadyFounded", "There is an exchange in this folder already.",
                "Choose another folder, or serve this one."
            )
        case .directory(let index):
            (
                "storeDamaged", "Leaf \(index) of the keys tree does not hold.",
                "Stop. Restore from a backup and call the vendor."
            )
        case .officeNumberTaken(let member):
            (
                "officeNumberTaken", "Member \(member) of this type has this office number.",
                "Correct the number; or suspend the wrong entry with exchange member suspend."
            )
        case .notFounded, .store, .keyStore, .dataKey, .refused:
            (
                "notFounded", "There is no exchange in this folder.",
                "Found it first, or name another folder."
            )
        }
    }
}
