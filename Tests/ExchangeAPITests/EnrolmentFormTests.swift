import Cryptography
import Delivery
import Directory
import Primitives
import TestKit
import Testing

@testable import ExchangeAPI

/// The request and the answer of joining, and the two keys that vouch for them.
struct EnrolmentFormTests {
    private static let member = MemberID.make(SeededRandom(seed: 3))
    private static let code = "abcd-efgh-ijkl-mnop-qrst"
    private static let keys = JoiningKeys(code: code, member: member)
    private static let request = EnrolmentRequest(
        member: member,
        requests: [
            WireCertificateRequest(usage: .signing, request: [1]),
            WireCertificateRequest(usage: .encryption, request: [2]),
        ],
        logPublicKey: [UInt8](repeating: 3, count: 32),
        keys: keys
    )

    @Test(arguments: [
        "ABCD-EFGH-IJKL-MNOP-QRST", "abcdefghijklmnopqrst", "abcd efgh ijkl mnop qrst",
    ])
    func `a code is the same however it is typed`(typed: String) {
        let keys = JoiningKeys(code: typed, member: Self.member)
        #expect(keys.request == Self.keys.request && keys.answer == Self.keys.answer)
    }

    @Test func `keys differ by code, by member and by direction`() {
        let otherCode = JoiningKeys(code: "abcd-efgh-ijkl-mnop-qrsu", member: Self.member)
        let otherMember = JoiningKeys(
            code: Self.code,
            member: MemberID.make(SeededRandom(seed: 4))
        )
        let all = [Self.keys, otherCode, otherMember].flatMap { [$0.request, $0.answer] }
        #expect(Set(all).count == 6)
    }

    @Test func `a request comes back as it was, under its MAC`() throws {
        let read = try EnrolmentRequest(JSON(reading: Self.request.json.canonicalBytes))
        #expect(read == Self.request)
        #expect(read.isAuthentic(Self.keys))
        #expect(read.sha256 == Self.request.sha256)
    }

    @Test(arguments: ["memberId", "requests", "logPublicKey"])
    func `no member of a request can be changed`(name: String) throws {
        var json = try #require(Self.request.json.object)
        switch name {
        case "memberId": json[name] = .name(MemberID.make(SeededRandom(seed: 9)))
        case "requests": json[name] = .array(json[name]?.array?.reversed() ?? [])
        default: json[name] = .bytes([UInt8](repeating: 4, count: 32))
        }
        #expect(try !EnrolmentRequest(.object(json)).isAuthentic(Self.keys))
    }

    @Test func `the MAC is HMAC-SHA256 over the hash of the rest`() throws {
        var json = try #require(Self.request.json.object)
        json["mac"] = nil
        let digest = SHA256.hash(JSON.object(json).canonicalBytes)
        #expect(
            HMACSHA256.code(for: digest.bytes, key: Self.keys.request).bytes == Self.request.mac
        )
    }

    @Test func `an answer comes back as it was, under the other key`() throws {
        let answer = EnrolmentAnswer(
            certificates: [[1], [2]],
            authorities: [[3]],
            membership: [4],
            keys: Self.keys
        )
        let read = try EnrolmentAnswer(JSON(reading: answer.json.canonicalBytes))
        #expect(read == answer)
        #expect(read.isAuthentic(Self.keys))
        let swapped = JoiningKeys(request: Self.keys.answer, answer: Self.keys.request)
        #expect(!read.isAuthentic(swapped))
    }

    @Test func `unknown members and forms are refused`() throws {
        var json = try #require(Self.request.json.object)
        json["note"] = "hello"
        #expect(throws: DecodingRefusal.self) { _ = try EnrolmentRequest(.object(json)) }
        json["note"] = nil
        json["requests"] = [["usage": "admin", "certificateRequest": "AQ"]]
        #expect(throws: DecodingRefusal.self) { _ = try EnrolmentRequest(.object(json)) }
    }
}
