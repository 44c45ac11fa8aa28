import Cryptography
package import Envelope
package import Primitives
package import Sheets

/// What a person says of a file: as it is called, what form and which kind of paper it is.
package struct FileLabel: Sendable {
    let name: String
    let mediaType: String
    let kind: AttachmentKind

    package init(name: String, mediaType: String, kind: AttachmentKind) {
        self.name = name
        self.mediaType = mediaType
        self.kind = kind
    }
}

/// The attachments of a draft, in the order in which they were added: what the sheet will say of
/// them, and the sealed chunks with their key. One value, and so one sealed record.
package struct DraftFiles: Sendable, CustomStringConvertible {
    package let listed: [SheetAttachment]
    package let packed: PackedAttachments
    /// Of the record as it was read; nil: there is none.
    let revision: Int64?

    package static let none = DraftFiles(listed: [], packed: .none, revision: nil)

    package var description: String { "DraftFiles(\(listed.count))" }

    init(listed: [SheetAttachment], packed: PackedAttachments, revision: Int64?) {
        self.listed = listed
        self.packed = packed
        self.revision = revision
    }

    /// As the sheet has it; nil where it has none.
    package var json: JSON? { listed.isEmpty ? nil : .array(listed.map(\.json)) }

    package func holds(_ sha256: Digest) -> Bool { listed.contains { $0.sha256 == sha256 } }

    /// One more; the same content again takes the place of the earlier one.
    ///
    /// - Returns: nil where it is sealed with another key than those before.
    func adding(_ label: FileLabel, _ packed: PackedAttachments) -> DraftFiles? {
        guard let item = packed.items.first else { return self }
        let file = SheetAttachment(
            name: label.name,
            mediaType: label.mediaType,
            byteLength: item.byteLength,
            sha256: item.sha256,
            kind: label.kind
        )
        if let index = listed.firstIndex(where: { $0.sha256 == file.sha256 }) {
            var listed = listed
            listed[index] = file
            return DraftFiles(listed: listed, packed: self.packed, revision: revision)
        }
        return self.packed.adding(packed).map {
            DraftFiles(listed: listed + [file], packed: $0, revision: revision)
        }
    }

    func removing(_ sha256: Digest) -> DraftFiles {
        guard let index = listed.firstIndex(where: { $0.sha256 == sha256 }) else { return self }
        var listed = listed
        listed.remove(at: index)
        return DraftFiles(listed: listed, packed: packed.removing(at: index), revision: revision)
    }

    // MARK: At rest

    private static let list = "listed.json"

    var bytes: [UInt8] {
        let json = JSON.array(listed.map(\.json))
        let list = ContentArchive.File(name: Self.list, bytes: json.canonicalBytes)
        return ContentArchive(files: [list] + packed.files).encoded()
    }

    init(reading bytes: [UInt8], revision: Int64) throws(DecodingRefusal) {
        let archive = try ContentArchive(reading: bytes)
        guard let list = archive[Self.list], let rows = try JSON(canonical: list).array else {
            throw DecodingRefusal(.missingMember)
        }
        listed = rows.compactMap(SheetAttachment.init)
        packed = try PackedAttachments(reading: archive)
        guard listed.count == rows.count, listed.map(\.sha256) == packed.digests else {
            throw DecodingRefusal(.badForm)
        }
        self.revision = revision
    }
}
