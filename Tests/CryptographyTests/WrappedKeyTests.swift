import Primitives
import Testing

@testable import Cryptography

/// A secret under a storage key, in the form in which messages are sealed.
struct WrappedKeyTests {
    private func store() async throws -> (store: MemoryKeyStore, key: KeyHandle) {
        let store = MemoryKeyStore(seed: "wrapped".bytes)
        return (store, try await store.generate(.storage, label: "storage"))
    }

    @Test func `what is wrapped opens with its key, and differs each time`() async throws {
        let (store, key) = try await store()
        let secret = SecretBytes.random(32)
        let first = try WrappedKey.wrap(secret, to: try store.point(key))
        let second = try WrappedKey.wrap(secret, to: try store.point(key))
        #expect(first != second)
        for wrapped in [first, second] {
            let opened = try await WrappedKey.unwrap(wrapped, with: key, in: store)
            #expect(opened.withBytes { $0 } == secret.withBytes { $0 })
        }
    }

    @Test func `another key of the store does not open it`() async throws {
        let (store, key) = try await store()
        let other = try await store.generate(.storage, label: "other")
        let wrapped = try WrappedKey.wrap(.random(32), to: try store.point(key))
        await #expect(throws: CMSRefusal.wrongRecipient) {
            _ = try await WrappedKey.unwrap(wrapped, with: other, in: store)
        }
    }

    @Test func `a changed byte is refused, wherever it stands`() async throws {
        let (store, key) = try await store()
        let wrapped = try WrappedKey.wrap(.random(32), to: try store.point(key))
        for index in wrapped.indices {
            var changed = wrapped
            changed[index] ^= 1
            await #expect(throws: CMSRefusal.self, "byte \(index)") {
                _ = try await WrappedKey.unwrap(changed, with: key, in: store)
            }
        }
        await #expect(throws: CMSRefusal.self) {
            _ = try await WrappedKey.unwrap(wrapped + [0], with: key, in: store)
        }
    }

    @Test func `a key store that fails says so`() async throws {
        let (store, key) = try await store()
        let wrapped = try WrappedKey.wrap(.random(32), to: try store.point(key))
        try await store.destroy(key)
        await #expect(throws: CMSRefusal.keyStore(.unknownKey)) {
            _ = try await WrappedKey.unwrap(wrapped, with: key, in: store)
        }
    }
}
