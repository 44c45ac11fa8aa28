import Audit
import Configuration
import Cryptography
import Directory
import Gateway
import HTTP
import Pages
import Paper
import Primitives
import Storage

/// The staff pages of a gateway behind their listener.
struct PagesHouse {
    private let house: GatewayHouse
    private let invocation: Invocation
    private let unlock: SecretBytes

    init(_ house: GatewayHouse, _ invocation: Invocation, unlock: SecretBytes) {
        self.house = house
        self.invocation = invocation
        self.unlock = unlock
    }

    /// Empty unless the pages are asked for.
    func listeners(_ log: LogLine) async throws -> [(ListenerConfiguration, any Handler)] {
        guard let address = invocation.text(.pages).flatMap({ ListenAddress($0)?.address }) else {
            return []
        }
        let host = invocation.text(.pagesName) ?? "localhost"
        var offices: [MemberID: Office] = [:]
        for (member, gateway) in house.organisations {
            offices[member] = Office(gateway, staff: try await house.staff.desk(of: gateway))
        }
        var parts = PagesParts(
            offices: offices,
            seams: (time: SystemTime(), random: SystemRandom()),
            say: { error in
                let said = Saying(error, .japanese)
                return (summary: said.summary, advice: said.advice)
            },
            sayCode: { code in
                JapaneseErrors.entry(code).map { $0.summary + $0.advice } ?? code
            }
        )
        parts.sayKeys = { report in
            let words = Words(language: .japanese)
            let json = report.json(affected: 0)
            let keys = json["keys"]?.array ?? []
            return [words.keyState(json["state"]?.string)] + keys.map { words.key($0) }
        }
        let worker = PaperWorker()
        parts.press = { (job: PaperJob) async throws(PaperRefusal) -> [UInt8] in
            try await worker.pdf(job)
        }
        let configuration = ListenerConfiguration(
            address: address,
            tls: try await PagesCertificate(house.folder, host, unlock).tls(),
            hostNames: [host],
            accessLog: { record in log.write("request", record.members) }
        )
        return [(configuration, PageHandler(parts))]
    }
}

/// The certificate of the pages' listener: made here, below an own authority that the office's PCs
/// are told to trust once (`pages/root.pem`).
private struct PagesCertificate {
    private let path: String
    private let host: String
    private let keys: FileKeyStore

    init(_ folder: DataFolder, _ host: String, _ unlock: SecretBytes) throws {
        path = folder.path + "/pages"
        self.host = host
        try Files.makeFolder(path)
        keys = try FileKeyStore(folder: path + "/keys", unlockSecret: unlock)
    }

    func tls() async throws -> TLSServerConfiguration {
        let authority = try await authority()
        let key: KeyHandle
        if let known = keys.handle(labelled: "pages") {
            key = known
        } else {
            key = try await keys.generate(.transport, label: "pages")
        }
        // Each start makes a new one: nobody looks after its end.
        let profile = CertificateProfile.exchangeServer(host: host)
        let certificate = try await authority.issue(
            profile,
            subject: .service(host),
            point: try keys.point(key),
            serial: SystemRandom().bytes(16),
            validity: Validity(of: profile, from: SystemTime().now)
        )
        return TLSServerConfiguration(
            chainPEM: (certificate.pem + authority.certificate.pem).bytes,
            keyPEM: try await keys.transportKey(key),
            clientCertificate: .none
        )
    }

    private func authority() async throws -> CertificateAuthority {
        let file = path + "/root.pem"
        if let key = keys.handle(labelled: "root"), Files.exists(file) {
            let pem = try Files.read(file, atMost: Limits.statementBytes)
            return CertificateAuthority(
                certificate: try Certificate(pem: pem),
                key: key,
                store: keys
            )
        }
        if let half = keys.handle(labelled: "root") { try await keys.destroy(half) }
        let authority = try await CertificateAuthority.selfSigned(
            key: try await keys.generate(.signing, label: "root"),
            store: keys,
            subject: .service("Renkei pages"),
            serial: SystemRandom().bytes(16),
            validity: Validity(of: .root, from: SystemTime().now)
        )
        try Files.replace(file, authority.certificate.pem.bytes, mode: Files.readable)
        return authority
    }
}

extension Option {
    static let pages = Option(
        "pages",
        "ADDRESS",
        Phrase(
            ja: "職員の画面を出すアドレス（例 127.0.0.1:8444）",
            en: "where the staff pages are served, for example 127.0.0.1:8444"
        ),
        form: .checked { ListenAddress($0) != nil }
    )
    static let pagesName = Option(
        "pages-name",
        "HOST",
        Phrase(ja: "職員の画面のホスト名（既定 localhost）", en: "host name of the staff pages; localhost"),
        form: .checked { LogHost($0) != nil }
    )
}
