import Audit
import Cryptography
import Primitives
import Testing

struct DataKeyTests {
    static let plain = "山田太郎 1950-01-01".bytes

    @Test(arguments: [plain, []])
    func `what was sealed opens in its place`(plain: [UInt8]) throws {
        let sealed = AuditWorld.dataKey().seal(plain, context: "inbox/record/1")
        #expect(sealed.first == 1)
        #expect(sealed.count == 1 + 12 + plain.count + 16)
        #expect(try AuditWorld.dataKey().open(sealed, context: "inbox/record/1") == plain)
    }

    @Test(arguments: ["inbox/record/2", "outbox/record/1", "inbox/record/1 ", ""])
    func `another context never opens`(context: String) {
        let sealed = AuditWorld.dataKey().seal(DataKeyTests.plain, context: "inbox/record/1")
        #expect(throws: CryptographyError.cannotOpen) {
            try AuditWorld.dataKey().open(sealed, context: context)
        }
    }

    @Test func `another key, a changed byte or a cut never opens`() {
        let sealed = AuditWorld.dataKey().seal(DataKeyTests.plain, context: "a")
        #expect(throws: CryptographyError.cannotOpen) {
            try AuditWorld.dataKey(2).open(sealed, context: "a")
        }
        for place in sealed.indices {
            var changed = sealed
            changed[place] ^= 1
            #expect(throws: CryptographyError.cannotOpen, "byte \(place)") {
                try AuditWorld.dataKey().open(changed, context: "a")
            }
            #expect(throws: CryptographyError.cannotOpen, "cut at \(place)") {
                try AuditWorld.dataKey().open(Array(sealed[..<place]), context: "a")
            }
        }
    }

    @Test func `each seal has its own nonce`() {
        let key = AuditWorld.dataKey()
        let nonces = (0..<8).map { _ in key.seal([], context: "a")[1..<13] }
        #expect(Set(nonces).count == 8)
    }

    @Test func `a tag depends on key, kind and value`() {
        let key = AuditWorld.dataKey()
        let tag = key.tag(.patient, "1".bytes)
        #expect(tag == AuditWorld.dataKey().tag(.patient, "1".bytes))
        #expect(tag.tag.count == 16)
        let others = [
            AuditWorld.dataKey(2).tag(.patient, "1".bytes), key.tag(.patient, "2".bytes),
            key.tag(.actor, "1".bytes), key.tag(.desk, "1".bytes), key.tag(.message, "1".bytes),
        ]
        #expect(!others.map(\.tag).contains(tag.tag))
    }

    @Test func `a tag is HMAC under a key derived from the secret`() {
        let indexKey = HMACSHA256.code(
            for: "renkei-index-v1".bytes,
            key: [UInt8](repeating: 1, count: 32)
        )
        let code = HMACSHA256.code(for: "patient0123456789".bytes, key: indexKey.bytes)
        let tag = AuditWorld.dataKey().tag(named: "patient", value: "0123456789".bytes)
        #expect(tag == Array(code.bytes.prefix(16)))
    }

    @Test func `a key prints its row and no secret`() {
        #expect("\(AuditWorld.dataKey(3))" == "DataKey(3)")
    }
}
