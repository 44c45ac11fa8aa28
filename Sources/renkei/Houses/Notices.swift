import Configuration
import Directory
import Gateway
import HTTP
import Primitives
import Staff

/// Where mail goes and from whom, as the configuration has it.
struct NoticePost: Sendable {
    let server: MailServer
    let from: MailAddress
    /// As a browser writes the address of the pages.
    let origin: String

    /// Nil where no server is configured.
    ///
    /// - Throws: `NoticeFault`, `FileError`.
    init?(_ settings: Settings?, origin: String?) throws {
        guard let settings else { return nil }
        let address = settings[Setting.Notices.server]
        guard !address.isEmpty else { return nil }
        let user = settings[Setting.Notices.user]
        let file = settings[Setting.Notices.passwordFile]
        guard user.isEmpty == file.isEmpty else { throw NoticeFault.loginHalf }
        let login = try user.isEmpty ? nil : (user: user, password: SecretFile.line(of: file))
        guard let server = MailServer(address, login: login) else { throw NoticeFault.serverUnfit }
        guard let from = MailAddress(settings[Setting.Notices.from]) else {
            throw NoticeFault.senderUnfit
        }
        guard let origin else { throw NoticeFault.pagesMissing }
        self.server = server
        self.from = from
        self.origin = origin
    }
}

/// What is wrong with `[notices]`.
enum NoticeFault: Explained, CaseIterable {
    case serverUnfit, senderUnfit, loginHalf, pagesMissing

    var code: String {
        switch self {
        case .serverUnfit: "noticesServerUnfit"
        case .senderUnfit: "noticesSenderUnfit"
        case .loginHalf: "noticesLoginHalf"
        case .pagesMissing: "noticesPagesMissing"
        }
    }

    var summary: String {
        switch self {
        case .serverUnfit: "notices.server is no address of a mail server."
        case .senderUnfit: "notices.from is no mail address."
        case .loginHalf: "Of notices.user and notices.password_file only one is given."
        case .pagesMissing: "Notices lead to the pages, whose address is not known."
        }
    }

    var advice: String {
        switch self {
        case .serverUnfit: "Write it like smtps://mail.example.jp or smtp://127.0.0.1:25"
        case .senderUnfit: "Write it like renkei@example.jp"
        case .loginHalf: "Give both, or neither."
        case .pagesMissing: "Give pages.address, and pages.origin where its port is 0."
        }
    }

    var isTemporary: Bool { false }
}

/// When an organisation's people are told, and what: never more often than every ten minutes, and
/// nothing twice.
struct NoticeClock: Sendable {
    static let pause = Duration.minutes(10)

    /// What came before was told already, or was here when the program started.
    private(set) var toldUntil: Timestamp
    private var lastAt: Timestamp?

    init(startedAt: Timestamp) { toldUntil = startedAt }

    func isDue(at now: Timestamp) -> Bool {
        lastAt.map { now.since($0) >= Self.pause } ?? true
    }

    /// What there was until then has been told.
    mutating func told(at now: Timestamp) { (toldUntil, lastAt) = (now, now) }
}

extension News {
    /// The lines of the mail; none where there is nothing to tell.
    var lines: [String] {
        [
            arrived > 0 ? "新着の書類が \(arrived)件 あります。" : nil,
            late > 0 ? "期限の近い送信が \(late)件 あります。" : nil,
        ]
        .compactMap(\.self)
    }
}

/// お知らせ: tells people by mail that something waits on the pages. A mail has the organisation's
/// name, how many sheets, and where to look; nothing of a person, of a sheet or of its urgency.
struct NoticeRound: Sendable {
    static let subject = "【連携】お知らせ"

    let post: NoticePost
    let time: any TimeSource
    let random: any RandomSource

    init(_ post: NoticePost, _ time: any TimeSource, _ random: any RandomSource) {
        self.post = post
        self.time = time
        self.random = random
    }

    /// Once a minute, until the task is cancelled.
    func run(_ house: GatewayHouse, _ report: @Sendable (any Explained, MemberID) -> Void) async {
        var clocks: [MemberID: NoticeClock] = [:]
        for member in house.organisations.keys {
            clocks[member] = NoticeClock(startedAt: time.now)
        }
        while true {
            do throws(CancellationError) { try await time.sleep(for: .minutes(1)) } catch { return }
            for (member, gateway) in house.organisations where !Task.isCancelled {
                let desk: StaffDesk
                do throws(StaffRefusal) { desk = try await house.staff.desk(of: gateway) } catch {
                    report(error, member)
                    continue
                }
                var clock = clocks[member] ?? NoticeClock(startedAt: time.now)
                do throws(GatewayError) {
                    try await take(gateway, to: desk.noticeAddresses, &clock) { report($0, member) }
                    clocks[member] = clock
                } catch { report(error, member) }
            }
        }
    }

    /// One turn of an organisation.
    private func take(
        _ gateway: OrganisationGateway,
        to addresses: [MailAddress],
        _ clock: inout NoticeClock,
        _ report: (any Explained) -> Void
    ) async throws(GatewayError) {
        let now = time.now
        guard !addresses.isEmpty, clock.isDue(at: now) else { return }
        let news = try await gateway.news(since: clock.toldUntil)
        let name = gateway.view.member(gateway.member)?.membership.profile.displayName ?? ""
        for mail in mails(news, of: (name, gateway.member), to: addresses, at: now) {
            do throws(ClientError) {
                try await post.server.send(mail)
                // One that went is enough: nobody is told twice.
                clock.told(at: now)
            } catch {
                report(error)
                // A server that is away is asked again in the next turn, not by every mail.
                guard error == .aborted(sent: true) else { return }
            }
        }
    }

    /// Each person gets a mail of their own: none sees the others.
    func mails(
        _ news: News,
        of office: (name: String, member: MemberID),
        to addresses: [MailAddress],
        at now: Timestamp
    ) -> [Mail] {
        let lines = news.lines
        guard !lines.isEmpty else { return [] }
        let link = "\(post.origin)/o/\(office.member.text)/inbox"
        let text = ([office.name, ""] + lines + ["", link, ""]).joined(separator: "\n")
        return addresses.map { address in
            Mail(
                from: post.from,
                to: address,
                subject: Self.subject,
                text: text,
                seams: (now, random)
            )
        }
    }
}
