import Cryptography
package import Primitives

/// What names a message for ever: the idempotency key of everything that is done with it.
package struct MessageKey: Hashable, Sendable {
    package let from: MemberID
    package let messageID: MessageID

    package init(from: MemberID, messageID: MessageID) {
        self.from = from
        self.messageID = messageID
    }

    /// SHA-256(`from` ‖ `messageId`): the form in which an exchange that has forgotten the parties
    /// still knows a repeat.
    package var sha256: Digest { SHA256.hash(from.text.bytes, messageID.text.bytes) }
}
