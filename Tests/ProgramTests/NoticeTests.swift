import Configuration
import Delivery
import Gateway
import HTTP
import Primitives
import TestKit
import Testing

@testable import renkei

/// お知らせ by mail: how often, to whom, and that nothing of a person is in them.
struct NoticeTests {
    @Test func `nothing is told twice, nor more often than every ten minutes`() {
        let start = Timestamp(milliseconds: 1_790_000_000_000)
        var clock = NoticeClock(startedAt: start)
        #expect(clock.isDue(at: start))
        #expect(News(arrived: 0, late: 0).lines.isEmpty)
        #expect(News(arrived: 2, late: 0).lines == ["新着の書類が 2件 あります。"])
        #expect(News(arrived: 1, late: 3).lines.count == 2)
        let first = start.adding(.minutes(1))
        clock.told(at: first)
        #expect(clock.toldUntil == first)
        #expect(!clock.isDue(at: first.adding(.minutes(9))))
        #expect(clock.isDue(at: first.adding(.minutes(10))))
    }

    @Test func `who asked for it hears how many came and where to look, and nothing else`()
        async throws
    {
        let sink = try MailSink()
        let post = try #require(
            try NoticePost(
                try Settings(
                    kind: .gateway,
                    files: [
                        (
                            name: "a.toml",
                            text: """
                            [notices]
                            server = "smtp://127.0.0.1:\(sink.port)"
                            from = "renkei@example.jp"
                            """.bytes
                        )
                    ]
                ),
                origin: "https://renkei.example.jp"
            )
        )
        let time = SimulatedTime(Timestamp(milliseconds: 1_790_000_000_000))
        let round = NoticeRound(post, time, SeededRandom(seed: 1))
        let people = [
            try #require(MailAddress("a@example.jp")), try #require(MailAddress("b@example.jp")),
        ]
        let member = try #require(MemberID("m" + String(repeating: "a", count: 26)))
        let office = (name: "幻町内科クリニック", member: member)
        #expect(
            round.mails(News(arrived: 0, late: 0), of: office, to: people, at: time.now).isEmpty
        )
        for mail in round.mails(News(arrived: 1, late: 0), of: office, to: people, at: time.now) {
            try await post.server.send(mail)
        }
        let mails = sink.taken
        #expect(mails.count == 2)
        for (mail, person) in zip(mails, people) {
            #expect(mail.commands.contains("RCPT TO:<\(person.text)>"))
            #expect(
                mail.text == """
                    幻町内科クリニック

                    新着の書類が 1件 あります。

                    https://renkei.example.jp/o/\(office.member.text)/inbox

                    """
            )
        }
    }

    @Test(arguments: [
        ("server = \"mail.example.jp\"", NoticeFault.serverUnfit),
        ("server = \"smtps://mail.example.jp\"\nfrom = \"x\"", .senderUnfit),
        ("server = \"smtps://mail.example.jp\"\nuser = \"x\"", .loginHalf),
        ("server = \"smtps://mail.example.jp\"\nfrom = \"a@example.jp\"", .pagesMissing),
    ])
    func `what cannot be is said at the start`(lines: String, fault: NoticeFault) throws {
        let files = [(name: "a.toml", text: ("[notices]\n" + lines).bytes)]
        let settings = try Settings(kind: .gateway, files: files)
        #expect(throws: fault) { _ = try NoticePost(settings, origin: nil) }
        let said = Saying(fault, .japanese)
        #expect(!said.summary.isEmpty && !said.advice.isEmpty)
        #expect(!fault.summary.isEmpty && !fault.advice.isEmpty && !fault.isTemporary)
        #expect(try NoticePost(try Settings(kind: .gateway, files: []), origin: nil) == nil)
    }
}
