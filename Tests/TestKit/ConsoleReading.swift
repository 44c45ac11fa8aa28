package import Audit
package import Delivery
package import Envelope
package import Gateway
package import Primitives

// What a named person does at the machine's console, who reads everything.
extension OrganisationGateway {
    package func open(
        _ key: MessageKey,
        by agent: Agent
    ) async throws(GatewayError) -> OpenedSheet {
        try await open(try await permit(key, for: .console(agent)).reading)
    }

    @discardableResult
    package func confirm(
        _ key: MessageKey,
        by agent: Agent
    ) async throws(GatewayError) -> AuditedEntry? {
        try await confirm(try await permit(key, for: .console(agent)))
    }

    package func printed(
        _ key: MessageKey,
        by agent: Agent,
        purpose: AuditPurpose = .care
    ) async throws(GatewayError) -> PrintedSheet {
        try await printed(try await permit(key, for: .console(agent)), purpose: purpose)
    }

    package func saved(
        _ number: Int,
        of key: MessageKey,
        by agent: Agent
    ) async throws(GatewayError) -> ReceivedAttachment {
        try await saved(number, try await permit(key, for: .console(agent)).reading)
    }

    package func exported(
        _ key: MessageKey,
        to recipient: MemberID?,
        by agent: Agent
    ) async throws(GatewayError) -> EvidenceFile {
        try await exported(try await permit(key, for: .console(agent)), to: recipient)
    }

    package func certificate(
        of key: MessageKey,
        to recipient: MemberID?,
        by agent: Agent
    ) async throws(GatewayError) -> DeliveryCertificate {
        try await certificate(try await permit(key, for: .console(agent)), to: recipient)
    }

    package func returnSheet(
        _ key: MessageKey,
        because reason: ReturnReason,
        handling: String?,
        by agent: Agent
    ) async throws(GatewayError) -> QueuedMessage {
        let permit = try await permit(key, for: .console(agent))
        return try await returnSheet(permit, because: reason, handling: handling)
    }
}
