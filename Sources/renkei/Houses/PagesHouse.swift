import Audit
import Configuration
import Cryptography
import Directory
import Gateway
import HTTP
import Pages
import Paper
import Primitives
import Staff
import Storage

/// Where the pages are served and under which name, from the command line or the configuration.
struct PagesPlace: Sendable {
    let address: ListenAddress
    /// The name under which browsers come to this machine.
    let host: String
    /// As a browser writes the address of the pages; nil where it cannot be known.
    let origin: String?
    let files: (certificate: String, key: String)?

    /// Nil unless the pages are asked for.
    ///
    /// - Throws: `PagesFault`.
    init?(_ invocation: Invocation, _ configured: Settings?) throws(PagesFault) {
        let asked = invocation.text(.pages).flatMap { ListenAddress($0) }
        guard let address = asked ?? configured?[Setting.Pages.address] else { return nil }
        let host = invocation.text(.pagesName) ?? configured?[Setting.Pages.name] ?? "localhost"
        guard let host = LogHost(host)?.text else { throw .nameUnfit }
        self.address = address
        self.host = host
        let certificate = configured?[Setting.Pages.certificate] ?? ""
        let key = configured?[Setting.Pages.key] ?? ""
        guard certificate.isEmpty == key.isEmpty else { throw .certificateHalf }
        files = certificate.isEmpty ? nil : (certificate, key)
        let origin = configured?[Setting.Pages.origin] ?? ""
        if origin.isEmpty {
            let port = address.port == 443 ? "" : ":\(address.port)"
            self.origin = address.port == 0 ? nil : "https://\(host)\(port)"
        } else {
            guard PasskeySite(origin: origin) != nil else { throw .originUnfit }
            self.origin = origin
        }
    }

    /// For passkeys, which browsers know at names alone.
    var site: PasskeySite? { origin.flatMap { PasskeySite(origin: $0) } }

    /// Names that the listener answers to.
    var hostNames: [String] {
        guard let known = site?.host, !known.hasSameBytes(as: host) else { return [host] }
        return [host, known]
    }
}

/// What is wrong with where the pages should be.
enum PagesFault: Explained, CaseIterable {
    case nameUnfit, originUnfit, certificateHalf

    var code: String {
        switch self {
        case .nameUnfit: "pagesNameUnfit"
        case .originUnfit: "pagesOriginUnfit"
        case .certificateHalf: "pagesCertificateHalf"
        }
    }

    var summary: String {
        switch self {
        case .nameUnfit: "The name of the pages is no host name."
        case .originUnfit: "pages.origin is no address of pages."
        case .certificateHalf: "Of pages.certificate and pages.key only one is given."
        }
    }

    var advice: String {
        switch self {
        case .nameUnfit: "Give a name in small letters, for example renkei.example.jp."
        case .originUnfit: "Write it as browsers do: https://renkei.example.jp"
        case .certificateHalf: "Give both files, or neither."
        }
    }

    var isTemporary: Bool { false }
}

/// The staff pages of a gateway behind their listener.
struct PagesHouse {
    let listener: (ListenerConfiguration, any Handler)
    let certificate: PagesCertificate
    let shown: PagesCertificate.Shown

    /// Nil unless the pages are asked for.
    static func open(
        _ house: GatewayHouse,
        at place: PagesPlace?,
        unlock: SecretBytes,
        _ log: LogLine
    ) async throws -> PagesHouse? {
        guard let place else { return nil }
        house.staff.set { $0.site = place.site }
        var offices: [MemberID: Office] = [:]
        for (member, gateway) in house.organisations {
            offices[member] = Office(gateway, staff: try await house.staff.desk(of: gateway))
        }
        let certificate =
            try place.files.map { PagesCertificate(certificate: $0.certificate, key: $0.key) }
            ?? PagesCertificate(
                try OwnPagesCertificate(house.folder.path, place.host, unlock, log)
            )
        guard let shown = try await certificate.next(after: nil, at: SystemTime().now) else {
            preconditionFailure("there is always a first one")
        }
        let configuration = ListenerConfiguration(
            address: place.address.address,
            tls: shown.tls,
            hostNames: place.hostNames,
            accessLog: { record in log.write("request", record.members) }
        )
        return PagesHouse(
            listener: (configuration, PageHandler(try parts(offices))),
            certificate: certificate,
            shown: shown
        )
    }

    /// Shows the next certificate when there is one, until the task is cancelled.
    func keepCertificate(_ server: Server, _ log: LogLine) async {
        await certificate.keep(shown, SystemTime()) { error in
            log.write(error)
        } use: { tls throws(ServerError) in
            try server.reload(listener: 0, tls: tls)
        }
    }

    private static func parts(_ offices: [MemberID: Office]) throws -> PagesParts {
        var parts = PagesParts(
            offices: offices,
            seams: (time: SystemTime(), random: SystemRandom()),
            say: { error in
                let said = Saying(error, English.spoken == nil ? .japanese : .english)
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
        parts.english = try Installation.english()
        let worker = PaperWorker()
        parts.press = { (job: PaperJob) async throws(PaperRefusal) -> [UInt8] in
            try await worker.pdf(job)
        }
        parts.undrawn = { (characters: [String]) async throws(PaperRefusal) -> [String] in
            try await worker.undrawn(characters)
        }
        return parts
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
