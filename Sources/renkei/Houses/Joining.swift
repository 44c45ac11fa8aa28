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
    private let time = SystemTime()

    init(_ invocation: Invocation) { self.invocation = invocation }

    func run(_ console: Console) async throws -> MemberID {
        let place = Place(.gateway, invocation)
        guard let name = invocation.text(.acting),
            let role = invocation.text(.role).flatMap({ RoleCode($0) }),
            let phone = invocation.text(.phone).flatMap({ TelephoneNumber($0) })
        else {
            throw UsageError.argumentMissing("--as --role --phone", of: invocation.command.path)
        }
        let text = try Files.read(invocation.text(.paper) ?? "-", atMost: 64 * 1024)
        guard let paper = JoiningPaperText(String(decoding: text, as: UTF8.self)) else {
            throw DecodingRefusal(.badForm, at: "joining paper")
        }
        let agent = Agent(.person, name: name, role: role, assurance: .none)
        let folder = try DataFolder(place.data, kind: .gateway)
        let secret = try UnlockSecret.read(invocation.text(.unlockFile), for: "gateway")
        let own = folder.path + "/orgs/" + paper.member.text
        let keys = try FileKeyStore(folder: own + "/keys", unlockSecret: secret)
        let store = try SQLiteGatewayStore(
            of: paper.member,
            in: folder,
            clock: time,
            source: Program.source("gateway")
        )
        defer { store.close() }
        let host = try Self.host(of: paper.url)
        let enrolment = Enrolment(
            paper: (paper.member, paper.code, paper.rootSha256),
            keyStore: keys,
            store: store,
            host: host,
            seams: (time, SystemRandom())
        )
        console.progress(Phrase(ja: "交換所を確かめています…", en: "checking the exchange…"))
        let root = try enrolment.trusted(try await fetchRoot(paper.url))
        let stranger = Client(base: paper.url, identity: nil, roots: [root.pem.bytes])
        console.progress(Phrase(ja: "鍵をつくり参加しています…", en: "making keys and joining…"))
        let chain = try await enrolment.join(ExchangeClient(stranger), by: agent)
        try keep(own, root, GatewayHouse.Joined(url: paper.url, host: host))
        console.progress(Phrase(ja: "宛先帳に載せています…", en: "entering the directory…"))
        try await announce(paper, root, keys, store, chain, phone)
        console.endProgress()
        return paper.member
    }

    /// Fetched without trust: it is worth nothing until its hash equals the paper's.
    private func fetchRoot(_ url: String) async throws -> [UInt8] {
        var options = ClientOptions()
        options.trustsAnyServer = true
        let client = Client(base: url, identity: nil, roots: [], options: options)
        return try await ExchangeClient(client).root()
    }

    private func keep(
        _ folder: String,
        _ root: Certificate,
        _ joined: GatewayHouse.Joined
    ) throws(FileError) {
        try Files.replace(folder + "/root.pem", root.pem.bytes, mode: Files.readable)
        try Files.replace(folder + "/exchange.json", joined.bytes, mode: Files.ownerOnly)
    }

    private func announce(
        _ paper: JoiningPaperText,
        _ root: Certificate,
        _ keys: FileKeyStore,
        _ store: SQLiteGatewayStore,
        _ chain: String,
        _ phone: TelephoneNumber
    ) async throws {
        guard let key = keys.handle(labelled: "transport-1") else {
            throw GatewayError.notEnrolled
        }
        let secret = try await keys.transportKey(key)
        let client = Client(
            base: paper.url,
            identity: ClientIdentity(
                certificatePEM: chain.bytes,
                keyPEM: secret.withBytes { $0 }
            ),
            roots: [root.pem.bytes]
        )
        let catalogue = try Installation.catalogue()
        let gateway = try await OrganisationGateway.open(
            GatewayParts(
                member: paper.member,
                root: root,
                keyStore: keys,
                store: store,
                exchange: ExchangeClient(client),
                catalogue: catalogue,
                seams: (time, SystemRandom())
            )
        )
        try await gateway.announce(
            telephone: phone,
            fax: invocation.text(.fax).flatMap { TelephoneNumber($0) },
            desk: invocation.text(.deskName)
        )
    }

    private static func host(of url: String) throws(DecodingRefusal) -> LogHost {
        let rest = url.dropFirst("https://".count).prefix { $0 != "/" && $0 != ":" }
        guard let host = LogHost(String(rest)) else {
            throw DecodingRefusal(.badForm, at: "URL")
        }
        return host
    }
}
