import Audit
import Cryptography
import Delivery
import Directory
import Primitives
import Storage

extension OrganisationGateway {
    /// How the own keys stand now.
    package func keyReport() async throws(GatewayError) -> KeyReport {
        let now = time.now
        let view = view
        var lines: [KeyReport.Line] = []
        for usage in [MemberKeyUsage.signing, .encryption] {
            if let line = line(of: usage, in: view, at: now) { lines.append(line) }
        }
        if let shown = try await transportCertificate() {
            let isHere = keyStore.handle(of: shown) != nil
            let condition: KeyReport.Condition =
                view.isRevoked(shown, at: now) ? .revoked : isHere ? .healthy : .lost
            lines.append(
                KeyReport.Line(.transport, shown, condition, nextFrom: nil, at: now)
            )
        }
        // An alarm ends with the certificate that it is about.
        let standing = (view.member(member)?.certificates ?? []).map(\.certificate).filter {
            $0.notAfter > now && !view.isRevoked($0, at: now)
        }
        let isAlarmed = try await read { stored throws(StoreError) -> Bool in
            let alarms = try standing.map { certificate throws(StoreError) in
                try stored.setting(.foreign(certificate.keyID))
            }
            return alarms.contains { $0 != nil }
        }
        return KeyReport(
            lines,
            hasForeignKey: isAlarmed,
            isDirectoryFresh: view.freshness(at: now) != .unknown
        )
    }

    private func line(
        of usage: MemberKeyUsage,
        in view: DirectoryView,
        at now: Timestamp
    ) -> KeyReport.Line? {
        let entries = (view.member(member)?.certificates ?? []).filter {
            $0.certificate.role == usage.role && !$0.isHeld
        }
        guard let newest = entries.last else { return nil }
        let inUse = entries.last { ($0.usableFrom ?? now) <= now } ?? newest
        let condition: KeyReport.Condition =
            if view.isRevoked(inUse.certificate, at: now) {
                .revoked
            } else if keyStore.handle(of: inUse.certificate) == nil { .lost } else { .healthy }
        return KeyReport.Line(
            usage,
            inUse.certificate,
            condition,
            nextFrom: newest.certificate == inUse.certificate ? nil : newest.usableFrom,
            at: now
        )
    }

    /// Each mark of days is on record once, so that people are told once.
    func warnOfExpiry() async throws(GatewayError) {
        for line in try await keyReport().lines {
            guard let days = line.warning else { continue }
            let keyID = line.certificate.keyID
            let object = AuditObject.certificate(keyID, sha256: line.certificate.sha256)
            try await record(
                [facts(.keyExpiryWarned, by: .system, on: object)],
                onceAs: SettingName(rawValue: "warned.\(keyID).\(days)")
            )
        }
    }
}

extension SettingName {
    /// That a certificate in the own name was found whose key is not ours.
    static func foreign(_ keyID: KeyID) -> SettingName {
        SettingName(rawValue: "foreign.\(keyID)")
    }
}
