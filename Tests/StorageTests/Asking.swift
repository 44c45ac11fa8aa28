import Storage

/// `read` for tests: short to write, and its answer comes back to the test before it is judged.
extension ExchangeStore {
    func ask<Answer: Sendable>(
        _ query: @escaping @Sendable (any ExchangeReader) throws -> Answer
    ) async throws -> Answer {
        try await read { stored throws(StoreError) in
            try only(StoreError.self) { try query(stored) }
        }
    }
}

extension GatewayStore {
    func ask<Answer: Sendable>(
        _ query: @escaping @Sendable (any GatewayReader) throws -> Answer
    ) async throws -> Answer {
        try await read { stored throws(StoreError) in
            try only(StoreError.self) { try query(stored) }
        }
    }
}

private func only<Answer, Failure: Error>(
    _: Failure.Type,
    _ query: () throws -> Answer
) throws(Failure) -> Answer {
    do {
        return try query()
    } catch let error as Failure {
        throw error
    } catch {
        preconditionFailure("readers throw nothing else")
    }
}
