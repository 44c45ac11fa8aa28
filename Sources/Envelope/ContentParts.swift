import Cryptography
import Delivery
import Primitives
import Sheets

/// The sheet and its attachments laid out as parts: small ones inside the archive, large ones in
/// sealed chunks.
struct ContentParts {
    private(set) var parts: [Manifest.Part] = []
    private(set) var inline: [ContentArchive.File] = []
    private(set) var chunks: [Manifest.Chunk] = []
    private(set) var sealedChunks: [[UInt8]] = []
    private(set) var chunkKey: Manifest.ChunkKey?

    /// - Throws: `attachmentDiffers`, `tooLarge`.
    init(
        _ sheet: Sheet,
        attachments: [[UInt8]],
        random: some RandomSource
    ) throws(SealError) {
        guard attachments.count == sheet.attachments.count else {
            throw .attachmentDiffers(index: min(attachments.count, sheet.attachments.count))
        }
        guard sheet.bytes.count <= Limits.unchunkedPartBytes,
            attachments.count < Limits.parts
        else { throw .tooLarge }
        let sheetFacts = (sheet.bytes.count, SHA256.hash(sheet.bytes))
        add(Manifest.Part(Self.sheetName, .sheet, "application/json", sheetFacts), sheet.bytes)
        for (index, bytes) in attachments.enumerated() {
            let listed = sheet.attachments[index]
            guard bytes.count == listed.byteLength, SHA256.hash(bytes) == listed.sha256 else {
                throw .attachmentDiffers(index: index)
            }
            var part = Manifest.Part(
                Self.attachmentName(index),
                .attachment,
                listed.mediaType,
                (bytes.count, listed.sha256)
            )
            part.fileName = listed.name
            if hasRoom(for: bytes) {
                add(part, bytes)
            } else {
                part.isChunked = true
                parts.append(part)
                addChunks(of: part.name, bytes, random)
            }
        }
        guard chunks.count <= Limits.chunks,
            sealedChunks.reduce(0, { $0 + $1.count }) <= Limits.messageBytes
        else { throw .tooLarge }
    }

    static let sheetName = partName("sheet.json")

    private static func attachmentName(_ index: Int) -> PartName {
        partName("attachment-\(index + 1)")
    }

    private static func partName(_ text: String) -> PartName {
        guard let name = PartName(text) else { preconditionFailure("our own names have the form") }
        return name
    }

    /// Attachments that are small alone may still be too many for one archive.
    private func hasRoom(for bytes: [UInt8]) -> Bool {
        let taken = inline.reduce(0) { $0 + $1.bytes.count }
        return bytes.count <= Limits.unchunkedPartBytes
            && taken + bytes.count <= Limits.contentBytes / 2
    }

    private mutating func add(_ part: Manifest.Part, _ bytes: [UInt8]) {
        parts.append(part)
        inline.append(ContentArchive.File(name: part.name.text, bytes: bytes))
    }

    private mutating func addChunks(
        of part: PartName,
        _ bytes: [UInt8],
        _ random: some RandomSource
    ) {
        let key =
            chunkKey
            ?? Manifest.ChunkKey(
                id: random.bytes(Manifest.ChunkKey.idBytes),
                key: random.bytes(Manifest.ChunkKey.keyBytes)
            )
        chunkKey = key
        let secret = SecretBytes(copying: key.key)
        let starts = stride(from: 0, to: bytes.count, by: Limits.chunkPlainBytes)
        for (index, start) in starts.enumerated() {
            let plain = Array(bytes[start..<min(bytes.count, start + Limits.chunkPlainBytes)])
            // Only the last chunk's length tells anything; the others are full already.
            let count = min(Padding.sheet(plain.count), Limits.chunkPlainBytes)
            let padded = plain + [UInt8](repeating: 0, count: count - plain.count)
            let sealed = SealedChunk.seal(padded, key: secret, keyID: key.id)
            sealedChunks.append(sealed)
            chunks.append(
                Manifest.Chunk(
                    part: part,
                    index: index,
                    byteLength: plain.count,
                    plaintextSha256: SHA256.hash(plain),
                    sealed: OfferedChunk(
                        sealedSha256: SHA256.hash(sealed),
                        sealedLength: sealed.count
                    )
                )
            )
        }
    }
}
