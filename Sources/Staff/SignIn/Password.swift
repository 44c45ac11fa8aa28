import Cryptography
import Primitives

/// A password as it was typed, in the secret heap. Compared byte for byte.
package struct Password: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    let secret: SecretBytes
    private let scalars: Int

    /// - Returns: nil for an empty text, and for one nobody would type.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= Limits.passwordBytes else { return nil }
        secret = SecretBytes(copying: text.bytes)
        scalars = text.unicodeScalars.count
    }

    package var description: String { "Password" }
    package var debugDescription: String { description }

    /// What forbids it as a new password; nil if nothing does.
    func fault(for name: SignInName, atLeast least: Int) -> StaffRefusal? {
        guard scalars >= least else { return .passwordTooShort(atLeast: least) }
        return secret.withBytes { bytes in
            DeniedPasswords.denies(String(decoding: bytes, as: UTF8.self), name: name)
        } ? .passwordCommon : nil
    }

    /// The text, where a code may have been typed into the field.
    func withText<Answer>(_ body: (String) -> Answer) -> Answer {
        secret.withBytes { body(String(decoding: $0, as: UTF8.self)) }
    }
}

/// Hashes and compares passwords, one at a time.
package struct PasswordHasher: Sendable {
    private let thread: PasswordThread
    private let cost: PasswordCost
    private let watch: @Sendable () -> Void

    /// `watch` is told of each hash that is made or compared.
    package init(
        cost: PasswordCost = .usual,
        capacity: Int = Limits.waitingPasswords,
        watch: @escaping @Sendable () -> Void = {}
    ) {
        thread = PasswordThread(capacity: capacity)
        self.cost = cost
        self.watch = watch
    }

    /// - Throws: `signInBusy`, also without memory for it.
    func hash(_ password: Password) async throws(StaffRefusal) -> PasswordHash {
        let cost = cost
        let hash = await run { Argon2.hash(password.secret, cost) }
        guard let hash = hash.flatMap(\.self) else { throw .signInBusy }
        return hash
    }

    /// - Throws: `signInBusy`.
    func isRight(
        _ password: Password,
        _ hash: PasswordHash
    ) async throws(StaffRefusal) -> Bool {
        guard let isRight = await run({ Argon2.isRight(password.secret, hash) }) else {
            throw .signInBusy
        }
        return isRight
    }

    /// - Returns: nil when too many wait.
    private func run<Answer: Sendable>(
        _ work: @escaping @Sendable () -> Answer
    ) async -> Answer? {
        watch()
        return await withCheckedContinuation {
            (continuation: CheckedContinuation<Answer?, Never>) in
            let isTaken = thread.push { continuation.resume(returning: work()) }
            if !isTaken { continuation.resume(returning: nil) }
        }
    }
}
