import Primitives
import TestKit
import Testing

@testable import Staff

struct OneTimeCodeTests {
    /// RFC 6238, appendix B, SHA-1; of its eight digits the last six.
    @Test(arguments: [
        (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"),
        (1_234_567_890, "005924"), (2_000_000_000, "279037"),
    ])
    func `the codes of the standard are taken`(_ seconds: Int64, _ code: String) {
        let now = Timestamp(milliseconds: seconds * 1000)
        let key = "12345678901234567890".bytes
        #expect(OneTimeCode.step(of: code, key: key, at: now) == seconds / 30)
    }

    @Test(arguments: [-2, -1, 0, 1, 2])
    func `a clock may be one step off`(_ steps: Int64) {
        let key = "12345678901234567890".bytes
        let now = SimulatedTime.start
        let shown = now.adding(.seconds(30 * steps))
        let code = Office.code(key, at: shown)
        let step = OneTimeCode.step(of: code, key: key, at: now)
        #expect(step == (abs(steps) <= 1 ? shown.seconds / 30 : nil))
    }

    @Test
    func `a code is taken once, and no earlier one after it`() {
        let key = "12345678901234567890".bytes
        let now = SimulatedTime.start
        var secret = OneTimeSecret(key: key, lastStep: 0)
        let late = Office.code(key, at: now.adding(.seconds(30)))
        let code = Office.code(key, at: now)
        var other = secret
        let inOrder = [code, code, late].map { other.take($0, at: now) }
        #expect(inOrder == [true, false, true])
        let backwards = [late, code].map { secret.take($0, at: now) }
        #expect(backwards == [true, false])
    }

    @Test(arguments: ["", "28708", "2870821", "28708a", "０００", "-28708", "287 08"])
    func `what is not six digits is no code`(_ text: String) {
        let now = Timestamp(milliseconds: 59_000)
        #expect(OneTimeCode.step(of: text, key: "12345678901234567890".bytes, at: now) == nil)
    }

    @Test(arguments: ["２８７０８２", "287 082", " 287082 "])
    func `wide digits and spaces do not matter`(_ text: String) {
        let now = Timestamp(milliseconds: 59_000)
        #expect(OneTimeCode.step(of: text, key: "12345678901234567890".bytes, at: now) == 1)
    }

    @Test
    func `the app learns issuer, name and key from one line`() throws {
        let name = try #require(SignInName("sato"))
        let offer = FactorOffer(key: "12345678901234567890".bytes, name: name, issuer: "架空 病院")
        #expect(offer.key == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")
        #expect(
            offer.uri
                == "otpauth://totp/%E6%9E%B6%E7%A9%BA%20%E7%97%85%E9%99%A2:sato"
                + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=%E6%9E%B6%E7%A9%BA%20%E7%97%85%E9%99%A2"
                + "&algorithm=SHA1&digits=6&period=30"
        )
        #expect("\(offer)" == "FactorOffer")
        #expect(Office.key(of: offer) == "12345678901234567890".bytes)
    }
}
