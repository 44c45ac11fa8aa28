import Cryptography
import Directory
import Primitives

/// When an own key is renewed, and which step comes next. Pure: the state is what the key store and
/// the directory hold, so that a step cut short is simply the next one again.
struct KeyRenewal: Sendable {
    /// The certificate of a key that is here.
    struct Own: Sendable {
        let handle: KeyHandle
        let certificate: Certificate
        let isHeld: Bool
        let isRevoked: Bool
    }

    enum Step: Equatable {
        /// Make the key of this number.
        case make(Int)
        /// Ask for a certificate of a key that has none.
        case request(KeyHandle)
        /// Say that the certified key follows the one in use.
        case rotate(KeyHandle, Certificate, from: Certificate)
    }

    let usage: MemberKeyUsage
    /// In the order of the directory.
    let own: [Own]
    /// The newest certificate that stands and whose key is not here: lost, or of an earlier paper.
    var lost: Certificate?
    let keys: [(number: Int, handle: KeyHandle)]

    /// The newest certificate that stands, in use or waiting for its time.
    var current: Own? { own.last { !$0.isHeld } }

    /// A lost encryption key is followed by another, by the word of the signing key; nobody can
    /// speak for a lost signing key.
    private func stepAfterLoss(at now: Timestamp) -> Step? {
        guard usage == .encryption, let lost else { return nil }
        guard let last = keys.last else { return .make(1) }
        guard let begun = own.last(where: { $0.handle == last.handle }) else {
            return .request(last.handle)
        }
        guard !begun.isRevoked, begun.certificate.isValid(at: now) else {
            return .make(last.number + 1)
        }
        return .rotate(last.handle, begun.certificate, from: lost)
    }

    /// What is to be done now; nil: nothing. `isForced` renews before it is due.
    func step(at now: Timestamp, isForced: Bool = false) -> Step? {
        guard let current else { return stepAfterLoss(at: now) }
        // A signing key that is no longer good cannot say who follows it.
        if usage == .signing, current.isRevoked || current.certificate.notAfter < now { return nil }
        let highest = keys.last?.number ?? 0
        if let last = keys.last, last.handle != current.handle {
            guard let begun = own.last(where: { $0.handle == last.handle }) else {
                return .request(last.handle)
            }
            if begun.isHeld, !begun.isRevoked, begun.certificate.isValid(at: now) {
                return .rotate(last.handle, begun.certificate, from: current.certificate)
            }
        }
        let isDue =
            isForced || current.certificate.isRenewalDue(at: now)
            || usage == .encryption && current.isRevoked
        return isDue ? .make(highest + 1) : nil
    }
}
