import Foundation
import Primitives
import Testing

@testable import Cryptography

/// A folder of its own for one test, gone afterwards.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "renkei-" + UUID().uuidString.lowercased()
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }
}

private let digest = SHA256.hash("digest".bytes)
private let cheap = ScryptCost(logN: 4, r: 8, p: 1)
private let secret = SecretBytes(copying: "unlock".bytes)

struct KeyUseTests {
    @Test(arguments: KeyUse.allCases)
    func `a key does what it is for and nothing else`(use: KeyUse) async throws {
        let store = MemoryKeyStore()
        let key = try await store.generate(use, label: "key")
        let peer = try await store.generate(.encryption, label: "peer")
        let point = try store.publicPoint(peer)
        let allowed: [Bool] = [
            await succeeds { try await store.sign(key, digest: digest) },
            await succeeds { try await store.sign(key, note: [1]) },
            await succeeds { try await store.derive(key, point: point) },
            await succeeds { try await store.transportKey(key) },
            await succeeds { try await store.signRequest(key, digest: digest) },
        ]
        let expected: [KeyUse: [Bool]] = [
            .signing: [true, false, false, false, true],
            .encryption: [false, false, true, false, true],
            .transport: [false, false, false, true, true],
            .log: [false, true, false, false, false],
            .storage: [false, false, true, false, false],
        ]
        #expect(allowed == expected[use])
        #expect((key.keyID == nil) == (use == .log))
    }

    @Test func `an encryption key signs one request and never again`() async throws {
        let store = MemoryKeyStore()
        let key = try await store.generate(.encryption, label: "key")
        let signature = try await store.signRequest(key, digest: digest)
        #expect(try store.point(key).verify(signature, digest: digest))
        await #expect(throws: KeyStoreError.requestAlreadySigned) {
            _ = try await store.signRequest(key, digest: digest)
        }
    }

    @Test func `a store refuses unknown keys, taken labels and labels that are no names`()
        async throws
    {
        let store = MemoryKeyStore()
        let key = try await store.generate(.signing, label: "a.b-1")
        #expect(store.handle(labelled: "a.b-1") == key)
        await #expect(throws: KeyStoreError.labelTaken) {
            _ = try await store.generate(.storage, label: "a.b-1")
        }
        for label in ["", ".a", "-a", "A", "a/b", "鍵", String(repeating: "a", count: 65)] {
            await #expect(throws: KeyStoreError.unsuitableLabel) {
                _ = try await store.generate(.signing, label: label)
            }
        }
        try await store.destroy(key)
        #expect(store.handles().isEmpty)
        await #expect(throws: KeyStoreError.unknownKey) {
            _ = try await store.sign(key, digest: digest)
        }
        await #expect(throws: KeyStoreError.unknownKey) { try await store.destroy(key) }
    }

    @Test func `the same seed gives the same keys`() async throws {
        let first = MemoryKeyStore(seed: [1])
        let second = MemoryKeyStore(seed: [1])
        for use in KeyUse.allCases {
            let key = try await first.generate(use, label: use.rawValue)
            #expect(try await second.generate(use, label: use.rawValue) == key)
            if use == .log {
                #expect(try first.notePublicKey(key) == second.notePublicKey(key))
            } else {
                #expect(try first.publicPoint(key) == second.publicPoint(key))
            }
        }
        let other = try await MemoryKeyStore(seed: [2]).generate(.signing, label: "signing")
        #expect(other != first.handle(labelled: "signing"))
    }

    @Test func `both ends of a key agreement get the same secret`() async throws {
        let store = MemoryKeyStore()
        let here = try await store.generate(.encryption, label: "here")
        let there = try await store.generate(.storage, label: "there")
        let left = try await store.derive(here, point: store.publicPoint(there))
        let right = try await store.derive(there, point: store.publicPoint(here))
        #expect(left.withBytes { $0 } == right.withBytes { $0 })
        await #expect(throws: KeyStoreError.library(.unsuitableInput)) {
            _ = try await store.derive(here, point: [4] + [UInt8](repeating: 1, count: 64))
        }
    }

    private func succeeds<Value>(_ body: () async throws -> Value) async -> Bool {
        do {
            _ = try await body()
            return true
        } catch { return (error as? KeyStoreError) != .wrongUse }
    }
}

struct FileKeyStoreTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `keys are there again when the store is opened again`() async throws {
        let store = try open()
        var keys: [KeyHandle] = []
        for use in KeyUse.allCases {
            keys.append(try await store.generate(use, label: use.rawValue))
        }
        let again = try open()
        #expect(again.handles() == keys.sorted { $0.label < $1.label })
        let signing = try #require(again.handle(labelled: "signing"))
        let signature = try await again.sign(signing, digest: digest)
        #expect(try store.point(signing).verify(signature, digest: digest))
        try await again.destroy(signing)
        #expect(try open().handle(labelled: "signing") == nil)
    }

    @Test func `the one request of an encryption key is remembered on disk`() async throws {
        let key = try await open().generate(.encryption, label: "key")
        _ = try await open().signRequest(key, digest: digest)
        await #expect(throws: KeyStoreError.requestAlreadySigned) {
            _ = try await open().signRequest(key, digest: digest)
        }
    }

    @Test func `of many callers with one label, one gets a key, and the file is its`() async throws
    {
        let store = try open()
        let made = await withTaskGroup(of: KeyHandle?.self) { group in
            for _ in 0..<8 {
                group.addTask { try? await store.generate(.encryption, label: "key") }
            }
            return await group.reduce(into: []) { made, key in made += [key].compactMap { $0 } }
        }
        #expect(made.count == 1)
        #expect(try open().handles() == made)
        let key = try #require(made.first)
        let signatures = await withTaskGroup(of: [UInt8]?.self) { group in
            for _ in 0..<8 {
                group.addTask { try? await store.signRequest(key, digest: digest) }
            }
            return await group.reduce(into: 0) { count, signature in
                count += signature == nil ? 0 : 1
            }
        }
        #expect(signatures == 1)
    }

    @Test func `a key that cannot be written is not there`() async throws {
        let store = try open()
        try FileManager.default.createDirectory(
            atPath: folder.file("key.key.new"),
            withIntermediateDirectories: false
        )
        await #expect(throws: KeyStoreError.disk(EISDIR)) {
            _ = try await store.generate(.signing, label: "key")
        }
        #expect(store.handles().isEmpty)
    }

    @Test func `no file holds a clear key, and nobody else may read one`() async throws {
        let store = try open()
        let key = try await store.generate(.transport, label: "key")
        let pkcs8 = try store.ring.key(key).pkcs8().withBytes { $0 }
        // The scalar stands behind the 36 bytes of algorithm and headers (RFC 5915 in RFC 5958).
        let scalar = Array(pkcs8[36..<68])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.sorted() == ["key.key", "unlock.der"])
        for name in names {
            let bytes = try folder.read(name)
            #expect(!contains(bytes, scalar))
            #expect(!contains(bytes, "PRIVATE".bytes))
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
        let exported = try await store.transportKey(key).withBytes { $0 }
        #expect(exported.starts(with: "-----BEGIN PRIVATE KEY-----\n".bytes))
    }

    @Test func `a wrong unlock secret opens nothing`() async throws {
        _ = try await open().generate(.signing, label: "key")
        #expect(throws: KeyStoreError.wrongUnlockSecret) {
            _ = try FileKeyStore(
                folder: folder.path,
                unlockSecret: SecretBytes(copying: "other".bytes)
            )
        }
    }

    @Test func `any changed byte of a key file is found`() async throws {
        let key = try await open().generate(.signing, label: "key")
        let bytes = try folder.read("key.key")
        for index in bytes.indices {
            _ = try folder.write("key.key", flipped(bytes, at: index))
            #expect(throws: KeyStoreError.damagedKeyFile) { _ = try open() }
        }
        for count in [0, 1, bytes.count - 1] {
            _ = try folder.write("key.key", Array(bytes.prefix(count)))
            #expect(throws: KeyStoreError.damagedKeyFile) { _ = try open() }
        }
        _ = try folder.write("key.key", bytes)
        #expect(try open().handles() == [key])
    }

    @Test func `a key file under another name is refused`() async throws {
        _ = try await open().generate(.signing, label: "key")
        let moved = folder.file("other.key")
        try FileManager.default.moveItem(atPath: folder.file("key.key"), toPath: moved)
        #expect(throws: KeyStoreError.damagedKeyFile) { _ = try open() }
    }

    @Test func `a changed unlock file opens nothing and asks for bounded memory`() throws {
        _ = try open()
        let bytes = try folder.read("unlock.der")
        for index in bytes.indices {
            _ = try folder.write("unlock.der", flipped(bytes, at: index))
            #expect(throws: KeyStoreError.self) { _ = try open() }
        }
    }

    @Test func `a folder or file open to others is refused`() async throws {
        _ = try await open().generate(.signing, label: "key")
        try chmod(folder.file("key.key"), 0o640)
        #expect(throws: KeyStoreError.exposedKeyFile) { _ = try open() }
        try chmod(folder.file("key.key"), 0o600)
        try chmod(folder.path, 0o750)
        #expect(throws: KeyStoreError.exposedKeyFile) { _ = try open() }
    }

    @Test func `a folder that cannot be is a fault of the disk`() {
        #expect(throws: KeyStoreError.disk(ENOENT)) {
            _ = try FileKeyStore(folder: folder.path + "/a/b", unlockSecret: secret)
        }
    }

    @Test func `a new store costs what its secret needs`() throws {
        for (secret, cost) in [("unlock".bytes, ScryptCost.standard), (MadeSecret.make(), .slight)]
        {
            let own = try TemporaryFolder()
            _ = try FileKeyStore(folder: own.path, unlockSecret: SecretBytes(copying: secret))
            #expect(try UnlockFile(reading: own.read(UnlockFile.name)).cost == cost)
        }
    }

    @Test func `the demonstration gets a key that the openssl program reads`() async throws {
        let store = try open()
        let key = try await store.generate(.encryption, label: "key")
        let pem = try store.privateKeyPEM(key, reason: .demonstration).withBytes { $0 }
        let file = try folder.write("clear.pem", pem)
        let output = try OpenSSL.run(["pkey", "-in", file, "-pubout", "-outform", "DER"])
        #expect(output.suffix(65) == (try store.publicPoint(key))[...])
    }

    private func open() throws(KeyStoreError) -> FileKeyStore {
        try FileKeyStore(folder: folder.path, unlockSecret: secret, cost: cheap)
    }

    private func chmod(_ path: String, _ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: part) }
    }
}
