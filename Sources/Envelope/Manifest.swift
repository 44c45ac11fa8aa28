package import Delivery
package import Primitives

/// `manifest.json`: what the content archive holds and how it belongs to others.
///
/// Source: `envelope.md` 2.3. An empty list is left out, so that there is one text for each.
package struct Manifest: Sendable {
    package let threadID: ThreadID
    package var inReplyTo: MessageKey?
    package var replaces: Replacement?
    package let sheetType: SheetType
    package let schemaVersion: String
    package var toDesks: [DeskAddress] = []
    /// One per recipient.
    package let pairs: [PairLink]
    package let parts: [Part]
    package var chunks: [Chunk] = []
    package var chunkKey: ChunkKey?
    package var replyDueAt: Timestamp?
    /// Signed notes: the newest checkpoints of the exchange's logs that the sender has seen.
    package var seenCheckpoints: [String] = []
    /// Whom to call when it does not open.
    package let sender: Product

    package init(
        of sheet: (thread: ThreadID, type: SheetType, version: String),
        pairs: [PairLink],
        parts: [Part],
        sender: Product
    ) {
        threadID = sheet.thread
        sheetType = sheet.type
        schemaVersion = sheet.version
        self.pairs = pairs
        self.parts = parts
        self.sender = sender
    }

    /// An own earlier message that this one takes the place of.
    package struct Replacement: Hashable, Sendable {
        package enum Reason: String, Sendable { case correction, resealed, resent }
        package let messageID: MessageID
        package let reason: Reason

        package init(messageID: MessageID, reason: Reason) {
            self.messageID = messageID
            self.reason = reason
        }
    }

    /// The desk (窓口) a recipient shall give it to; here, so that the exchange does not see it.
    package struct DeskAddress: Hashable, Sendable {
        package let member: MemberID
        package let desk: DeskID

        package init(member: MemberID, desk: DeskID) {
            self.member = member
            self.desk = desk
        }
    }

    /// The place of this message in the chain sender → recipient; a gap shows that one is missing.
    package struct PairLink: Hashable, Sendable {
        package let member: MemberID
        package let sequence: Int64
        package let previous: MessageID?

        package init(member: MemberID, sequence: Int64, previous: MessageID?) {
            self.member = member
            self.sequence = sequence
            self.previous = previous
        }
    }

    package struct Part: Hashable, Sendable {
        package enum Kind: String, Sendable {
            case sheet, attachment
            /// A detached signature by a person's card over the part named in `signs`; kept with
            /// the content, not judged by this version.
            case personSignature
        }

        package let name: PartName
        package let kind: Kind
        package let mediaType: String
        package let byteLength: Int
        package let sha256: Digest
        /// Shown to people, never used as a path.
        package var fileName: String?
        /// Its bytes are in chunks, not in the archive.
        package var isChunked = false
        package var signs: PartName?

        init(_ name: PartName, _ kind: Kind, _ mediaType: String, _ bytes: (Int, Digest)) {
            self.name = name
            self.kind = kind
            self.mediaType = mediaType
            (byteLength, sha256) = bytes
        }
    }

    /// Lengths and hash of the plaintext are without padding.
    package struct Chunk: Hashable, Sendable {
        package let part: PartName
        package let index: Int
        package let byteLength: Int
        package let plaintextSha256: Digest
        package let sealed: OfferedChunk
    }

    /// Fresh for each message. Its `key` opens all chunks, so it stands inside the seal.
    package struct ChunkKey: Hashable, Sendable {
        /// 16 bytes.
        package let id: [UInt8]
        /// 32 bytes.
        package let key: [UInt8]
    }

    package struct Product: Hashable, Sendable {
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
