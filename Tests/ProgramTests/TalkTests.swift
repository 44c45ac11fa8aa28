import Consent
import ExchangeAPI
import Foundation
import Gateway
import Primitives
import Storage
import Testing

@testable import Envelope
@testable import renkei

@Suite struct TalkTests {
    private struct Numbered: Explained {
        let summary: String
        var code: String { "leafChanged" }
        var advice: String { "Tell." }
        var isTemporary: Bool { false }
    }

    @Test func `every error code of the modules has Japanese words`() throws {
        let known = Set(JapaneseErrors.codes)
        let missing = try codesInSources().subtracting(known)
        #expect(missing.isEmpty, "add to Sources/renkei/Talk: \(missing.sorted())")
    }

    @Test(arguments: [
        ("窓口\t一般\n二行", "窓口\t一般\n二行"), ("a\u{1B}[2Jb", "a\u{FFFD}[2Jb"),
        ("a\rb\u{9B}c", "a\u{FFFD}b\u{FFFD}c"), ("\u{202E}abc\u{2066}", "\u{FFFD}abc\u{FFFD}"),
    ])
    func `words of others do not steer the terminal`(_ line: String, _ shown: String) {
        let sink = MemorySink()
        let console = Console(
            language: .japanese,
            output: sink,
            errorOutput: sink,
            hasColours: false
        )
        console.data(line)
        console.talk(Phrase(ja: line, en: line))
        #expect(sink.text == shown + "\n" + shown + "\n")
    }

    @Test func `no Japanese text is empty and each is whole sentences`() throws {
        for code in JapaneseErrors.codes {
            let entry = try #require(JapaneseErrors.entry(code))
            #expect(entry.summary.hasSuffix("。"), "\(code)")
            #expect(entry.advice.hasSuffix("。"), "\(code)")
        }
        #expect(JapaneseErrors.entry("neverHeardOf") == nil)
    }

    @Test(arguments: [
        ("Leaf 3 was changed.", "Leaf 3 was changed."), ("It was changed.", nil),
        ("The library failed (eof).", "The library failed (eof)."),
    ])
    func `what the fixed sentence cannot hold is added`(_ summary: String, _ detail: String?) {
        #expect(Saying(Numbered(summary: summary), .japanese).detail == detail)
        #expect(Saying(Numbered(summary: summary), .english).detail == nil)
    }

    @Test func `Japanese advice differs with the case as the English does`() {
        let refusals = ConsentRefusal.Reason.allCases.map { ConsentRefusal($0, rule: "C-2") }
        for (error, other) in zip(refusals, refusals.dropFirst()) {
            #expect(Saying(error, .japanese).advice != Saying(other, .japanese).advice)
        }
        let faults = EvidenceFault.Fault.allCases.map { EvidenceFault("sealed.der", $0) }
        #expect(Set(faults.map { Saying($0, .japanese).summary }).count == faults.count)
        for error in faults {
            for other in faults where (error.advice == other.advice) {
                #expect(Saying(error, .japanese).advice == Saying(other, .japanese).advice)
            }
            #expect(Saying(error, .japanese).summary.contains("sealed.der"))
        }
    }

    /// What people were told wrongly once, told by a service over its socket.
    @Test func `what a service says in Japanese fits the case`() throws {
        let told: [(any Explained, String)] = [
            (GatewayError.consent(ConsentRefusal(.withdrawn, rule: "C-3")), "送らないでください"),
            (GatewayError.consent(ConsentRefusal(.none, rule: "C-1")), "gateway consent add"),
            (GatewayError.evidence(EvidenceFault("chain.pem", .wrongRoot)), "ルート証明書"),
            (GatewayError.recipientUnknown(index: 0), "紙で送ってください"),
            (GatewayError.notARecipient, "--to"),
            (GatewayError.outOfOrder, "状態を見てください"),
            (GatewayError.certificateEnded(isRevoked: false), "運営者"),
            (GatewayError.store(.full), "ディスクの空き"),
            (StoreError.full, "ディスクの空き"),
            (GatewayError.exchange(.refused(Refusal(.storageFull))), "運営者"),
            (GatewayError.exchange(.refused(Refusal(.unknownRecipient))), "事業所番号"),
        ]
        for (error, words) in told {
            let relayed = try RelayedError(RelayedError(error).json)
            let saying = Saying(relayed, .japanese)
            #expect(saying.advice.contains(words), "\(error): \(saying.advice)")
            #expect(Saying(relayed, .english).advice == error.advice)
        }
        let malformed = GatewayError.malformed(DecodingRefusal(.missingMember, at: "/status"))
        let details = try RelayedError(RelayedError(malformed).json).details
        #expect(details == ["/status: missingMember"])
        let unreachable = ExchangeError.unreachable(reason: "connect", sent: false)
        let relayed = try RelayedError(RelayedError(GatewayError.exchange(unreachable)).json)
        #expect(Saying(relayed, .japanese).detail == unreachable.summary)
    }

    @Test func `what has ended cannot be taken back`() {
        let saying = Saying(NothingToWithdraw(), .japanese)
        #expect(saying.summary.contains("取り消すものがありません"))
        #expect(saying.advice.contains("電話"))
    }

    @Test func `nothing is named that does not exist`() throws {
        let folder = Session.root.appendingPathComponent("Sources/renkei")
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        where name.hasSuffix(".swift") {
            let file = folder.appendingPathComponent(name)
            let text = try String(contentsOf: file, encoding: .utf8)
            for word in ["交換局", "復旧用紙", "最新の控え", "緊急の理由", "会員ID"] {
                #expect(!text.contains(word), "\(name): \(word)")
            }
        }
    }

    /// The literals in the bodies of `var code: String`, the program's own errors excepted: those
    /// speak both languages.
    private func codesInSources() throws -> Set<String> {
        let sources = Session.root.appendingPathComponent("Sources")
        let names = try FileManager.default.subpathsOfDirectory(atPath: sources.path)
        let body = try Regex(#"package var code: String \{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}"#)
        let literal = try Regex(#""([a-z][A-Za-z0-9]+)""#)
        var codes: Set<String> = []
        for name in names where name.hasSuffix(".swift") && !name.hasPrefix("renkei/") {
            let file = sources.appendingPathComponent(name)
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: body) {
                for code in String(match.output[1].substring ?? "").matches(of: literal) {
                    codes.insert(String(code.output[1].substring ?? ""))
                }
            }
        }
        // Configuration speaks Japanese in ConfigurationTalk.
        return codes.subtracting(["configuration"])
    }
}
