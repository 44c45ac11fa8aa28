import Foundation
import Primitives
import TestKit
import Testing

@testable import Cryptography

private let cheap = ScryptCost(logN: 4, r: 8, p: 1)
private let secret = SecretBytes(copying: "unlock".bytes)

/// Storage keys in a PKCS #11 token: a real one, in software. One after the other: a token is gone
/// or back for all who use the library.
@Suite(.serialized) struct TokenTests {
    private let folder: TemporaryFolder
    private let soft: SoftToken

    init() throws {
        folder = try TemporaryFolder()
        soft = try SoftToken()
        // A folder that is cheap to open; what opens it is the same.
        _ = try FileKeyStore(folder: folder.path, unlockSecret: secret, cost: cheap)
    }

    private func token(pin: String = SoftToken.pin) -> Token {
        Token(
            module: SoftToken.module,
            label: String(soft.label),
            pin: SecretBytes(copying: pin.bytes)
        )
    }

    private func open(_ other: Token? = nil) throws(KeyStoreError) -> TokenKeyStore {
        try TokenKeyStore(
            folder: folder.path,
            unlockSecret: secret,
            token: other ?? token(),
            owner: "office"
        )
    }

    @Test func `a storage key is made in the token, opens what is wrapped to it, and stays there`()
        async throws
    {
        let store = try open()
        let key = try await store.generate(.storage, label: "storage-1")
        let wrapped = try WrappedKey.wrap(.random(32), to: try store.point(key))
        let opened = try await WrappedKey.unwrap(wrapped, with: key, in: store)
        // The same from a store that was opened again, in a token that was started again.
        let again = try open()
        #expect(again.handles() == [key])
        try await again.check(key)
        let same = try await WrappedKey.unwrap(wrapped, with: key, in: again)
        #expect(opened.withBytes { $0 } == same.withBytes { $0 })
        // ECDH as the software does it.
        let memory = MemoryKeyStore()
        let other = try await memory.generate(.storage, label: "other")
        let here = try await store.derive(key, point: try memory.publicPoint(other))
        let there = try await memory.derive(other, point: try store.publicPoint(key))
        #expect(here.withBytes { $0 } == there.withBytes { $0 })
        #expect(try soft.privateKeys() == ["office storage-1"])
        let shown = try soft.tool("--list-objects", "--type", "privkey")
        #expect(shown.contains("sensitive") && shown.contains("never extractable"))
        #expect(shown.contains(try #require(key.keyID).text))
        #expect(try names() == ["storage-1.token", "unlock.der"])
    }

    @Test func `other keys are in files, and each does only what it is for`() async throws {
        let store = try open()
        for use in KeyUse.allCases {
            let key = try await store.generate(use, label: use.rawValue)
            let alone = try await MemoryKeyStore().generate(use, label: use.rawValue)
            #expect(key.use == alone.use && (key.keyID == nil) == (use == .log))
        }
        #expect(try soft.privateKeys() == ["office storage"])
        let key = try #require(store.handle(labelled: "storage"))
        let digest = SHA256.hash([1])
        await #expect(throws: KeyStoreError.wrongUse) { _ = try await store.sign(key, note: [1]) }
        await #expect(throws: KeyStoreError.wrongUse) { _ = try await store.transportKey(key) }
        await #expect(throws: KeyStoreError.wrongUse) {
            _ = try await store.sign(key, digest: digest)
        }
        await #expect(throws: KeyStoreError.wrongUse) {
            _ = try await store.signRequest(key, digest: digest)
        }
        #expect(throws: KeyStoreError.wrongUse) { _ = try store.notePublicKey(key) }
        let signing = try #require(store.handle(labelled: "signing"))
        let signature = try await store.sign(signing, digest: digest)
        #expect(try store.point(signing).verify(signature, digest: digest))
        for label in ["signing", "storage"] {
            await #expect(throws: KeyStoreError.labelTaken) {
                _ = try await store.generate(.storage, label: label)
            }
        }
        await #expect(throws: KeyStoreError.library(.unsuitableInput)) {
            _ = try await store.derive(key, point: [4] + [UInt8](repeating: 1, count: 64))
        }
    }

    @Test func `a copy of the folder opens nothing without the token`() async throws {
        let key = try await open().generate(.storage, label: "storage-1")
        #expect(throws: KeyStoreError.token(.notNamed)) {
            _ = try FileKeyStore(folder: folder.path, unlockSecret: secret)
        }
        let stranger = try SoftToken()
        let others = Token(
            module: SoftToken.module,
            label: String(stranger.label),
            pin: SecretBytes(copying: SoftToken.pin.bytes)
        )
        let store = try open(others)
        await #expect(throws: KeyStoreError.token(.keyMissing)) { try await store.check(key) }
        await #expect(throws: KeyStoreError.token(.keyMissing)) {
            _ = try await store.derive(key, point: try store.publicPoint(key))
        }
    }

    @Test func `any changed byte of what the folder knows is found`() async throws {
        _ = try await open().generate(.storage, label: "storage-1")
        let bytes = try folder.read("storage-1.token")
        for index in bytes.indices {
            _ = try folder.write("storage-1.token", flipped(bytes, at: index))
            #expect(throws: KeyStoreError.damagedKeyFile) { _ = try open() }
        }
        // Nor is it a key file, or that of another label.
        try put("storage-2.token", bytes)
        _ = try folder.write("storage-1.token", bytes)
        #expect(throws: KeyStoreError.damagedKeyFile) { _ = try open() }
        try FileManager.default.removeItem(atPath: folder.file("storage-2.token"))
        try FileManager.default.moveItem(
            atPath: folder.file("storage-1.token"),
            toPath: folder.file("storage-1.key")
        )
        #expect(throws: KeyStoreError.damagedKeyFile) { _ = try open() }
    }

    @Test func `a key of a file is used until one of the token takes its place`() async throws {
        let files = try FileKeyStore(folder: folder.path, unlockSecret: secret)
        let old = try await files.generate(.storage, label: "storage-1")
        let wrapped = try WrappedKey.wrap(.random(32), to: try files.point(old))
        let store = try open()
        try await store.check(old)
        let opened = try await WrappedKey.unwrap(wrapped, with: old, in: store)
        let new = try await store.generate(.storage, label: "storage-2")
        #expect(store.handles() == [old, new])
        let moved = try WrappedKey.wrap(opened, to: try store.point(new))
        try await store.destroy(old)
        #expect(try names() == ["storage-2.token", "unlock.der"])
        let same = try await WrappedKey.unwrap(moved, with: new, in: try open())
        #expect(same.withBytes { $0 } == opened.withBytes { $0 })
    }

    @Test func `making and destroying can be cut short and done again`() async throws {
        let first = try await open().generate(.storage, label: "storage-1")
        // Made in the token, and the folder has not heard of it.
        let file = try folder.read("storage-1.token")
        try FileManager.default.removeItem(atPath: folder.file("storage-1.token"))
        let store = try open()
        #expect(store.handles().isEmpty)
        let second = try await store.generate(.storage, label: "storage-1")
        #expect(first != second)
        let wrapped = try WrappedKey.wrap(.random(32), to: try store.point(second))
        _ = try await WrappedKey.unwrap(wrapped, with: second, in: store)
        // Destroyed in the token, and the folder does not know.
        let kept = try folder.read("storage-1.token")
        try await store.destroy(second)
        #expect(try names() == ["unlock.der"])
        try put("storage-1.token", kept)
        let again = try open()
        await #expect(throws: KeyStoreError.token(.keyMissing)) { try await again.check(second) }
        try await again.destroy(second)
        #expect(again.handles().isEmpty)
        // The one that was made first is still itself.
        try put("storage-1.token", file)
        let last = try open()
        try await last.check(first)
        try await last.destroy(first)
        #expect(try soft.privateKeys() == [])
        await #expect(throws: KeyStoreError.unknownKey) { try await last.destroy(first) }
    }

    @Test func `a wrong PIN is tried once, and not by the next process either`() async throws {
        let key = try await open().generate(.storage, label: "storage-1")
        let store = try open(token(pin: "999999"))
        for _ in 0..<3 {
            await #expect(throws: KeyStoreError.token(.wrongPIN)) { try await store.check(key) }
        }
        // Of three wrong ones there would be nothing left to see here.
        await #expect(throws: KeyStoreError.token(.doubtfulPIN)) {
            try await open(token(pin: "999999")).check(key)
        }
        await #expect(throws: KeyStoreError.token(.doubtfulPIN)) { try await open().check(key) }
        // Somebody signs in with the right one.
        #expect(try soft.privateKeys() == ["office storage-1"])
        try await open().check(key)
    }

    @Test func `a token that is taken away is a temporary fault, and all is well with it back`()
        async throws
    {
        let store = try open()
        let key = try await store.generate(.storage, label: "storage-1")
        let wrapped = try WrappedKey.wrap(.random(32), to: try store.point(key))
        try await soft.takenAway {
            await #expect(throws: KeyStoreError.token(.absent)) { try await store.check(key) }
            await #expect(throws: CMSRefusal.keyStore(.token(.absent))) {
                _ = try await WrappedKey.unwrap(wrapped, with: key, in: store)
            }
            await #expect(throws: KeyStoreError.token(.absent)) {
                _ = try await store.generate(.storage, label: "storage-2")
            }
            await #expect(throws: KeyStoreError.token(.absent)) { try await store.destroy(key) }
            // Nothing but the private half needs it.
            #expect(store.handles() == [key])
            _ = try WrappedKey.wrap(.random(32), to: try store.point(key))
        }
        _ = try await WrappedKey.unwrap(wrapped, with: key, in: store)
        #expect(TokenFault.absent.isTemporary && TokenFault.failed(6).isTemporary)
    }

    @Test func `what is no module, and what is no token, is said`() async throws {
        let key = try await open().generate(.storage, label: "storage-1")
        for module in ["/nowhere.so", "/usr/lib/x86_64-linux-gnu/libcrypto.so.3", ""] {
            let none = Token(module: module, label: "x", pin: SecretBytes(copying: [1]))
            await #expect(throws: KeyStoreError.token(.moduleUnusable), "\(module)") {
                try await open(none).check(key)
            }
        }
        let none = Token(module: SoftToken.module, label: "x", pin: SecretBytes(copying: [1]))
        await #expect(throws: KeyStoreError.token(.absent)) { try await open(none).check(key) }
    }

    @Test func `answers of a module have their names`() {
        let named: [(UInt, TokenFault)] = [
            (0xA0, .wrongPIN), (0xA4, .lockedPIN), (0xE0, .absent), (0x32, .absent),
            (0x70, .unsuitable), (0x140, .unsuitable), (0x05, .failed(5)),
        ]
        for (number, fault) in named {
            #expect(throws: fault) { try TokenModule.check(number) }
        }
        #expect(Set((named.map(\.1) + [.notNamed, .ambiguous]).map(\.code)).count == 7)
    }

    private func put(_ name: String, _ bytes: [UInt8]) throws {
        let path = try folder.write(name, bytes)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }
}
