import Primitives

/// One token, named by its module and its label, with the PIN of its user.
///
/// Each act signs in, does its work and signs out, on a thread of its own, one after the other: a
/// slow or taken token holds up who asks for it and nobody else.
package final class Token: Sendable {
    private let module: String
    private let label: String
    private let pin: SecretBytes
    private let state = Lock(State())

    private struct State {
        var module: TokenModule?
        /// After a wrong PIN no other is tried.
        var isPINWrong = false
    }

    /// Nothing is loaded before the first act.
    package init(module: String, label: String, pin: SecretBytes) {
        self.module = module
        self.label = label
        self.pin = pin
    }

    func generate(label: String) async throws(TokenFault) -> PublicPoint {
        try await perform { session throws(TokenFault) in try session.generate(label: label) }
    }

    func derive(
        _ own: PublicPoint,
        with other: PublicPoint
    ) async throws(TokenFault) -> SecretBytes {
        try await perform { session throws(TokenFault) in
            try session.derive(own, with: other)
        }
    }

    func destroy(_ point: PublicPoint) async throws(TokenFault) {
        try await perform { session throws(TokenFault) in try session.destroy(point) }
    }

    /// - Throws: `keyMissing` where the token has not the key of this point.
    func check(_ point: PublicPoint) async throws(TokenFault) {
        let isThere = try await perform { session throws(TokenFault) in
            try session.holds(point)
        }
        guard isThere else { throw .keyMissing }
    }

    private typealias Act<Value> = @Sendable (TokenSession) throws(TokenFault) -> Value

    private func perform<Value: Sendable>(
        _ act: @escaping Act<Value>
    ) async throws(TokenFault) -> Value {
        let result: Result<Value, TokenFault> = await withCheckedContinuation { continuation in
            TokenThread.start {
                do throws(TokenFault) {
                    continuation.resume(returning: .success(try self.performNow(act)))
                } catch { continuation.resume(returning: .failure(error)) }
            }
        }
        return try result.get()
    }

    private func performNow<Value>(_ act: Act<Value>) throws(TokenFault) -> Value {
        try state.withLock { state throws(TokenFault) in
            let wasLoaded = state.module != nil
            do throws(TokenFault) { return try attempt(act, &state) } catch {
                // What was loaded may know only a token or a reader that has gone since.
                guard wasLoaded, error.isTemporary else { throw error }
                return try attempt(act, &state)
            }
        }
    }

    private func attempt<Value>(
        _ act: Act<Value>,
        _ state: inout State
    ) throws(TokenFault) -> Value {
        guard !state.isPINWrong else { throw .wrongPIN }
        let loaded: TokenModule
        if let known = state.module { loaded = known } else { loaded = try TokenModule(module) }
        state.module = loaded
        do throws(TokenFault) {
            return try loaded.withSession(label: label, pin: pin, act)
        } catch {
            if error == .wrongPIN { state.isPINWrong = true }
            if error.isTemporary { state.module = nil }
            throw error
        }
    }
}
