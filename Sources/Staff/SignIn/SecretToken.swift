import Cryptography
import Primitives

/// 32 random bytes that stand for something in memory here, as the text of a cookie or a form. The
/// holder keeps only its SHA-256. Never printed.
package struct SecretToken<Use>: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    package let text: String

    /// - Returns: nil for what never was a token.
    package init?(_ text: String) {
        guard text.utf8.count == 43, Base64.decode(text)?.count == SecretTokens.bytes else {
            return nil
        }
        self.text = text
    }

    init(_ random: any RandomSource) { text = Base64.encode(random.bytes(SecretTokens.bytes)) }

    var digest: Digest { SHA256.hash(text.bytes) }

    package var description: String { "SecretToken" }
    package var debugDescription: String { description }
}

private enum SecretTokens {
    static let bytes = 32
}

/// What a token is for; one for another use does not compile.
package enum SessionUse {}
package enum PendingUse {}
package enum FormUse {}

package typealias SessionToken = SecretToken<SessionUse>
/// Between two steps of a sign-in.
package typealias PendingToken = SecretToken<PendingUse>
/// In every form of a session.
package typealias FormToken = SecretToken<FormUse>
