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
    let manifest: Manifest
    private let inline: ArraySlice<ContentArchive.File>

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
                lengths.allSatisfy({ (1...Limits.chunkPlainBytes).contains($0) }),
                lengths.reduce(0, +) == part.byteLength
            else { throw .no(.damagedPart, 16, "chunk order") }
        }
        guard listed.isEmpty else { throw .no(.damagedPart, 16, "extra part") }
    }

    /// The sheet and what stands beside it in the archive. The chunks were checked one by one.
    ///
    /// - Throws: `damagedPart`.
    func content() throws(OpenRefusal) -> Content {
        var inline = inline
        var sheet: [UInt8] = []
        var attachments: [VerifiedSheet.Attachment] = []
        for part in manifest.parts {
            let bytes = part.isChunked ? nil : try Self.file(part, &inline)
            switch part.kind {
            case .sheet: sheet = bytes ?? []
            case .attachment:
                attachments.append(VerifiedSheet.Attachment(part: part, bytes: bytes))
            case .personSignature: break
            }
        }
        guard inline.isEmpty else { throw .no(.damagedPart, 16, "extra part") }
        return Content(manifest: manifest, sheet: sheet, attachments: attachments)
    }

    private static func file(
        _ part: Manifest.Part,
        _ inline: inout ArraySlice<ContentArchive.File>
    ) throws(OpenRefusal) -> [UInt8] {
        guard let file = inline.popFirst(), file.name.hasSameBytes(as: part.name.text) else {
            throw .no(.damagedPart, 16, "missing part")
        }
        guard file.bytes.count == part.byteLength, SHA256.hash(file.bytes) == part.sha256 else {
            throw .no(.damagedPart, 16, "part hash")
        }
        return file.bytes
    }
}
