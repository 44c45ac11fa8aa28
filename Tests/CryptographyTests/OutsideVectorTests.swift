import Foundation
import Primitives
import Testing

@testable import Cryptography

/// Vectors that others have made: Project Wycheproof for each primitive, NIST PKITS for the readers
/// of certificates and lists. `Deploy/install vectors` fetches them, `Deploy/test --long` asks.
/// Each suite prints a line: its cases, those that passed, and those that are refused by design.
@Suite(.enabled(if: vectorFolder != nil, "RENKEI_VECTORS names no folder"))
struct OutsideVectorTests {
    private enum Outcome {
        /// As the vector says.
        case passed
        /// A length, form or algorithm that Renkei does not have.
        case refused(String)
        case wrong
    }

    // MARK: Wycheproof

    @Test func `AES-GCM opens what is right alone`() throws {
        try run("aes_gcm_test", atLeast: 60) { group, test in
            guard group.bits("keySize") == 256, group.bits("ivSize") == 96,
                group.bits("tagSize") == 128
            else { return .refused("other lengths than 256, 96 and 128 bits") }
            let (key, nonce) = (SecretBytes(copying: test.bytes("key")), test.bytes("iv"))
            let (plain, additional) = (test.bytes("msg"), test.bytes("aad"))
            let opened = try? AESGCM.open(
                test.bytes("ct")[...],
                tag: test.bytes("tag"),
                key: key,
                nonce: nonce,
                additional: additional
            )
            guard test.isValid else { return opened == nil ? .passed : .wrong }
            let sealed = AESGCM.seal(plain, key: key, nonce: nonce, additional: additional)
            let isSame = sealed.cipher == test.bytes("ct") && sealed.tag == test.bytes("tag")
            return isSame && opened == plain ? .passed : .wrong
        }
    }

    @Test func `key wrap opens what is right alone`() throws {
        try run("aes_wrap_test", atLeast: 15) { group, test in
            let plain = test.bytes("msg")
            guard group.bits("keySize") == 256, plain.count == AESGCM.keyBytes else {
                return .refused("other keys than of 256 bits")
            }
            let key = SecretBytes(copying: test.bytes("key"))
            let unwrapped = try? KeyWrap.unwrap(test.bytes("ct"), with: key)
            guard test.isValid else { return unwrapped == nil ? .passed : .wrong }
            let secret = SecretBytes(copying: plain)
            return KeyWrap.wrap(secret, with: key) == test.bytes("ct") && unwrapped?.copy == plain
                ? .passed : .wrong
        }
    }

    @Test func `HKDF derives the same`() throws {
        try run("hkdf_sha256_test", atLeast: 80) { _, test in
            guard let size = test["size"]?.integer, size <= 255 * 32 else {
                return .refused("more than 8160 bytes")
            }
            let derived = HKDF.derive(
                secret: test.bytes("ikm"),
                salt: test.bytes("salt"),
                info: test.bytes("info"),
                count: Int(size)
            )
            return test.isValid && derived == test.bytes("okm") ? .passed : .wrong
        }
    }

    @Test func `ECDSA believes what is right alone`() throws {
        try run("ecdsa_secp256r1_sha256_test", atLeast: 480) { group, test in
            let point = try PublicPoint(group.bytes("publicKey", "uncompressed"))
            let digest = SHA256.hash(test.bytes("msg"))
            return point.verify(test.bytes("sig"), digest: digest) == test.isValid
                ? .passed : .wrong
        }
    }

    @Test func `Ed25519 believes what is right alone`() throws {
        try run("ed25519_test", atLeast: 180) { group, test in
            let key = try NotePublicKey(group.bytes("publicKey", "pk"))
            let isBelieved = key.verify(test.bytes("sig"), over: test.bytes("msg"))
            return test.isOpen || isBelieved == test.isValid ? .passed : .wrong
        }
    }

    @Test func `ECDH agrees, and takes no point beside the curve`() throws {
        try run("ecdh_secp256r1_ecpoint_test", atLeast: 340) { _, test in
            guard let point = try? PublicPoint(test.bytes("public")) else {
                return test.isValid && test.bytes("public").count == PublicPoint.byteCount
                    ? .wrong : test.isValid ? .refused("a compressed point") : .passed
            }
            let secret = try Self.privateKey(test.bytes("private")).derive(point)
            let isSame = secret.copy == test.bytes("shared")
            return isSame == (test.isValid || test.isOpen) ? .passed : .wrong
        }
    }

    private static func privateKey(_ scalar: [UInt8]) throws -> PrivateKey {
        let scalar = Array((Array(repeating: 0, count: 32) + scalar).suffix(32))
        // PrivateKeyInfo (RFC 5208) with an ECPrivateKey (RFC 5915) of the scalar alone.
        let head = hex("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420")
        return try PrivateKey.read(.p256, pkcs8: SecretBytes(copying: head + scalar))
    }

    // MARK: PKITS

    @Test(arguments: ["certs", "crls"])
    func `PKITS is of another profile, and is told so`(kind: String) throws {
        let folder = "\(try #require(vectorFolder))/pkits/\(kind)"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        var reasons: [String: Int] = [:]
        for name in names {
            let file = try #require(FileManager.default.contents(atPath: "\(folder)/\(name)"))
            do throws(CertificateRefusal) {
                if kind == "certs" {
                    _ = try Certificate(reading: Array(file))
                } else {
                    _ = try CertificateRevocationList(reading: Array(file))
                }
                // All of them are by RSA keys, and most by SHA-1 lists and policies.
                Issue.record("\(name) was taken")
            } catch { reasons[error.code, default: 0] += 1 }
        }
        #expect(names.count >= (kind == "certs" ? 405 : 173))
        let words = reasons.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        print("PKITS \(kind): \(names.count) cases, 0 taken, refused by design (RSA):", words)
    }

    // MARK: Reading

    /// A group or a case of a file.
    private struct Vector {
        let json: JSON

        subscript(name: String) -> JSON? { json[name] }

        var isValid: Bool { self["result"]?.string == "valid" }
        /// The authors leave it open.
        var isOpen: Bool { self["result"]?.string == "acceptable" }

        func bits(_ name: String) -> Int64? { json[name]?.integer }

        func bytes(_ names: String...) -> [UInt8] {
            let value = names.reduce(Optional(json)) { $0?[$1] }
            return value?.string.flatMap { Hex.decode($0) } ?? []
        }
    }

    private func run(
        _ name: String,
        atLeast least: Int,
        _ check: (Vector, Vector) throws -> Outcome
    ) throws {
        let path = "\(try #require(vectorFolder))/wycheproof/\(name).json"
        let file = try #require(FileManager.default.contents(atPath: path))
        let groups = try JSON(reading: Array(file), .general)["testGroups"]?.array ?? []
        var (cases, passed) = (0, 0)
        var reasons: [String: Int] = [:]
        for group in groups {
            for test in group["tests"]?.array ?? [] {
                cases += 1
                switch try check(Vector(json: group), Vector(json: test)) {
                case .passed: passed += 1
                case .refused(let reason): reasons[reason, default: 0] += 1
                case .wrong: Issue.record("\(name): case \(test["tcId"]?.integer ?? 0)")
                }
            }
        }
        #expect(passed >= least)
        let words = reasons.map { "\($0.value) refused by design (\($0.key))" }
        print("Wycheproof \(name): \(cases) cases, \(passed) passed", words.joined())
    }
}

extension SecretBytes {
    fileprivate var copy: [UInt8] { unsafe withPointer { unsafe Array($0) } }
}

private let vectorFolder = ProcessInfo.processInfo.environment["RENKEI_VECTORS"]
