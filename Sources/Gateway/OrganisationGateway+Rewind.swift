import Audit
import Cryptography
import Directory
import ExchangeAPI
import Primitives
import Storage

// Whether this disk is an older copy of itself. Nothing here can tell but what was signed here and
// is known elsewhere: the exchange has seen how far the own log had come.
extension OrganisationGateway {
    /// Asks how far the own log had come.
    ///
    /// - Throws: `restored` where the own key has signed more than is here.
    private func confirmLog() async throws(GatewayError) {
        if let seen = try await lastSeen() { try await stop(unlessHere: seen) }
    }

    /// What comes before everything else between an office and its exchange.
    func meetExchange() async throws(GatewayError) {
        guard !isLogConfirmed else { return }
        try await meeting.alone { () async throws(GatewayError) in
            guard !isLogConfirmed else { return }
            try await confirmLog()
            try await readopt()
            noteLogConfirmed()
        }
    }

    /// The newest head of the own log that the exchange has cosigned, nil before the first. Asked
    /// with the empty head, which every tree contains: nothing new is signed for it.
    func lastSeen() async throws(GatewayError) -> Checkpoint? {
        let origin = accessOrigin
        let empty = try await wrap(GatewayError.keyStore) { () async throws(KeyStoreError) in
            try await log.checkpoint(origin, .empty)
        }
        let answer = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.witness(
                WitnessRequest(oldSize: 0, proof: [], checkpoint: empty)
            )
        }
        guard answer.origin == origin else { throw .exchange(.badAnswer) }
        switch answer.outcome {
        case .cosigned: return nil
        case .conflict(_, let seen):
            // An exchange of the version before shows no head: nothing can be told from it.
            guard let seen else { return nil }
            guard seen.origin == origin || seen.origin.isNewer(than: origin) else {
                throw .exchange(.badAnswer)
            }
            return seen
        case .refused: throw .exchange(.badAnswer)
        }
    }

    /// Writes nothing more, but that this was found, when the own key has signed a head that the
    /// own log does not contain. What anybody else says of it is no reason: whoever could say so
    /// could stop an office.
    func stop(unlessHere seen: Checkpoint) async throws(GatewayError) {
        guard isOwn(seen), try await !holds(seen) else { return }
        try await alarm("gap", onceFor: "own.\(seen.head.size)")
        try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await store.keep(RestoreMark(backupAt: nil, restoredAt: time.now))
        }
        throw .store(.restored)
    }

    /// Whether the own log signed it: with its present key, or the one that the directory here has.
    func isOwn(_ seen: Checkpoint) -> Bool {
        let known = [log.publicKey, view.membership(of: member)?.logPublicKey]
        return known.compactMap(\.self).contains { seen.isSigned(by: $0) }
    }

    func holds(_ seen: Checkpoint) async throws(GatewayError) -> Bool {
        guard seen.origin == accessOrigin else { return false }
        return try await read { stored throws(StoreError) in
            try stored.head(of: seen.origin, size: seen.head.size) == seen.head
        }
    }
}
