import Foundation
import Primitives
import Testing

@testable import Cryptography

/// Certificates and keys of people outside, as the `openssl` program makes them.
@Suite struct OutsideKeyTests {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "renkei-outside-" + UUID().uuidString)

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }

    /// The line that the manual gives, with another curve, algorithm or password where asked for.
    private func make(
        _ name: String,
        _ algorithm: [String] = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        protectedBy password: String? = nil
    ) throws {
        try OpenSSL.run(
            ["req", "-x509", "-newkey"] + algorithm
                + (password.map { ["-passout", "pass:\($0)"] } ?? ["-nodes"])
                + ["-subj", "/CN=backup", "-days", "3650"]
                + ["-keyout", path("\(name).key"), "-out", path("\(name).pem")]
        )
    }

    @Test func `who is sealed to opens it, and so does the openssl program`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try make("one")
        try make("two")
        let keys = try ["one", "two"].map { try SealingKey(certificatePEM: try bytes("\($0).pem")) }
        let content = SystemRandom().bytes(100_000)
        let sealed = try AuthEnvelopedData.seal(content, to: keys)
        let read = try AuthEnvelopedData(reading: sealed, limit: sealed.count)
        // A set in DER: it is in order of its bytes.
        #expect(read.recipientKeyIDs.sorted() == keys.map(\.keyID).sorted())
        for (name, key) in zip(["one", "two"], keys) {
            let opening = try OpeningKey(pem: try bytes("\(name).key"))
            #expect(opening.keyID == key.keyID)
            #expect(try await opening.open(read) == content)
        }
        try Data(sealed).write(to: folder.appending(path: "sealed.der"))
        let plain = try OpenSSL.run([
            "cms", "-decrypt", "-inform", "DER", "-in", path("sealed.der"), "-inkey",
            path("two.key"), "-binary",
        ])
        #expect(plain == content)
    }

    @Test func `a key that was not sealed to opens nothing`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try make("one")
        try make("other")
        let key = try SealingKey(certificatePEM: try bytes("one.pem"))
        let sealed = try AuthEnvelopedData.seal([1, 2, 3], to: [key])
        let read = try AuthEnvelopedData(reading: sealed, limit: sealed.count)
        let other = try OpeningKey(pem: try bytes("other.key"))
        await #expect(throws: CMSRefusal.wrongRecipient) { try await other.open(read) }
        let right = try OpeningKey(pem: try bytes("one.key"))
        var changed = sealed
        changed[changed.count - 1] ^= 1
        let damaged = try AuthEnvelopedData(reading: changed, limit: changed.count)
        await #expect(throws: CMSRefusal.cannotOpen) { try await right.open(damaged) }
    }

    @Test func `nobody, or one twice, is not sealed to`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try make("one")
        let key = try SealingKey(certificatePEM: try bytes("one.pem"))
        for keys in [[], [key, key]] {
            #expect(throws: CryptographyError.unsuitableInput) {
                try AuthEnvelopedData.seal([1], to: keys)
            }
        }
    }

    @Test func `other curves, algorithms, passwords and texts are refused`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try make("curve", ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"])
        try make("koblitz", ["ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"])
        try make("rsa", ["rsa:3072"])
        try make("locked", protectedBy: "himitsu")
        try make("good")
        for name in ["curve", "koblitz", "rsa"] {
            let certificate = try bytes("\(name).pem")
            #expect(throws: CryptographyError.unsuitableInput) {
                try SealingKey(certificatePEM: certificate)
            }
        }
        let (certificate, key) = (try bytes("good.pem"), try bytes("good.key"))
        for pem in [certificate + certificate, key, [], Array(certificate.dropLast())] {
            #expect(throws: CryptographyError.unsuitableInput) {
                try SealingKey(certificatePEM: pem)
            }
        }
        let others = try ["curve", "koblitz", "rsa", "locked"].map { try bytes("\($0).key") }
        for pem in others + [key + key, certificate, [], Array(key.dropLast())] {
            #expect(throws: CryptographyError.unsuitableInput) { try OpeningKey(pem: pem) }
        }
    }
}
