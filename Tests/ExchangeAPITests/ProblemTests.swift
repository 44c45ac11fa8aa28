import Delivery
import ExchangeAPI
import Foundation
import Primitives
import Testing

/// Problems, and the table of `exchange-api.md` 12 that integrators read.
struct ProblemTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Schemas/exchange-api.md")

    /// The rows of the page: codes, status, who must act, resend.
    private static func rows() throws -> [[String]] {
        let text = try String(contentsOf: page, encoding: .utf8)
        let section = text.components(separatedBy: "## 12. Problems")[1]
            .components(separatedBy: "## 13.")[0]
        return section.components(separatedBy: "\n").filter { $0.hasPrefix("| `") }.map { row in
            row.components(separatedBy: "|").dropFirst().dropLast()
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    @Test func `the page and the program have one table`() throws {
        var told: [String: [String]] = [:]
        for row in try Self.rows() {
            for code in row[0].components(separatedBy: ", ") {
                let name = code.trimmingCharacters(in: CharacterSet(charactersIn: "`"))
                #expect(told[name] == nil, "\(name) stands twice")
                // What follows a semicolon is an exception in words.
                told[name] = row.dropFirst().map { $0.components(separatedBy: ";")[0] }
            }
        }
        var known: [String: [String]] = [:]
        for reason in Refusal.Reason.allCases {
            let row = Refusal(reason)
            known[reason.rawValue] = [
                "\(row.status)", row.whoMustAct.rawValue, row.resend.rawValue,
            ]
        }
        #expect(told == known)
    }

    @Test(arguments: Refusal.Reason.allCases)
    func `a problem is read back as the refusal it tells`(_ reason: Refusal.Reason) throws {
        let refusal = Refusal(
            reason,
            details: [Refusal.Detail(pointer: "/to/0", code: "x")],
            retryAfterSeconds: 3,
            resend: .sameMessage
        )
        let json = Problem.json(refusal, trace: "t")
        #expect(try Problem.refusal(json) == refusal)
        #expect(json["type"]?.string == "/problems/" + refusal.code)
        #expect(json["title"]?.string?.isEmpty == false)
        #expect(!refusal.advice.isEmpty)
    }

    @Test func `a problem without details and with unknown members is read`() throws {
        let json = try JSON(
            reading: #"{"type":"/problems/notFound","status":404,"later":1}"#.bytes
        )
        #expect(try Problem.refusal(json) == Refusal(.notFound))
    }

    @Test(arguments: [#"{"type":"/problems/stranger"}"#, #"{"type":"notFound"}"#, "{}"])
    func `a problem of another type is no refusal`(_ text: String) throws {
        let json = try JSON(reading: text.bytes)
        #expect(throws: DecodingRefusal.self) { try Problem.refusal(json) }
    }

    @Test func `a problem has the members of RFC 9457, and a Japanese title`() {
        let json = Problem.json(Refusal(.quotaExceeded, retryAfterSeconds: 60), trace: "0af1")
        #expect(
            String(decoding: json.canonicalBytes, as: UTF8.self)
                == """
                {"resend":"sameMessage","retryAfterSeconds":60,"status":429,\
                "title":"相手の受信箱がいっぱいです","traceId":"0af1",\
                "type":"/problems/quotaExceeded","whoMustAct":"recipient"}
                """
        )
    }

    @Test func `what the client may end with says whether to come again`() {
        let errors: [(ExchangeError, String, Bool)] = [
            (.refused(Refusal(.rateLimited)), "rateLimited", true),
            (.refused(Refusal(.contentSeen)), "contentSeen", false),
            (.unreachable(reason: "timeout", sent: true), "exchangeUnreachable", true),
            (.untrusted, "exchangeUntrusted", true),
            (.badAnswer, "exchangeAnswerMalformed", true),
        ]
        for (error, code, isTemporary) in errors {
            #expect(error.code == code)
            #expect(error.isTemporary == isTemporary)
            #expect(!error.summary.isEmpty && !error.advice.isEmpty)
        }
    }
}
