import Cryptography
import Primitives
import Testing

@testable import Staff

/// An authenticator of the tests: CBOR by hand, a real key.
struct Authenticator {
    let keys = MemoryKeyStore()
    let key: KeyHandle
    let id: [UInt8]
    var counter: UInt32 = 0
    /// Present, verified; while a key is made also that it follows.
    var flags: UInt8 = 0b101
    var host = "localhost"
    var origin = "https://localhost:8440"
    var more = ""

    static let site = PasskeySite(origin: "https://localhost:8440")

    init(id: UInt8 = 9) async throws {
        self.id = Array(repeating: id, count: 16)
        key = try await keys.generate(.signing, label: "passkey")
    }

    /// Makes a passkey for what the page was told.
    func make(_ question: PasskeyQuestion, type: String = "webauthn.create") throws -> MadePasskey {
        var data = head(flags | 0b100_0000) + Array(repeating: 0, count: 16)
        data += [0, UInt8(id.count)] + id + (try coseKey())
        return try MadePasskey(
            reading: bytes([
                "authenticatorData": .string(Base64.encode(data)),
                "clientDataJSON": .string(Base64.encode(clientData(question, type))),
            ])
        )
    }

    /// Signs for what the page was told.
    mutating func show(
        _ question: PasskeyQuestion,
        type: String = "webauthn.get",
        counts: Bool = true
    ) async throws -> ShownPasskey {
        if counts { counter += 1 }
        let data = head(flags)
        let client = clientData(question, type)
        let digest = SHA256.hash(data + SHA256.hash(client).bytes)
        let signature = try await keys.sign(key, digest: digest)
        return try ShownPasskey(
            reading: bytes([
                "authenticatorData": .string(Base64.encode(data)),
                "clientDataJSON": .string(Base64.encode(client)),
                "id": .string(Base64.encode(id)),
                "signature": .string(Base64.encode(signature)),
            ])
        )
    }

    /// RFC 9053 §7.1: EC2, ES256, P-256, x, y.
    private func coseKey() throws -> [UInt8] {
        let point = try keys.publicPoint(key)
        return [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20] + point[1..<33]
            + [0x22, 0x58, 0x20] + point[33...]
    }

    private func head(_ flags: UInt8) -> [UInt8] {
        SHA256.hash(host.bytes).bytes + [flags]
            + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: counter >> $0) }
    }

    private func clientData(_ question: PasskeyQuestion, _ type: String) -> [UInt8] {
        let challenge = question.json["challenge"]?.string ?? ""
        return
            (#"{"type":"\#(type)","challenge":"\#(challenge)","origin":"\#(origin)""# + more + "}")
            .bytes
    }

    private func bytes(_ json: JSON) -> [UInt8] { json.canonicalBytes }
}
