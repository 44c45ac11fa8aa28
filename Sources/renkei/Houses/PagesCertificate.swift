import Cryptography
import HTTP
import Primitives
import Storage

/// What the listener of the pages shows to browsers: a certificate of a public authority from two
/// files, or one that is made here below an own authority.
struct PagesCertificate: Sendable {
    /// What is shown now.
    struct Shown: Sendable {
        let tls: TLSServerConfiguration
        /// Of the files; nil for one that was made here.
        let files: Digest?
        /// When a new one is made; nil for files.
        let renewal: Timestamp?
    }

    private enum Source: Sendable {
        case own(OwnPagesCertificate)
        case files(certificate: String, key: String)
    }

    private let source: Source
    /// How often somebody looks whether there is a new one.
    static let look = Duration.minutes(10)

    init(_ own: OwnPagesCertificate) { source = .own(own) }

    init(certificate: String, key: String) {
        source = .files(certificate: certificate, key: key)
    }

    /// - Returns: nil while what is shown is still the one to show.
    func next(after shown: Shown?, at now: Timestamp) async throws -> Shown? {
        switch source {
        case .own(let own):
            if let renewal = shown?.renewal, now < renewal { return nil }
            return try await own.make(at: now)
        case .files(let certificate, let key):
            let chain = try Files.read(certificate, atMost: Limits.statementBytes)
            let secret = try Files.read(key, atMost: Limits.statementBytes)
            let files = SHA256.hash(SHA256.hash(chain).bytes + SHA256.hash(secret).bytes)
            guard files != shown?.files else { return nil }
            let tls = TLSServerConfiguration(
                chainPEM: chain,
                keyPEM: SecretBytes(copying: secret),
                clientCertificate: .none
            )
            return Shown(tls: tls, files: files, renewal: nil)
        }
    }

    /// While the pages are served: takes the next certificate into use as soon as there is one.
    /// What cannot be read or used leaves the one before in use, and is told.
    func keep(
        _ first: Shown,
        _ time: some TimeSource,
        report: @Sendable (any Explained) -> Void,
        use: @Sendable (TLSServerConfiguration) throws(ServerError) -> Void
    ) async {
        var shown = first
        while true {
            do throws(CancellationError) { try await time.sleep(for: Self.look) } catch { return }
            do {
                guard let next = try await next(after: shown, at: time.now) else { continue }
                try use(next.tls)
                shown = next
            } catch {
                if let error = error as? any Explained { report(error) }
            }
        }
    }
}

/// The certificate of the pages below an own authority, which the PCs of the office are told to
/// trust once (`pages/root.pem`). That authority can name this host and nothing else.
struct OwnPagesCertificate: Sendable {
    private let path: String
    private let host: String
    private let keys: FileKeyStore
    private let log: LogLine

    init(_ folder: String, _ host: String, _ unlock: SecretBytes, _ log: LogLine) throws {
        path = folder + "/pages"
        self.host = host
        self.log = log
        try Files.makeFolder(path)
        keys = try FileKeyStore(folder: path + "/keys", unlockSecret: unlock)
    }

    func make(at now: Timestamp) async throws -> PagesCertificate.Shown {
        let authority = try await authority(at: now)
        let key: KeyHandle
        if let known = keys.handle(labelled: "pages") {
            key = known
        } else {
            key = try await keys.generate(.transport, label: "pages")
        }
        let profile = CertificateProfile.exchangeServer(host: host)
        let certificate = try await authority.issue(
            profile,
            subject: .service(host),
            point: try keys.point(key),
            serial: SystemRandom().bytes(16),
            validity: Validity(of: profile, from: now)
        )
        let tls = TLSServerConfiguration(
            chainPEM: (certificate.pem + authority.certificate.pem).bytes,
            keyPEM: try await keys.transportKey(key),
            clientCertificate: .none
        )
        let renewal = profile.renewedAfter.map { now.adding($0) }
        return PagesCertificate.Shown(tls: tls, files: nil, renewal: renewal)
    }

    /// The one there is, unless it is of another host or near its end.
    private func authority(at now: Timestamp) async throws -> CertificateAuthority {
        let file = path + "/root.pem"
        let profile = CertificateProfile.pagesRoot(host: host)
        if let key = keys.handle(labelled: "root"), Files.exists(file) {
            let pem = try Files.read(file, atMost: Limits.statementBytes)
            let known = try Certificate(pem: pem)
            let lasts = now.adding(CertificateProfile.exchangeServer(host: host).life)
            if known.profile == profile, lasts < known.notAfter {
                return CertificateAuthority(certificate: known, key: key, store: keys)
            }
        }
        if let old = keys.handle(labelled: "root") { try await keys.destroy(old) }
        let authority = try await CertificateAuthority.pagesRoot(
            of: host,
            key: try await keys.generate(.signing, label: "root"),
            store: keys,
            serial: SystemRandom().bytes(16),
            from: now
        )
        try Files.replace(file, authority.certificate.pem.bytes, mode: Files.readable)
        // The PCs must be told to trust it.
        log.write("pages.rootMade")
        return authority
    }
}
