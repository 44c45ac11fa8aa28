import Cryptography
import Delivery
import Envelope
package import Primitives
import Sheets
import Storage

/// An attachment of an opened sheet. It may be larger than memory, and is read in pieces.
package struct ReceivedAttachment: Sendable, CustomStringConvertible {
    package let byteLength: Int
    /// As its sender says.
    package let mediaType: String
    /// Of its whole bytes.
    package let sha256: Digest
    private let content: Content

    private enum Content: Sendable {
        case inline([UInt8])
        case chunks([Manifest.Chunk], Manifest.ChunkKey)
    }

    package var description: String { "a received attachment" }

    package var pieceCount: Int {
        switch content {
        case .inline: 1
        case .chunks(let chunks, _): chunks.count
        }
    }

    fileprivate init(_ part: Manifest.Part, inline bytes: [UInt8]) {
        byteLength = part.byteLength
        mediaType = part.mediaType
        sha256 = part.sha256
        content = .inline(bytes)
    }

    fileprivate init(_ part: Manifest.Part, _ manifest: Manifest, _ key: Manifest.ChunkKey) {
        byteLength = part.byteLength
        mediaType = part.mediaType
        sha256 = part.sha256
        content = .chunks(manifest.chunks.filter { $0.part == part.name }, key)
    }

    fileprivate init(
        _ item: PackedAttachments.Item,
        _ mediaType: String,
        _ key: Manifest.ChunkKey?
    ) {
        byteLength = item.byteLength
        self.mediaType = mediaType
        sha256 = item.sha256
        if item.inline == nil, let key {
            content = .chunks(item.chunks, key)
        } else {
            content = .inline(item.inline ?? [])
        }
    }

    /// One piece of its bytes; those before the last have `Limits.chunkPlainBytes`.
    ///
    /// - Throws: `store` with `damaged` where the disk has other bytes than arrived.
    fileprivate func piece(
        _ index: Int,
        from store: any GatewayStore
    ) async throws(GatewayError) -> [UInt8] {
        switch content {
        case .inline(let bytes): return bytes
        case .chunks(let chunks, let key):
            let chunk = chunks[index]
            let sealed = try await wrap(GatewayError.store) { () async throws(StoreError) in
                try await store.chunk(chunk.sealed.sealedSha256)
            }
            guard let sealed else { throw .store(.damaged) }
            return try wrap({ _ in GatewayError.store(.damaged) }) { () throws(OpenRefusal) in
                try chunk.open(sealed, with: key)
            }
        }
    }
}

extension OrganisationGateway {
    /// One piece of an attachment of a sheet that was opened before.
    ///
    /// - Throws: `notFound` where it has no such piece.
    package func piece(
        _ index: Int,
        of attachment: ReceivedAttachment
    ) async throws(GatewayError) -> [UInt8] {
        guard (0..<attachment.pieceCount).contains(index) else { throw .notFound }
        return try await attachment.piece(index, from: store)
    }
}

extension PackedAttachments {
    /// Those of an own message, to be read as received ones are.
    func kept(of sheet: Sheet) -> [ReceivedAttachment] {
        zip(items, sheet.attachments).map { ReceivedAttachment($0, $1.mediaType, chunkKey) }
    }
}

extension InboxBundle {
    /// The attachments in the order of the sheet's list.
    func received() throws(GatewayError) -> [ReceivedAttachment] {
        var inline = attachments[...]
        var received: [ReceivedAttachment] = []
        for part in manifest.parts where part.kind == .attachment {
            if part.isChunked, let key = manifest.chunkKey {
                received.append(ReceivedAttachment(part, manifest, key))
            } else if let bytes = inline.popFirst() {
                received.append(ReceivedAttachment(part, inline: bytes))
            } else {
                throw .malformed(DecodingRefusal(.badForm))
            }
        }
        return received
    }
}
