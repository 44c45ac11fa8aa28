package import Primitives

/// What comes next in a sign-in; the token goes into the cookie until then.
package enum SignInStep: Sendable {
    case needsCode(PendingToken)
    case needsNewPassword(PendingToken)
    case needsEnrolment(PendingToken, FactorOffer)
    case done(SignedIn)
}

package struct SignedIn: Sendable {
    package let token: SessionToken
    package let account: AccountID
    /// To print, once: after the second factor was set up. Empty otherwise.
    package let spareCodes: [String]
}
