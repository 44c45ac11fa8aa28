package import Audit

/// Who acts on accounts.
package enum StaffActor: Sendable {
    /// Somebody signed in; their roles decide.
    case person(StaffSession)
    /// A named person at the command line of the machine, who can read its folder anyway.
    case console(Agent)

    var agent: Agent {
        switch self {
        case .person(let session): session.agent
        case .console(let agent): agent
        }
    }

    var session: StaffSession? {
        switch self {
        case .person(let session): session
        case .console: nil
        }
    }
}
