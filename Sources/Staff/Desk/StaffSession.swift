package import Audit
import Cryptography
package import Primitives

/// A person who is signed in, as a request finds them. Made by `StaffDesk.session` alone.
package struct StaffSession: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package let id: SessionID
    package let account: AccountID
    package let signInName: SignInName
    /// As acts and leaves name them.
    package let agent: Agent
    package let displayName: String
    package let roles: Set<StaffRole>
    package let rights: Set<StaffRight>
    package let desks: [DeskID]
    package let preferences: Account.Preferences
    /// Only the lock screen is shown while it is.
    package let isLocked: Bool
    package let formToken: FormToken
    package let signedInAt: Timestamp

    init(_ session: Sessions.Session, _ account: Account) {
        id = session.id
        self.account = account.id
        signInName = account.signInName
        agent = account.agent(session.assurance)
        displayName = account.displayName
        roles = account.roles
        rights = account.rights
        desks = account.desks
        preferences = account.preferences
        isLocked = session.isLocked
        formToken = session.form
        signedInAt = session.signedInAt
    }

    /// Whether a page shows what leads to an act.
    package func may(_ right: StaffRight) -> Bool { !isLocked && rights.contains(right) }

    /// Under which bytes that were offered to the person are kept.
    var holder: Digest { SHA256.hash(id.text.bytes) }

    package var description: String { "StaffSession" }
    package var debugDescription: String { description }
}

/// A session as its owner and administrators see it.
package struct SessionLine: Sendable {
    package let id: SessionID
    package let signedInAt: Timestamp
    package let seenAt: Timestamp
    package let address: String
    package let isLocked: Bool

    init(_ session: Sessions.Session) {
        id = session.id
        signedInAt = session.signedInAt
        seenAt = session.seenAt
        address = session.address
        isLocked = session.isLocked
    }
}
