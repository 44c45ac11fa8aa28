import Cryptography
import Delivery
import Primitives

/// Step 16: the archive, the inner routing header, the manifest, every part and every chunk.
enum ContentReader {
    struct Content {
        let manifest: Manifest
        let sheetBytes: [UInt8]
        let attachments: [VerifiedSheet.Attachment]
    }

    static func read(
        _ bytes: [UInt8],
        _ arrival: Arrival,
        _ chunks: [Digest: [UInt8]]
    ) throws(OpenRefusal) -> Content {
        let archive: ContentArchive
        let manifest: Manifest
        do throws(DecodingRefusal) {
            guard bytes.count <= Limits.contentBytes else { throw DecodingRefusal(.tooLarge) }
            archive = try ContentArchive(reading: bytes)
            guard archive.files.count >= 3,
                archive.files[0].name.hasSameBytes(as: "manifest.json"),
                archive.files[1].name.hasSameBytes(as: "routing.json"),
                archive.files[1].bytes == arrival.routing.bytes
            else { throw DecodingRefusal(.badForm) }
            manifest = try Manifest(reading: archive.files[0].bytes)
            guard archive.encoded(padding: Padding.sheet) == bytes else {
                throw DecodingRefusal(.notCanonical)
            }
        } catch { throw .no(.malformed, 16, error.reason.rawValue) }
        let parts = try parts(manifest, archive, arrival, chunks)
        guard let first = parts.first, first.part.kind == .sheet,
            first.part.name.hasSameBytes(as: "sheet.json"), !first.part.isChunked,
            parts.dropFirst().allSatisfy({ $0.part.kind == .attachment })
        else { throw .no(.malformed, 16, "parts") }
        return Content(
            manifest: manifest,
            sheetBytes: first.bytes,
            attachments: Array(parts.dropFirst())
        )
    }

    private static func parts(
        _ manifest: Manifest,
        _ archive: ContentArchive,
        _ arrival: Arrival,
        _ chunks: [Digest: [UInt8]]
    ) throws(OpenRefusal) -> [VerifiedSheet.Attachment] {
        var inline = archive.files.dropFirst(2)[...]
        var ordered = manifest.chunks[...]
        guard manifest.chunks.map(\.sealedSha256) == arrival.submission.chunks.map(\.sealedSha256)
        else { throw .no(.damagedPart, 16, "chunk list") }
        var result: [VerifiedSheet.Attachment] = []
        for part in manifest.parts {
            let bytes: [UInt8]
            if part.isChunked {
                let own = ordered.prefix { $0.part.hasSameBytes(as: part.name) }
                ordered = ordered.dropFirst(own.count)
                bytes = try joined(Array(own), manifest.chunkKey, chunks)
            } else {
                guard let file = inline.popFirst(), file.name.hasSameBytes(as: part.name) else {
                    throw .no(.damagedPart, 16, "missing part")
                }
                bytes = file.bytes
            }
            guard bytes.count == part.byteLength, SHA256.hash(bytes) == part.sha256 else {
                throw .no(.damagedPart, 16, "part hash")
            }
            result.append(VerifiedSheet.Attachment(part: part, bytes: bytes))
        }
        guard inline.isEmpty, ordered.isEmpty else { throw .no(.damagedPart, 16, "extra part") }
        return result
    }

    private static func joined(
        _ list: [Manifest.Chunk],
        _ key: Manifest.ChunkKey?,
        _ chunks: [Digest: [UInt8]]
    ) throws(OpenRefusal) -> [UInt8] {
        guard let key else { throw .no(.damagedPart, 16, "chunk key") }
        let secret = SecretBytes(copying: key.key)
        var bytes: [UInt8] = []
        for (index, chunk) in list.enumerated() {
            guard chunk.index == index, let sealed = chunks[chunk.sealedSha256],
                sealed.count == chunk.sealedLength, SHA256.hash(sealed) == chunk.sealedSha256
            else { throw .no(.damagedPart, 16, "chunk") }
            let padded = try opened(sealed, secret, key.id)
            guard (0...padded.count).contains(chunk.byteLength),
                index == list.count - 1 || chunk.byteLength == Limits.chunkPlainBytes
            else { throw .no(.damagedPart, 16, "chunk length") }
            let plain = Array(padded[..<chunk.byteLength])
            guard SHA256.hash(plain) == chunk.plaintextSha256,
                padded[chunk.byteLength...].allSatisfy({ $0 == 0 })
            else { throw .no(.damagedPart, 16, "chunk hash") }
            bytes.append(contentsOf: plain)
        }
        return bytes
    }

    private static func opened(
        _ sealed: [UInt8],
        _ secret: SecretBytes,
        _ id: [UInt8]
    ) throws(OpenRefusal) -> [UInt8] {
        do throws(CMSRefusal) {
            return try AuthEnvelopedData(reading: sealed, limit: Limits.chunkSealedBytes)
                .openChunk(key: secret, keyID: id)
        } catch { throw .no(.damagedPart, 16, "chunk seal") }
    }
}
