import Cryptography
import Delivery
import Envelope
import ExchangeAPI
import Primitives
import Sheets
import Storage

// What opening needs: own keys, what is known here, the chunks of an envelope.
extension OrganisationGateway {
    func fetchChunks(
        of envelope: CheckedEnvelope,
        _ key: MessageKey
    ) async throws(GatewayError) -> [Digest: [UInt8]] {
        var chunks: [Digest: [UInt8]] = [:]
        for chunk in envelope.chunks {
            chunks[chunk.sealedSha256] = try await wrap(GatewayError.exchange) {
                () async throws(ExchangeError) in
                try await exchange.chunk(of: key, chunk.sealedSha256)
            }
        }
        return chunks
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

    func openingContext() throws(GatewayError) -> OpeningContext {
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
            now: time.now,
            memory: memory
        )
        context.isTestExchange = settings.isTestExchange
        return context
    }
}
