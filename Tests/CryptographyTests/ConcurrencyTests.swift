import Primitives
import Testing

@testable import Cryptography

struct ConcurrencyTests {
    /// Shared key objects, contexts and the memories of paths and certificates, from many threads
    /// at once: what ThreadSanitizer looks at.
    @Test func `keys, stores and trust are used from many tasks at once`() async throws {
        let world = try await CertificateWorld.make()
        let (identity, key) = try await world.identity()
        let recipient = try await world.recipients(1)[0]
        let trust = world.trustStore(try await world.lists())
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<32 {
                group.addTask {
                    let content = [UInt8](repeating: UInt8(index), count: 1000)
                    let signed = try await SignedData.make(
                        content: content,
                        binding: nil,
                        identity: identity,
                        at: CertificateWorld.now
                    ) { (digest) throws(KeyStoreError) in
                        try await world.store.sign(key, digest: digest)
                    }
                    let sealed = try AuthEnvelopedData.seal(
                        signed.der,
                        to: [recipient.certificate]
                    )
                    let opened = try await AuthEnvelopedData(reading: sealed, limit: sealed.count)
                        .open(with: recipient.key, in: world.store)
                    let read = try SignedData(reading: opened, limit: opened.count)
                    try read.verify(signer: identity.certificate, issuing: identity.issuing)
                    let verdict = trust.verdict(
                        for: identity.certificate,
                        role: .memberSigning,
                        at: CertificateWorld.now
                    )
                    if case .trusted = verdict { return read.content == content }
                    return false
                }
            }
            for try await isWhole in group { #expect(isWhole) }
        }
    }
}
