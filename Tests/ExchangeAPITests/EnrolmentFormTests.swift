import ExchangeAPI
import Primitives
import Testing

/// Joining: the forms of `keys-and-directory.md` 4.
struct EnrolmentFormTests {
    private let member: MemberID
    private let keys: JoiningKeys
    private let request: EnrolmentRequest
    private let answer: EnrolmentAnswer

    init() throws {
        member = try #require(MemberID("mz662s4v6wfq2s3zdbylnrbuvsy"))
        keys = JoiningKeys(code: "abcd-efgh-ijkl-mnop-qrst", member: member)
        request = EnrolmentRequest(
            member: member,
            requests: [WireCertificateRequest(usage: .signing, request: [1, 2, 3])],
            logPublicKey: [UInt8](repeating: 7, count: 32),
            keys: keys
        )
        answer = EnrolmentAnswer(
            certificates: [[1], [2]],
            authorities: [[3]],
            membership: [4],
            keys: keys
        )
    }

    @Test(arguments: [
        "ABCD-EFGH-IJKL-MNOP-QRST", "abcd efgh ijkl mnop qrst", "abcdefghijklmnopqrst",
    ])
    func `the code is read as people write it`(_ code: String) {
        let other = JoiningKeys(code: code, member: member)
        #expect(other.request == keys.request)
        #expect(other.answer == keys.answer)
        #expect(keys.request != keys.answer)
        #expect(keys.request.count == 32)
    }

    @Test func `request and answer are read back and stay authentic`() throws {
        let asked = try EnrolmentRequest(request.json)
        let told = try EnrolmentAnswer(answer.json)
        #expect(asked == request)
        #expect(told == answer)
        #expect(asked.isAuthentic(keys))
        #expect(told.isAuthentic(keys))
    }

    @Test func `another code is not authentic, nor are changed bytes`() throws {
        let other = JoiningKeys(code: "abcd-efgh-ijkl-mnop-qrsu", member: member)
        #expect(!request.isAuthentic(other))
        #expect(!answer.isAuthentic(other))
        var asked = try #require(request.json.object)
        asked["logPublicKey"] = .string(Base64.encode([UInt8](repeating: 8, count: 32)))
        #expect(try !EnrolmentRequest(.object(asked)).isAuthentic(keys))
        var told = try #require(answer.json.object)
        told["membership"] = .string(Base64.encode([5]))
        #expect(try !EnrolmentAnswer(.object(told)).isAuthentic(keys))
    }

    @Test func `the key of the answer does not prove a request`() {
        let swapped = JoiningKeys(request: keys.answer, answer: keys.request)
        #expect(!request.isAuthentic(swapped))
        #expect(!answer.isAuthentic(swapped))
    }

    @Test(arguments: ["memberId", "logPublicKey", "mac"])
    func `a request without a member is refused`(_ name: String) throws {
        var object = try #require(request.json.object)
        object[name] = nil
        #expect(throws: DecodingRefusal.self) { try EnrolmentRequest(.object(object)) }
    }

    @Test func `an unknown member is refused`() throws {
        var object = try #require(request.json.object)
        object["more"] = 1
        #expect(throws: DecodingRefusal.self) { try EnrolmentRequest(.object(object)) }
    }
}
