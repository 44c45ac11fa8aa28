import Cryptography
import Delivery
import Primitives

/// Step 16: the archive, the inner routing header, the manifest, every part and every chunk.
struct ContentReader {
    struct Content {
        let manifest: Manifest
        let sheet: [UInt8]
        let attachments: [VerifiedSheet.Attachment]
    }

    private let arrival: Arrival
    private let manifest: Manifest
    private var sealedChunks: [Digest: [UInt8]] = [:]
    private var inline: ArraySlice<ContentArchive.File>
    private var listed: ArraySlice<Manifest.Chunk>

    /// Reads all that shows without the chunks, so that none is fetched which no part needs.
    ///
    /// - Throws: `malformed`, `damagedPart`, `tooLarge`.
    static func read(
        _ content: [UInt8],
        _ arrival: Arrival
    ) throws(OpenRefusal) -> ContentReader {
        let reader = try wrap({ OpenRefusal.no(.malformed, 16, $0.reason.rawValue) }) {
            () throws(DecodingRefusal) in try ContentReader(content, arrival)
        }
        try reader.checkChunks()
        return reader
    }

    /// Takes the sealed chunks by their hash, as the submission lists them.
    ///
    /// - Throws: `damagedPart`.
    func content(_ chunks: [Digest: [UInt8]]) throws(OpenRefusal) -> Content {
        var reader = self
        reader.sealedChunks = chunks
        return try reader.content()
    }

    private init(_ content: [UInt8], _ arrival: Arrival) throws(DecodingRefusal) {
        guard content.count <= Limits.contentBytes else { throw DecodingRefusal(.tooLarge) }
        let archive = try ContentArchive(reading: content, padding: Padding.sheet)
        guard archive.files.count >= 2,
            archive.files[0].name.hasSameBytes(as: "manifest.json"),
            archive.files[1].name.hasSameBytes(as: "routing.json"),
            archive.files[1].bytes == arrival.routing.bytes
        else { throw DecodingRefusal(.badForm) }
        self.arrival = arrival
        manifest = try Manifest(reading: archive.files[0].bytes)
        inline = archive.files.dropFirst(2)
        listed = manifest.chunks[...]
        try checkForm()
    }

    /// What the manifest shows without the parts.
    private func checkForm() throws(DecodingRefusal) {
        let recipients = arrival.routing.to.map(\.memberID)
        guard manifest.pairs.map(\.member).sorted() == recipients,
            Set(manifest.toDesks.map(\.member)).isSubset(of: recipients)
        else { throw DecodingRefusal(.badForm, at: "/pairs") }
        let parts = manifest.parts
        let names = Set(parts.map(\.name))
        let isInOrder =
            parts[0].kind == .sheet && parts[0].name == ContentParts.sheetName
            && !parts[0].isChunked && parts.dropFirst().allSatisfy { $0.kind != .sheet }
        guard isInOrder, names.count == parts.count,
            parts.compactMap(\.signs).allSatisfy(names.contains),
            parts.allSatisfy({ $0.isChunked || $0.byteLength <= Limits.unchunkedPartBytes })
        else { throw DecodingRefusal(.badForm, at: "/parts") }
    }

    /// The submission names the same chunks, and each part has its own, in order, all full but the
    /// last.
    private func checkChunks() throws(OpenRefusal) {
        guard manifest.chunks.map(\.sealed) == arrival.submission.body.chunks else {
            throw .no(.damagedPart, 16, "chunk list")
        }
        guard manifest.parts.allSatisfy({ $0.byteLength <= Limits.attachmentBytes }) else {
            throw .no(.tooLarge, 16, "part")
        }
        var listed = manifest.chunks[...]
        for part in manifest.parts where part.isChunked {
            let own = Array(listed.prefix { $0.part == part.name })
            listed = listed.dropFirst(own.count)
            let lengths = own.map(\.byteLength)
            guard own.map(\.index) == Array(own.indices), !own.isEmpty,
                lengths.dropLast().allSatisfy({ $0 == Limits.chunkPlainBytes }),
                lengths.reduce(0, +) == part.byteLength
            else { throw .no(.damagedPart, 16, "chunk order") }
        }
        guard listed.isEmpty else { throw .no(.damagedPart, 16, "extra part") }
    }

    private mutating func content() throws(OpenRefusal) -> Content {
        var sheet: [UInt8] = []
        var attachments: [VerifiedSheet.Attachment] = []
        for part in manifest.parts {
            let bytes = try part.isChunked ? joined(part) : file(part)
            guard bytes.count == part.byteLength, SHA256.hash(bytes) == part.sha256 else {
                throw .no(.damagedPart, 16, "part hash")
            }
            switch part.kind {
            case .sheet: sheet = bytes
            case .attachment:
                attachments.append(VerifiedSheet.Attachment(part: part, bytes: bytes))
            case .personSignature: break
            }
        }
        guard inline.isEmpty else { throw .no(.damagedPart, 16, "extra part") }
        return Content(manifest: manifest, sheet: sheet, attachments: attachments)
    }

    private mutating func file(_ part: Manifest.Part) throws(OpenRefusal) -> [UInt8] {
        guard let file = inline.popFirst(), file.name.hasSameBytes(as: part.name.text) else {
            throw .no(.damagedPart, 16, "missing part")
        }
        return file.bytes
    }

    private mutating func joined(_ part: Manifest.Part) throws(OpenRefusal) -> [UInt8] {
        let own = Array(listed.prefix { $0.part == part.name })
        listed = listed.dropFirst(own.count)
        guard let key = manifest.chunkKey else { throw .no(.damagedPart, 16, "no chunk key") }
        let secret = SecretBytes(copying: key.key)
        var bytes: [UInt8] = []
        for chunk in own { bytes += try plain(chunk, secret, key.id) }
        return bytes
    }

    private func plain(
        _ chunk: Manifest.Chunk,
        _ secret: SecretBytes,
        _ keyID: [UInt8]
    ) throws(OpenRefusal) -> [UInt8] {
        guard let sealed = sealedChunks[chunk.sealed.sealedSha256],
            sealed.count == chunk.sealed.sealedLength,
            SHA256.hash(sealed) == chunk.sealed.sealedSha256
        else { throw .no(.damagedPart, 16, "chunk") }
        let padded = try wrap({ _ in OpenRefusal.no(.damagedPart, 16, "chunk seal") }) {
            () throws(CMSRefusal) in
            try SealedChunk(reading: sealed).open(key: secret, keyID: keyID)
        }
        let expected = min(Padding.sheet(chunk.byteLength), Limits.chunkPlainBytes)
        guard (1...Limits.chunkPlainBytes).contains(chunk.byteLength), padded.count == expected,
            padded[chunk.byteLength...].allSatisfy({ $0 == 0 })
        else { throw .no(.damagedPart, 16, "chunk length") }
        let plain = Array(padded[..<chunk.byteLength])
        guard SHA256.hash(plain) == chunk.plaintextSha256 else {
            throw .no(.damagedPart, 16, "chunk hash")
        }
        return plain
    }
}
