package import Audit
package import Primitives

/// An account as administrators see it: what is set up, never what it is. Personal; never printed.
package struct AccountLine: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package let id: AccountID
    package let signInName: SignInName
    package let displayName: String
    package let profession: RoleCode
    package let roles: [StaffRole]
    package let desks: [DeskID]
    package let state: Account.State
    package let hasPassword: Bool
    package let hasSecondFactor: Bool
    package let passkeys: Int
    package let spareCodes: Int
    /// Of a code that was handed over and not used.
    package let givenCode: (use: GivenCodeUse, until: Timestamp)?
    package let createdAt: Timestamp
    package let lastSignInAt: Timestamp?
    package let reviewedAt: Timestamp?
    package let isReviewDue: Bool
    package let sessions: Int

    init(_ account: Account, sessions: Int, at now: Timestamp) {
        id = account.id
        signInName = account.signInName
        displayName = account.displayName
        profession = account.profession
        roles = account.roles.sorted()
        desks = account.desks
        state = account.state
        hasPassword = account.passwordHash != nil
        hasSecondFactor = account.hasSecondFactor
        passkeys = account.passkeys.count
        spareCodes = account.spareCodes.count
        givenCode = account.givenCode.map { ($0.use, $0.until) }
        createdAt = account.createdAt
        lastSignInAt = account.lastSignInAt
        reviewedAt = account.reviewedAt
        isReviewDue = account.isReviewDue(at: now)
        self.sessions = sessions
    }

    package var description: String { "AccountLine" }
    package var debugDescription: String { description }
}

/// A code to hand over, once, to the person it was made for. Secret; never printed.
package struct HandedCode: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package let account: AccountID
    /// Four groups of four.
    package let text: String
    package let use: GivenCodeUse
    package let until: Timestamp

    package var description: String { "HandedCode" }
    package var debugDescription: String { description }
}
