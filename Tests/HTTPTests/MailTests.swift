import Cryptography
import Foundation
import Primitives
import TestKit
import Testing

@testable import HTTP

/// Mail as it leaves, and the server it goes to.
struct MailTests {
    private func mail(subject: String = "お知らせ", text: String = "一\n.\n二") throws -> Mail {
        Mail(
            from: try #require(MailAddress("renkei@example.jp")),
            to: try #require(MailAddress("hanako@office.example.jp")),
            subject: subject,
            text: text,
            seams: (Timestamp(milliseconds: 1_790_000_000_000), SeededRandom(seed: 1))
        )
    }

    @Test func `a mail is one of RFC 5322, whatever its words are`() throws {
        let subject = "【連携】お知らせ\r\nBcc: x@example.jp" + String(repeating: "長", count: 40)
        let text = String(decoding: try mail(subject: subject).bytes, as: UTF8.self)
        let lines = text.components(separatedBy: "\r\n")
        #expect(lines.first == "Date: Mon, 21 Sep 2026 14:13:20 +0000")
        #expect(lines.contains("From: <renkei@example.jp>"))
        #expect(lines.contains("To: <hanako@office.example.jp>"))
        #expect(lines.contains("Auto-Submitted: auto-generated"))
        #expect(!lines.contains { $0.hasPrefix("Bcc") }, "a subject ends no line")
        #expect(lines.allSatisfy { $0.utf8.count <= 78 && $0.utf8.allSatisfy { $0 < 0x80 } })
        #expect(!text.replacing("\r\n", with: "").contains { "\r\n".contains($0) })
    }

    @Test func `a server on this machine takes a mail to one person`() async throws {
        let sink = try MailSink()
        let server = try #require(MailServer("smtp://127.0.0.1:\(sink.port)"))
        try await server.send(try mail())
        let taken = try #require(sink.taken.first)
        #expect(taken.commands.contains("MAIL FROM:<renkei@example.jp>"))
        #expect(taken.commands.contains("RCPT TO:<hanako@office.example.jp>"))
        #expect(taken.text == "一\n.\n二", "a lone point ends nothing")
    }

    @Test func `what a server refuses is an error`() async throws {
        let sink = try MailSink(refusal: "550 no such mailbox")
        let server = try #require(MailServer("smtp://127.0.0.1:\(sink.port)"))
        let mail = try mail()
        await #expect(throws: ClientError.self) { try await server.send(mail) }
        #expect(sink.taken.isEmpty)
        let nobody = try #require(MailServer("smtp://127.0.0.1:1"))
        await #expect(throws: ClientError.connect) { try await nobody.send(mail) }
    }

    @Test(arguments: [
        "", "mail.example.jp", "http://mail.example.jp", "smtp://", "smtp://a b", "smtp://a:x",
        "smtp://a:25/x", "smtp://user:secret@a", "smtps://a\r\nQUIT",
    ])
    func `no server is at any other address`(_ address: String) {
        #expect(MailServer(address) == nil)
    }
}
