import Cryptography
import Delivery
import Directory
import Gateway
import Primitives

/// Answers what an office asks of its keys, and of those that others have new.
struct KeysDesk {
    let gateway: OrganisationGateway

    func answer(_ name: String, _ reader: inout ObjectReader) async throws -> ControlAnswer {
        switch name {
        case "cert.status": return try await report()
        case "cert.renew": return try await renew(&reader)
        case "cert.affected":
            return ControlAnswer([
                "items": .array(try await gateway.affected().map { $0.json(gateway) })
            ])
        case "cert.review": return try await review(&reader)
        default: return try await fingerprint(&reader)
        }
    }

    private func renew(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        if try reader.optionalBool("storage") ?? false {
            try await gateway.renewStorageKey(by: try reader.agent())
            return try await report()
        }
        let named = try reader.optionalValue("usage", MemberKeyUsage.init(rawValue:))
        let agent = try reader.agent()
        try await gateway.renew(named.map { [$0] } ?? MemberKeyUsage.allCases, by: agent)
        return try await report()
    }

    /// How the keys stand, and how much of others' revoked keys is still to be reviewed.
    private func report() async throws -> ControlAnswer {
        let open = try await gateway.affected().count { $0.decision == nil }
        return ControlAnswer(try await gateway.keyReport().json(affected: open))
    }

    private func review(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let message = try reader.value("message", MessageID.init(_:))
        let decision = try reader.value(
            "decision",
            OrganisationGateway.Affected.Decision.init(rawValue:)
        )
        let key = try await gateway.inboxKey(message)
        try await gateway.review(key, decision, by: try reader.agent())
        return ControlAnswer([
            "messageId": .string(message.text), "decision": .string(decision.rawValue),
        ])
    }

    private func fingerprint(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let word = try reader.text("member")
        guard let summary = gateway.view.members.first(where: { $0.membership.isCalled(word) })
        else { throw GatewayError.notFound }
        let peer = summary.memberID
        let isSame = try reader.optionalBool("same") ?? false
        if isSame {
            try await gateway.confirmFingerprint(with: peer, by: try reader.agent())
        }
        let digits = try await gateway.showFingerprint(with: peer)
        return ControlAnswer([
            "memberId": .string(peer.text),
            "name": .string(summary.membership.profile.displayName),
            "telephone": gateway.view.telephone(of: peer).map { .string($0.text) },
            "digits": .array(digits.groups.map { .string($0) }),
            "keyChanged": .bool(!gateway.view.unchecked(of: peer).isEmpty),
        ])
    }
}

extension KeyReport {
    func json(affected: Int) -> JSON {
        [
            "affected": .integer(Int64(affected)),
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

extension OrganisationGateway.Affected {
    fileprivate func json(_ gateway: OrganisationGateway) -> JSON {
        guard case .object(var object) = row.json(gateway, nil) else { return .null }
        object["since"] = .string(revocation.since.description)
        object["acceptedAt"] = .string(acceptedAt.description)
        object["openedBy"] = opened?.name.map { .string($0) }
        object["openedRole"] = opened.map { .string($0.role) }
        object["openedAt"] = opened.map { .string($0.at.description) }
        object["decision"] = decision.map { .string($0.rawValue) }
        return .object(object)
    }
}
