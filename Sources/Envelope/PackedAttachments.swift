import Cryptography
import Delivery
import Directory
package import Primitives
package import Sheets

/// The attachments of a message to be, in the order of the sheet's list: small ones with their
/// bytes, large ones as the chunks that were sealed from them.
package struct PackedAttachments: Sendable, CustomStringConvertible {
    package struct Item: Sendable {
        package let byteLength: Int
        package let sha256: Digest
        /// nil where the bytes are in `chunks`.
        package let inline: [UInt8]?
        package let chunks: [Manifest.Chunk]
    }

    package let items: [Item]
    /// Opens the chunks; with the first of them it is made.
    package let chunkKey: Manifest.ChunkKey?

    init(items: [Item], chunkKey: Manifest.ChunkKey?) {
        self.items = items
        self.chunkKey = chunkKey
    }

    package static let none = PackedAttachments(items: [], chunkKey: nil)

    package var description: String { "PackedAttachments(\(items.count))" }

    /// Of all chunks, in the order of the manifest.
    package var chunks: [Digest] {
        items.flatMap(\.chunks).map(\.sealed.sealedSha256)
    }

    /// SHA-256 of each attachment's bytes.
    package var digests: [Digest] { items.map(\.sha256) }

    /// Where these are not the files that the sheet lists, counted from 0; nil where they are.
    package func difference(from sheet: Sheet) -> Int? {
        let listed = sheet.attachments
        guard items.count == listed.count else { return min(items.count, listed.count) }
        return items.indices.first {
            items[$0].byteLength != listed[$0].byteLength || items[$0].sha256 != listed[$0].sha256
        }
    }
}

// A message that grows while somebody writes it.
extension PackedAttachments {
    /// These and then others.
    ///
    /// - Returns: nil where the others are sealed with another key: a message has one.
    package func adding(_ others: PackedAttachments) -> PackedAttachments? {
        guard chunkKey == nil || others.chunkKey == nil || chunkKey == others.chunkKey else {
            return nil
        }
        return PackedAttachments(items + others.items, chunkKey ?? others.chunkKey)
    }

    package func removing(at index: Int) -> PackedAttachments {
        var left = items
        left.remove(at: index)
        return PackedAttachments(left, left.isEmpty ? nil : chunkKey)
    }

    /// A chunk names its part by the place among the attachments.
    private init(_ items: [Item], _ chunkKey: Manifest.ChunkKey?) {
        self.init(
            items: items.enumerated().map { index, item in
                Item(
                    byteLength: item.byteLength,
                    sha256: item.sha256,
                    inline: item.inline,
                    chunks: item.chunks.map { $0.named(ContentParts.attachmentName(index)) }
                )
            },
            chunkKey: chunkKey
        )
    }
}

extension Manifest.Chunk {
    fileprivate func named(_ part: PartName) -> Manifest.Chunk {
        Manifest.Chunk(
            part: part,
            index: index,
            byteLength: byteLength,
            plaintextSha256: plaintextSha256,
            sealed: sealed
        )
    }
}

// As it is kept, sealed, until the message leaves.
extension PackedAttachments {
    package var files: [ContentArchive.File] {
        let json: JSON = ["chunkKey": chunkKey?.json, "items": .records(items)]
        let inline = items.enumerated().compactMap { index, item in
            item.inline.map {
                ContentArchive.File(name: ContentParts.attachmentName(index).text, bytes: $0)
            }
        }
        return [ContentArchive.File(name: Self.list, bytes: json.canonicalBytes)] + inline
    }

    /// - Throws: `DecodingRefusal` unless the archive holds what `files` gives.
    package init(reading archive: ContentArchive) throws(DecodingRefusal) {
        guard let list = archive[Self.list] else { throw DecodingRefusal(.missingMember) }
        var reader = try ObjectReader(
            try JSON(canonical: list, .strict.within(Limits.manifestBytes))
        )
        chunkKey = try reader.optionalRecord("chunkKey")
        let described: [Item] = try reader.records("items")
        try reader.finish()
        var items: [Item] = []
        for (index, item) in described.enumerated() {
            let inline = archive[ContentParts.attachmentName(index).text]
            guard (inline == nil) != item.chunks.isEmpty else { throw DecodingRefusal(.badForm) }
            items.append(
                Item(
                    byteLength: item.byteLength,
                    sha256: item.sha256,
                    inline: inline,
                    chunks: item.chunks
                )
            )
        }
        self.items = items
    }

    private static let list = "attachments.json"
}

extension PackedAttachments.Item: Record {
    init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        byteLength = try reader.count("byteLength")
        sha256 = try reader.digest("sha256")
        inline = nil
        chunks = try reader.records("chunks")
    }

    var json: JSON {
        [
            "byteLength": .count(byteLength), "sha256": .hash(sha256), "chunks": .records(chunks),
        ]
    }
}

/// Takes attachments piece by piece and seals the large ones as they come, so that nobody holds
/// one whole.
package struct AttachmentPacker: ~Copyable {
    private let random: any RandomSource
    private var items: [PackedAttachments.Item] = []
    private var chunkKey: Manifest.ChunkKey?
    /// So much of small attachments stays with the sheet.
    private let inlineBytes: Int
    // The attachment under way.
    private var hasher = SHA256Hasher()
    private var byteLength = 0
    private var inline: [UInt8]?
    private var chunks: [Manifest.Chunk] = []
    private var isEnded = false

    package init(random: any RandomSource) {
        self.random = random
        inlineBytes = Limits.contentBytes / 2
    }

    /// Takes what is added to others: all of it is sealed, with the key of those.
    package init(after others: PackedAttachments, random: any RandomSource) {
        self.random = random
        inlineBytes = 0
        chunkKey = others.chunkKey
    }

    /// Takes the next piece of an attachment: `Limits.chunkPlainBytes`, or less at its end.
    ///
    /// - Returns: a sealed chunk, which must be kept under its hash; nil where the attachment is
    ///   small and stays with the sheet.
    /// - Throws: `tooLarge` above what a message carries; `pieceUnfit` for one that is too long, or
    ///   comes after a shorter one.
    package mutating func take(_ piece: [UInt8]) throws(SealError) -> [UInt8]? {
        guard !isEnded, piece.count <= Limits.chunkPlainBytes else { throw .pieceUnfit }
        // An empty piece ends one that fills its last chunk, and takes none itself.
        let taken = items.reduce(chunks.count) { $0 + $1.chunks.count }
        guard items.count < Limits.parts - 1, piece.isEmpty || taken < Limits.chunks
        else { throw .tooLarge }
        isEnded = piece.count < Limits.chunkPlainBytes
        hasher.update(piece)
        byteLength += piece.count
        if byteLength == piece.count, hasRoom(for: piece) {
            inline = piece
            return nil
        }
        guard !piece.isEmpty else { return nil }
        return seal(piece)
    }

    /// The attachment under way is complete.
    package mutating func end() {
        var ended = SHA256Hasher()
        swap(&ended, &hasher)
        items.append(
            PackedAttachments.Item(
                byteLength: byteLength,
                sha256: ended.finish(),
                inline: chunks.isEmpty ? inline ?? [] : nil,
                chunks: chunks
            )
        )
        byteLength = 0
        inline = nil
        chunks = []
        isEnded = false
    }

    /// What was taken so far.
    package var packed: PackedAttachments { PackedAttachments(items: items, chunkKey: chunkKey) }

    /// Attachments that are small alone may still be too many for one archive.
    private func hasRoom(for piece: [UInt8]) -> Bool {
        let taken = items.reduce(0) { $0 + ($1.inline?.count ?? 0) }
        return piece.count <= Limits.unchunkedPartBytes
            && taken + piece.count <= inlineBytes
    }

    private mutating func seal(_ plain: [UInt8]) -> [UInt8] {
        let key =
            chunkKey
            ?? Manifest.ChunkKey(
                id: random.bytes(Manifest.ChunkKey.idBytes),
                key: random.bytes(Manifest.ChunkKey.keyBytes)
            )
        chunkKey = key
        let sealed = SealedChunk.seal(
            Manifest.Chunk.padded(plain),
            key: SecretBytes(copying: key.key),
            keyID: key.id
        )
        chunks.append(
            Manifest.Chunk(
                part: ContentParts.attachmentName(items.count),
                index: chunks.count,
                byteLength: plain.count,
                plaintextSha256: SHA256.hash(plain),
                sealed: OfferedChunk(
                    sealedSha256: SHA256.hash(sealed),
                    sealedLength: sealed.count
                )
            )
        )
        return sealed
    }
}

extension Manifest.Chunk {
    /// Only the last chunk's length tells anything; the others are full already.
    fileprivate static func padded(_ plain: [UInt8]) -> [UInt8] {
        let missing = sealedCount(of: plain.count) - plain.count
        return missing == 0 ? plain : plain + [UInt8](repeating: 0, count: missing)
    }

    fileprivate static func sealedCount(of byteLength: Int) -> Int {
        min(Padding.sheet(byteLength), Limits.chunkPlainBytes)
    }

    /// The bytes of this chunk out of what was sealed; step 16.
    ///
    /// - Throws: `damagedPart`.
    package func open(
        _ sealedBytes: [UInt8],
        with key: Manifest.ChunkKey
    ) throws(OpenRefusal) -> [UInt8] {
        guard sealedBytes.count == sealed.sealedLength,
            SHA256.hash(sealedBytes) == sealed.sealedSha256
        else { throw .no(.damagedPart, 16, "chunk") }
        let padded = try wrap({ _ in OpenRefusal.no(.damagedPart, 16, "chunk seal") }) {
            () throws(CMSRefusal) in
            try SealedChunk(reading: sealedBytes).open(
                key: SecretBytes(copying: key.key),
                keyID: key.id
            )
        }
        guard (1...Limits.chunkPlainBytes).contains(byteLength),
            padded.count == Self.sealedCount(of: byteLength),
            padded[byteLength...].allSatisfy({ $0 == 0 })
        else { throw .no(.damagedPart, 16, "chunk length") }
        let plain = padded.count == byteLength ? padded : Array(padded[..<byteLength])
        guard SHA256.hash(plain) == plaintextSha256 else {
            throw .no(.damagedPart, 16, "chunk hash")
        }
        return plain
    }
}
