import Audit
import Configuration
import Cryptography
import Directory
import ExchangeAPI
import Gateway
import HTTP
import Primitives
import Storage

/// `gateway enrol`: from the paper to the first directory entry.
struct Joining {
    private let invocation: Invocation
    private let agent: Agent
    private let phone: TelephoneNumber
    private let paper: JoiningPaperText
    private let host: LogHost

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        try invocation.demand([.agent, .role, .phone])
        guard let name = invocation.text(.agent),
            let role = invocation.text(.role).flatMap({ RoleCode($0) }),
            let phone = invocation.text(.phone).flatMap({ TelephoneNumber($0) })
        else {
            throw UsageError.argumentMissing("--as --role --phone", of: invocation.command.path)
        }
        agent = Agent(.person, name: name, role: role, assurance: .none)
        self.phone = phone
        let text = try Files.read(invocation.text(.paper) ?? "-", atMost: 64 * 1024)
        guard let paper = JoiningPaperText(String(decoding: text, as: UTF8.self)) else {
            throw PaperUnreadable()
        }
        self.paper = paper
        host = try Self.host(of: paper.url)
    }

    func run(_ console: Console) async throws -> MemberID {
        let configured = try invocation.text(.configuration).map { path in
            try SettingsFiles.load(.gateway, from: path)
        }
        let place = Place(.gateway, invocation, configured: configured?[Setting.data])
        let secret = try place.unlockSecret(configured)
        let room = try OrganisationRoom(
            of: paper.member,
            in: try DataFolder(place.data, kind: .gateway),
            unlock: secret,
            token: try Token.configured(configured),
            // An older copy has no keys of its own: it joins anew before it is recovered.
            isRecovering: true
        )
        defer { room.store.close() }
        console.progress(Phrase(ja: "交換所を確かめています…", en: "checking the exchange…"))
        let root = try await join(room, console)
        let joined = GatewayHouse.Joined(url: paper.url, host: host)
        try keep(joined, root, in: room.path)
        console.progress(Phrase(ja: "宛先帳に載せています…", en: "entering the directory…"))
        let catalogue = try Installation.catalogue()
        let gateway = try await room.open(joined, root, catalogue, GatewaySettings())
        try await patiently {
            try await gateway.announce(
                telephone: phone,
                fax: invocation.text(.fax).flatMap { TelephoneNumber($0) },
                desk: invocation.text(.deskName)
            )
        }
        console.endProgress()
        return paper.member
    }

    private func join(
        _ room: OrganisationRoom,
        _ console: Console
    ) async throws -> Certificate {
        let enrolment = Enrolment(
            paper: (paper.member, paper.code, paper.rootSha256),
            keyStore: room.keys,
            store: room.store,
            host: host,
            seams: (SystemTime(), SystemRandom())
        )
        let root = try enrolment.trusted(try await fetchRoot())
        console.progress(Phrase(ja: "鍵をつくり参加しています…", en: "making keys and joining…"))
        let stranger = Client(base: paper.url, identity: nil, roots: [root.pem.bytes])
        try await patiently { [agent] in
            _ = try await enrolment.join(ExchangeClient(stranger), by: agent)
        }
        return root
    }

    /// An exchange that is busy is asked again: nobody should have to type a joining code twice.
    private func patiently(_ act: () async throws -> Void) async throws {
        for pause in [1, 2, 4, 8] {
            do { return try await act() } catch let error as GatewayError {
                guard error.code == "exchangeBusy" else { throw error }
                try await SystemTime().sleep(for: .seconds(pause))
            }
        }
        try await act()
    }

    /// Fetched without trust: it is worth nothing until its hash equals the paper's.
    private func fetchRoot() async throws -> [UInt8] {
        var options = ClientOptions()
        options.trustsAnyServer = true
        let client = Client(base: paper.url, identity: nil, roots: [], options: options)
        return try await ExchangeClient(client).root()
    }

    private func keep(
        _ joined: GatewayHouse.Joined,
        _ root: Certificate,
        in folder: String
    ) throws(FileError) {
        try Files.replace(folder + "/root.pem", root.pem.bytes, mode: Files.readable)
        try Files.replace(folder + "/exchange.json", joined.bytes, mode: Files.ownerOnly)
    }

    private static func host(of url: String) throws(DecodingRefusal) -> LogHost {
        let rest = url.dropFirst("https://".count).prefix { $0 != "/" && $0 != ":" }
        guard let host = LogHost(String(rest)) else {
            throw DecodingRefusal(.badForm, at: "URL")
        }
        return host
    }
}

/// The file holds no joining paper, or more than one.
struct PaperUnreadable: Spoken {
    var code: String { "paperUnreadable" }
    var isTemporary: Bool { false }
    var said: (summary: Phrase, advice: Phrase) {
        (
            Phrase(ja: "参加票として読めません。", en: "This is no joining paper."),
            Phrase(
                ja: "運営者から受け取ったファイルをそのまま渡してください。",
                en: "Give the file of the operator as it is."
            )
        )
    }
}
