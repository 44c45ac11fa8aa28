import Cryptography
import Directory
import Gateway
import Primitives

/// Answers what an office asks of its keys.
struct KeysDesk {
    let gateway: OrganisationGateway

    func answer(_ name: String, _ reader: inout ObjectReader) async throws -> ControlAnswer {
        switch name {
        case "cert.status": return ControlAnswer(try await gateway.keyReport().json)
        default: return try await renew(&reader)
        }
    }

    private func renew(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let named = try reader.optionalValue("usage", MemberKeyUsage.init(rawValue:))
        let agent = try reader.agent()
        try await gateway.renew(named.map { [$0] } ?? MemberKeyUsage.allCases, by: agent)
        return ControlAnswer(try await gateway.keyReport().json)
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
