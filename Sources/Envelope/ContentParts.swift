import Cryptography
import Primitives
import Sheets

/// The sheet and its attachments laid out as parts: small ones inside the archive, large ones in
/// sealed chunks of 4 MiB.
struct ContentParts {
    private(set) var parts: [Manifest.Part] = []
    private(set) var inline: [ContentArchive.File] = []
    private(set) var chunks: [Manifest.Chunk] = []
    private(set) var sealedChunks: [[UInt8]] = []
    private(set) var chunkKey: Manifest.ChunkKey?

    init(
        _ sheet: Sheet,
        attachments: [[UInt8]],
        random: some RandomSource
    ) throws(SealError) {
        guard attachments.count == sheet.attachments.count else {
            throw .attachmentDiffers(index: min(attachments.count, sheet.attachments.count))
        }
        add(Self.part("sheet.json", .sheet, "application/json", sheet.bytes), sheet.bytes)
        var inlineBytes = sheet.bytes.count
        for (index, bytes) in attachments.enumerated() {
            let listed = sheet.attachments[index]
            guard bytes.count == listed.byteLength, SHA256.hash(bytes) == listed.sha256 else {
                throw .attachmentDiffers(index: index)
            }
            // Attachments that are small alone may still be too many for one archive.
            let isChunked =
                bytes.count > Limits.unchunkedPartBytes
                || inlineBytes + bytes.count > Limits.contentBytes / 2
            let part = Manifest.Part(
                name: "attachment-\(index + 1)",
                kind: .attachment,
                mediaType: listed.mediaType,
                byteLength: bytes.count,
                sha256: listed.sha256,
                fileName: listed.name,
                isChunked: isChunked,
                signs: nil
            )
            if isChunked {
                parts.append(part)
                addChunks(of: part.name, bytes, random)
            } else {
                inlineBytes += bytes.count
                add(part, bytes)
            }
        }
        guard parts.count <= Limits.parts, chunks.count <= Limits.chunks,
            sealedChunks.reduce(0, { $0 + $1.count }) <= Limits.messageBytes
        else { throw .tooLarge }
    }

    private static func part(
        _ name: String,
        _ kind: Manifest.Part.Kind,
        _ mediaType: String,
        _ bytes: [UInt8]
    ) -> Manifest.Part {
        Manifest.Part(
            name: name,
            kind: kind,
            mediaType: mediaType,
            byteLength: bytes.count,
            sha256: SHA256.hash(bytes),
            fileName: nil,
            isChunked: false,
            signs: nil
        )
    }

    private mutating func add(_ part: Manifest.Part, _ bytes: [UInt8]) {
        parts.append(part)
        inline.append(ContentArchive.File(name: part.name, bytes: bytes))
    }

    private mutating func addChunks(
        of part: String,
        _ bytes: [UInt8],
        _ random: some RandomSource
    ) {
        let key = chunkKey ?? Manifest.ChunkKey(id: random.bytes(16), key: random.bytes(32))
        chunkKey = key
        let secret = SecretBytes(copying: key.key)
        let starts = stride(from: 0, to: bytes.count, by: Limits.chunkPlainBytes)
        for (index, start) in starts.enumerated() {
            let end = min(bytes.count, start + Limits.chunkPlainBytes)
            let plain = Array(bytes[start..<end])
            let isLast = end == bytes.count
            // Only the last chunk's length tells anything; it is padded like the content.
            let count =
                isLast ? min(Padding.sheet(plain.count), Limits.chunkPlainBytes) : plain.count
            let padded = plain + [UInt8](repeating: 0, count: count - plain.count)
            let sealed = AuthEnvelopedData.sealChunk(padded, key: secret, keyID: key.id)
            sealedChunks.append(sealed)
            chunks.append(
                Manifest.Chunk(
                    part: part,
                    index: index,
                    byteLength: plain.count,
                    plaintextSha256: SHA256.hash(plain),
                    sealedLength: sealed.count,
                    sealedSha256: SHA256.hash(sealed)
                )
            )
        }
    }
}

extension Manifest {
    init(_ sheet: Sheet, _ frame: Signer.Frame, _ parts: ContentParts) {
        self.init(
            threadID: sheet.threadID,
            inReplyTo: frame.inReplyTo,
            replaces: frame.replaces,
            sheetType: sheet.type,
            schemaVersion: sheet.schemaVersion,
            toDesks: frame.desks,
            pairs: frame.pairs,
            parts: parts.parts,
            chunks: parts.chunks,
            chunkKey: parts.chunkKey,
            replyDueAt: sheet.replyDueOn.map(Self.endOfDayInJapan),
            sender: frame.product
        )
    }

    /// 23:59:59 JST.
    private static func endOfDayInJapan(_ day: Day) -> Timestamp {
        Timestamp(startOfDayInJapan: day.adding(days: 1)).adding(.seconds(-1))
    }
}
