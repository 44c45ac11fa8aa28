import Cryptography
import Delivery
import Primitives
import Sheets

/// The sheet and its attachments laid out as parts: small ones inside the archive, large ones in
/// sealed chunks.
struct ContentParts {
    private(set) var parts: [Manifest.Part] = []
    private(set) var inline: [ContentArchive.File] = []
    let chunks: [Manifest.Chunk]
    let chunkKey: Manifest.ChunkKey?

    /// - Throws: `attachmentDiffers`, `tooLarge`.
    init(_ sheet: Sheet, _ attachments: PackedAttachments) throws(SealError) {
        if let index = attachments.difference(from: sheet) {
            throw .attachmentDiffers(index: index)
        }
        guard sheet.bytes.count <= Limits.unchunkedPartBytes else { throw .tooLarge }
        chunks = attachments.items.flatMap(\.chunks)
        chunkKey = attachments.chunkKey
        let sheetFacts = (sheet.bytes.count, SHA256.hash(sheet.bytes))
        add(Manifest.Part(Self.sheetName, .sheet, "application/json", sheetFacts), sheet.bytes)
        for (index, item) in attachments.items.enumerated() {
            let listed = sheet.attachments[index]
            var part = Manifest.Part(
                Self.attachmentName(index),
                .attachment,
                listed.mediaType,
                (item.byteLength, item.sha256)
            )
            part.fileName = listed.name
            if let bytes = item.inline {
                add(part, bytes)
            } else {
                part.isChunked = true
                parts.append(part)
            }
        }
    }

    static let sheetName = partName("sheet.json")

    static func attachmentName(_ index: Int) -> PartName { partName("attachment-\(index + 1)") }

    private static func partName(_ text: String) -> PartName {
        guard let name = PartName(text) else { preconditionFailure("our own names have the form") }
        return name
    }

    private mutating func add(_ part: Manifest.Part, _ bytes: [UInt8]) {
        parts.append(part)
        inline.append(ContentArchive.File(name: part.name.text, bytes: bytes))
    }
}
