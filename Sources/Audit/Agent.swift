package import Primitives

/// Who acts: a person in a role, or a machine. The name never stands in a leaf and is never
/// printed.
package struct Agent: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package let kind: AgentKind
    /// Personal data; nil for machines.
    package let name: String?
    package let role: RoleCode
    package let desk: DeskID?
    package let assurance: Assurance

    package init(
        _ kind: AgentKind,
        name: String?,
        role: RoleCode,
        desk: DeskID? = nil,
        assurance: Assurance
    ) {
        self.kind = kind
        self.name = name
        self.role = role
        self.desk = desk
        self.assurance = assurance
    }

    /// The program itself.
    package static let system = Agent(
        .system,
        name: nil,
        role: role("system"),
        assurance: .none
    )

    /// Another organisation, known by its certificate. Which one is the entry's `peer`.
    package static let member = Agent(
        .peer,
        name: nil,
        role: role("member"),
        assurance: .certificate
    )

    /// The exchange, as a gateway sees it.
    package static let exchange = Agent(
        .peer,
        name: nil,
        role: role("exchange"),
        assurance: .certificate
    )

    /// Whoever connects without a certificate that is known.
    package static let stranger = Agent(
        .peer,
        name: nil,
        role: role("unknown"),
        assurance: .none
    )

    package var description: String { "Agent(\(kind), \(role))" }
    package var debugDescription: String { description }

    private static func role(_ text: String) -> RoleCode {
        guard let role = RoleCode(text) else { preconditionFailure("a fixed role is a code") }
        return role
    }
}

/// The agent as a leaf shows it.
package struct LeafActor: Hashable, Sendable {
    package let kind: AgentKind
    package let commitment: Commitment?
    package let role: RoleCode
    package let assurance: Assurance
}
