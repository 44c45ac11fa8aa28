package import Primitives

/// `manifest.json`: what the content archive holds and how it belongs to others.
package struct Manifest: Sendable {
    package let threadID: ThreadID
    package let inReplyTo: MessageReference?
    package let replaces: Replacement?
    package let sheetType: SheetType
    package let schemaVersion: String
    package let toDesks: [DeskAddress]
    package let pairs: [PairLink]
    package let parts: [Part]
    package let chunks: [Chunk]
    package let chunkKey: ChunkKey?
    package let replyDueAt: Timestamp?
    package let sender: Product

    /// Somebody's message.
    package struct MessageReference: Sendable, Hashable {
        package let from: MemberID
        package let messageID: MessageID

        package init(from: MemberID, messageID: MessageID) {
            self.from = from
            self.messageID = messageID
        }
    }

    /// An own earlier message that this one takes the place of.
    package struct Replacement: Sendable, Hashable {
        package enum Reason: String, Sendable { case correction, resealed, resent }
        package let messageID: MessageID
        package let reason: Reason

        package init(messageID: MessageID, reason: Reason) {
            self.messageID = messageID
            self.reason = reason
        }
    }

    /// The desk (窓口) a recipient shall give it to; here, so that the exchange does not see it.
    package struct DeskAddress: Sendable, Hashable {
        package let member: MemberID
        package let desk: DeskID

        package init(member: MemberID, desk: DeskID) {
            self.member = member
            self.desk = desk
        }
    }

    /// The place of this message in the chain sender → recipient; a gap shows that one is missing.
    package struct PairLink: Sendable, Hashable {
        package let member: MemberID
        package let sequence: Int64
        package let previous: MessageID?

        package init(member: MemberID, sequence: Int64, previous: MessageID?) {
            self.member = member
            self.sequence = sequence
            self.previous = previous
        }
    }

    package struct Part: Sendable, Hashable {
        package enum Kind: String, Sendable { case sheet, attachment, personSignature }
        package let name: String
        package let kind: Kind
        package let mediaType: String
        package let byteLength: Int
        package let sha256: Digest
        /// Shown to people, never used as a path.
        package let fileName: String?
        package let isChunked: Bool
        package let signs: String?
    }

    package struct Chunk: Sendable, Hashable {
        package let part: String
        package let index: Int
        package let byteLength: Int
        package let plaintextSha256: Digest
        package let sealedLength: Int
        package let sealedSha256: Digest
    }

    /// Fresh for each message. Its `key` opens all chunks, so it stands inside the seal.
    package struct ChunkKey: Sendable {
        package let id: [UInt8]
        package let key: [UInt8]
    }

    /// Whom to call when it does not open.
    package struct Product: Sendable, Hashable {
        package let product: String
        package let productVersion: String
        package let supportTelephone: String

        package init(product: String, productVersion: String, supportTelephone: String) {
            self.product = product
            self.productVersion = productVersion
            self.supportTelephone = supportTelephone
        }
    }
}
