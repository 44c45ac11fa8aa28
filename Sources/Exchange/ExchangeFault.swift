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
    /// Who has left has no keys any more, and is no member to resume or to recover.
    case memberHasLeft
    /// It has not left; or it left longer ago than `ReturnRules.within`, or was on paper.
    case memberCannotReturn
    /// A member on paper has no keys to lose.
    case memberOnPaper
    /// What the operator asks for was refused as if a member had asked.
    case refused(Refusal)

    package var code: String { cause?.code ?? own.code }
    package var summary: String { cause?.summary ?? own.summary }
    package var advice: String { cause?.advice ?? own.advice }
    package var isTemporary: Bool { cause?.isTemporary ?? false }

    private var cause: (any Explained)? {
        switch self {
        case .notFounded, .alreadyFounded, .directory, .officeNumberTaken, .memberHasLeft,
            .memberCannotReturn, .memberOnPaper:
            nil
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
        case .memberHasLeft:
            (
                "memberHasLeft", "The member has left.",
                "Within 30 days: exchange member return. After that, add it anew."
            )
        case .memberCannotReturn:
            (
                "memberCannotReturn", "The member has not left, or over 30 days ago.",
                "One that lost its keys: exchange member recover. One long gone: add it anew."
            )
        case .memberOnPaper:
            (
                "memberOnPaper", "The member is reached on paper and has no keys.",
                "To give it a gateway, let it leave and add it anew without --paper-only."
            )
        case .notFounded, .store, .keyStore, .dataKey, .refused:
            (
                "notFounded", "There is no exchange in this folder.",
                "Found it first, or name another folder."
            )
        }
    }
}
