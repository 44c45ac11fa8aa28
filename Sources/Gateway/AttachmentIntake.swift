import Cryptography
package import Envelope
import Primitives
import Storage

/// Attachments on their way into a message. Their pieces are sealed and kept as they come; what no
/// message claims is dropped after some time.
package actor AttachmentIntake {
    private let store: any GatewayStore
    private let time: any TimeSource
    private var packer: AttachmentPacker

    init(
        _ store: any GatewayStore,
        _ time: any TimeSource,
        _ packer: consuming sending AttachmentPacker
    ) {
        self.store = store
        self.time = time
        self.packer = packer
    }

    /// Takes the next `Limits.chunkPlainBytes` of an attachment, or fewer at its end.
    ///
    /// - Throws: `seal` with `tooLarge` or `pieceUnfit`; what the store throws.
    package func take(_ piece: [UInt8]) async throws(GatewayError) {
        let sealed = try wrap(GatewayError.seal) { () throws(SealError) in
            try packer.take(piece)
        }
        guard let sealed else { return }
        let sha256 = SHA256.hash(sealed)
        try await wrap(GatewayError.store) { () async throws(StoreError) in
            try await store.keepChunk(sha256, sealed, at: time.now)
        }
    }

    /// The attachment under way is complete.
    package func end() { packer.end() }

    /// What was taken so far.
    package var packed: PackedAttachments { packer.packed }
}

extension OrganisationGateway {
    /// Takes the attachments of one message.
    package func intake() -> AttachmentIntake {
        AttachmentIntake(store, time, AttachmentPacker(random: random))
    }

    /// Takes attachments that are in memory already.
    package func packed(_ files: [[UInt8]]) async throws(GatewayError) -> PackedAttachments {
        let intake = intake()
        for file in files {
            for start in stride(from: 0, to: file.count, by: Limits.chunkPlainBytes) {
                let end = min(file.count, start + Limits.chunkPlainBytes)
                try await intake.take(Array(file[start..<end]))
            }
            await intake.end()
        }
        return await intake.packed
    }
}
