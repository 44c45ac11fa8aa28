import Cryptography
import Delivery
import Directory
import ExchangeAPI
import Primitives
import Storage

// New keys of those who have joined.
extension ExchangeNode {
    /// Certifies new keys; the same request again gets the same certificate.
    ///
    /// A transport key grants no reading and no signing, so it is good at once and is no leaf of
    /// `keys`. A signing or encryption key is a leaf and is held until a `rotation` says that it
    /// follows the known one.
    func renew(
        _ requests: [WireCertificateRequest],
        of member: MemberID
    ) async throws(Refusal) -> [[UInt8]] {
        guard (1...MemberKeyUsage.allCases.count).contains(requests.count) else {
            throw Refusal(.malformed)
        }
        let points = try Self.points(of: requests)
        return try await commitKeys { writer async throws(Refusal) in
            let known = try await read { stored throws(StoreError) in
                try stored.certificates(of: member)
            }
            var certificates: [[UInt8]] = []
            for (wish, point) in zip(requests, points) {
                if let row = known.first(where: { $0.keyID == point.keyID }) {
                    guard row.revokedAt == nil else { throw Refusal(.revoked) }
                    certificates.append(row.der)
                    continue
                }
                try admitDirectoryChange(of: member)
                let issued = try await issue(wish.usage, point, to: member)
                if wish.usage == .transport {
                    writer.addTransport(issued, of: member)
                } else {
                    try writer.believe(.certificate(member, issued))
                }
                certificates.append(issued.der)
            }
            return certificates
        }
    }

    /// A member's word that its new key follows the old one. The first word about a key stands.
    func rotate(_ statement: SignedStatement) async throws(Refusal) -> ItemResult {
        let body = try wrap({ Refusal(of: $0) }) { () throws(StatementRefusal) in
            try statement.body(as: Rotation.self)
        }
        return try await commitKeys { writer async throws(Refusal) in
            let isKnown = try await read { stored throws(StoreError) in
                try !stored.positions(ofStatement: statement.sha256).isEmpty
            }
            guard !isKnown else { return .done(isNew: false) }
            let certificate = writer.view.certificate(sha256: body.newCertificateSha256)
            guard let certificate else { throw Refusal(.notFound) }
            guard writer.view.isHeld(certificate) else { throw Refusal(.statementConflict) }
            try writer.believe(.statement(statement))
            return .done(isNew: true)
        }
    }
}
