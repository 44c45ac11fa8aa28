import Cryptography
import Delivery
import Envelope
import ExchangeAPI
import Primitives
import Sheets
import Storage

// What opening needs: own keys, what is known here, the chunks of an envelope.
extension OrganisationGateway {
    /// Fetches the chunks that are not here yet and keeps each as it came, sealed: the key to them
    /// lies in the content. A long message is left after a while, so that others can pass.
    ///
    /// - Returns: whether all are here.
    func fetchChunks(
        of envelope: CheckedEnvelope,
        _ key: MessageKey
    ) async throws(GatewayError) -> Bool {
        let end = time.uptime + Limits.chunkTurn
        for chunk in envelope.chunks {
            let sha256 = chunk.sealedSha256
            let isHere = try await read { stored throws(StoreError) in
                try stored.hasChunk(sha256)
            }
            guard !isHere else { continue }
            guard time.uptime < end else {
                noteUnfinished(key, true)
                return false
            }
            _ = try await fetch(sha256, of: key)
        }
        noteUnfinished(key, false)
        return true
    }

    private func fetch(_ sha256: Digest, of key: MessageKey) async throws(GatewayError) -> [UInt8] {
        let sealed = try await wrap(GatewayError.exchange) { () async throws(ExchangeError) in
            try await exchange.chunk(of: key, sha256)
        }
        // Its sender's signature names the hash: other bytes are the exchange's or the line's.
        guard SHA256.hash(sealed) == sha256 else { throw .exchange(.badAnswer) }
        try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await store.keepChunk(sha256, sealed, at: time.now)
        }
        return sealed
    }

    /// A chunk that was fetched before. What the disk has lost is fetched again: the sender is not
    /// told of damage that was done here.
    func kept(_ chunk: OfferedChunk, of key: MessageKey) async throws(GatewayError) -> [UInt8] {
        let sha256 = chunk.sealedSha256
        let sealed = try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await store.chunk(sha256)
        }
        if let sealed, SHA256.hash(sealed) == sha256 { return sealed }
        return try await fetch(sha256, of: key)
    }

    func encryptionKeys() -> [KeyID: KeyHandle] {
        var keys: [KeyID: KeyHandle] = [:]
        for handle in keyStore.handles() where handle.use == .encryption {
            if let id = handle.keyID { keys[id] = handle }
        }
        return keys
    }

    /// What one of the own encryption keys opens; nil where it is sealed to nobody here.
    func openedByAnyKey<Value>(
        _ open: (KeyHandle) async throws(SealedRefusal) -> Value
    ) async -> Value? {
        for key in encryptionKeys().values {
            do throws(SealedRefusal) { return try await open(key) } catch { continue }
        }
        return nil
    }

    func openingContext(at now: Timestamp) throws(GatewayError) -> OpeningContext {
        let known = catalogue.types
        let memory = OpeningMemory(
            accepts: { type, _ in known.contains(type) },
            earlier: { digest in
                do throws(GatewayError) {
                    return try await self.read { stored throws(StoreError) in
                        try stored.inbox(content: digest)?.key
                    }
                } catch { return nil }
            },
            answered: { id, thread in
                do throws(GatewayError) {
                    return try await self.sheet(id, in: thread)?.sheet
                } catch { return nil }
            }
        )
        var context = OpeningContext(
            receiver: try membership(),
            directory: view,
            catalogue: catalogue,
            now: now,
            memory: memory
        )
        context.isTestExchange = settings.isTestExchange
        return context
    }

    /// What was erased is never taken in again.
    func isErased(_ key: MessageKey) async throws(GatewayError) -> Bool {
        try await read { stored throws(StoreError) in try stored.isErased(key) }
    }

    func head(_ key: MessageKey, previous: Digest, _ now: Timestamp) -> ReceiptHead {
        ReceiptHead(
            issuer: PartyID(member),
            message: key,
            previous: previous,
            at: now,
            logOrigin: accessOrigin
        )
    }
}
