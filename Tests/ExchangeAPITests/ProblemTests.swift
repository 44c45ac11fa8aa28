import Delivery
import Directory
import Primitives
import Testing

@testable import ExchangeAPI

/// The table of problems (`exchange-api.md` 12), written out and compared in both directions.
struct ProblemTests {
    /// Codes | status | who must act | resend.
    static let table = """
        malformed | 400 | sender | newMessage
        framesCut | 400 | nobody | sameMessage
        certificateMissing certificateUnknown | 403 | sender | sameMessage
        certificateExpired revoked | 403 | sender | newMessage
        memberSuspended | 403 | operator | sameMessage
        notYourName | 403 | sender | never
        enrolmentRefused | 403 | operator | never
        unknownRecipient notFound | 404 | sender | newMessage
        paperOnlyRecipient recipientCannotRead recipientKeyUnusable | 409 | sender | newMessage
        messageIdConflict contentSeen statementConflict | 409 | sender | never
        outOfOrder chunkMissing | 409 | sender | sameMessage
        deliveryClosed | 409 | recipient | never
        alreadyWithdrawn | 410 | nobody | never
        expired | 410 | sender | newMessage
        receiptGone | 410 | nobody | never
        cursorGone | 410 | recipient | never
        bodyGone | 410 | sender | newMessage
        tooLarge | 413 | sender | newMessage
        unsupportedType | 415 | sender | sameMessage
        versionUnsupported | 404 | sender | sameMessage
        badSignature recipientsDiffer wrongSuite hashDiffers | 422 | sender | newMessage
        clockSkew | 422 | sender | sameMessage
        rateLimited | 429 | nobody | sameMessage
        quotaExceeded | 429 | recipient | sameMessage
        internalFailure | 500 | operator | sameMessage
        exchangeBusy | 503 | nobody | sameMessage
        maintenance readOnly | 503 | operator | sameMessage
        storageFull | 507 | operator | sameMessage
        """

    @Test func `the list of refusals is exactly the table`() {
        let written = Self.table.split(separator: "\n").flatMap { line -> [String] in
            let cells = line.split(separator: "|").map { $0.split(separator: " ") }
            let rest = cells.dropFirst().joined().joined(separator: " ")
            return cells[0].map { "\($0) \(rest)" }
        }
        let known = Refusal.Reason.allCases.map { reason in
            let refusal = Refusal(reason)
            return [
                refusal.code, String(refusal.status), refusal.whoMustAct.rawValue,
                refusal.resend.rawValue,
            ].joined(separator: " ")
        }
        #expect(known.sorted() == written.sorted())
    }

    @Test(arguments: Refusal.Reason.allCases)
    func `a problem comes back as the refusal it was`(reason: Refusal.Reason) throws {
        let refusal = Refusal(
            reason,
            details: [.init(pointer: "/to/1", code: "recipientCannotRead")],
            retryAfterSeconds: 30
        )
        #expect(try Problem.refusal(Problem.json(refusal, trace: "0af1")) == refusal)
        #expect(!refusal.advice.isEmpty)
        #expect(refusal.isTemporary == (refusal.resend == .sameMessage))
    }

    @Test func `a problem has the members of RFC 9457, and a Japanese title`() throws {
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

    @Test func `a TLS key that has ended stops no message`() throws {
        let refusal = Refusal(.certificateExpired, resend: .sameMessage)
        #expect(refusal != Refusal(.certificateExpired))
        #expect(try Problem.refusal(Problem.json(refusal, trace: nil)) == refusal)
    }

    @Test(arguments: ["/problems/somethingNew", "quotaExceeded", ""])
    func `a problem that this version does not know is not guessed`(type: String) {
        #expect(throws: DecodingRefusal.self) {
            _ = try Problem.refusal(["type": .string(type)])
        }
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
