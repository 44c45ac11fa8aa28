import Cryptography
import Directory
import Gateway
import Primitives

/// Answers what an office asks of its keys, and of those that others have new.
struct KeysDesk {
    let gateway: OrganisationGateway

    func answer(_ name: String, _ reader: inout ObjectReader) async throws -> ControlAnswer {
        switch name {
        case "cert.status": return ControlAnswer(try await gateway.keyReport().json)
        case "cert.renew": return try await renew(&reader)
        default: return try await fingerprint(&reader)
        }
    }

    private func renew(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let named = try reader.optionalValue("usage", MemberKeyUsage.init(rawValue:))
        let agent = try reader.agent()
        try await gateway.renew(named.map { [$0] } ?? MemberKeyUsage.allCases, by: agent)
        return ControlAnswer(try await gateway.keyReport().json)
    }

    private func fingerprint(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let word = try reader.text("member")
        guard let summary = gateway.view.members.first(where: { $0.membership.isCalled(word) })
        else { throw GatewayError.notFound }
        let peer = summary.memberID
        let digits = try gateway.fingerprint(with: peer)
        let isSame = try reader.optionalBool("same") ?? false
        if isSame {
            try await gateway.confirmFingerprint(with: peer, by: try reader.agent())
        }
        return ControlAnswer([
            "memberId": .string(peer.text),
            "name": .string(summary.membership.profile.displayName),
            "telephone": (summary.telephone ?? summary.entry?.telephone).map { .string($0.text) },
            "digits": .array(digits.groups.map { .string($0) }),
            "keyChanged": .bool(!gateway.view.unchecked(of: peer).isEmpty),
        ])
    }
}

extension KeyReport {
    fileprivate var json: JSON {
        [
            "state": .string(state.rawValue),
            "keys": .array(
                lines.map { line in
                    [
                        "usage": .string(line.usage.rawValue),
                        "keyId": .string(line.certificate.keyID.text),
                        "condition": .string(line.condition.rawValue),
                        "notAfter": .string(line.certificate.notAfter.description),
                        "daysLeft": .integer(Int64(line.daysLeft)),
                        "renewsAt": .string(line.renewsAt.description),
                        "nextFrom": line.nextFrom.map { .string($0.description) },
                    ]
                }
            ),
        ]
    }
}
