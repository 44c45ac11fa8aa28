import Consent
import Cryptography
import Delivery
import Directory
import Envelope
import Primitives
import Sheets
import TestKit
import Testing

/// From a permit to sealed bytes.
struct SignerTests {
    private func sheet(
        _ messages: Messages,
        attachments: [[UInt8]],
        mediaType: JSON = "application/pdf"
    ) throws -> Sheet {
        try messages.sheet { sheet in
            sheet["attachments"] = .array(
                attachments.enumerated().map { index, bytes in
                    [
                        "name": .string("別紙\(index).pdf"), "mediaType": mediaType,
                        "byteLength": .count(bytes.count),
                        "sha256": .hash(SHA256.hash(bytes)), "kind": "other",
                    ]
                }
            )
        }
    }

    private func bytes(_ count: Int, _ seed: UInt64 = 1) -> [UInt8] {
        SeededRandom(seed: seed).bytes(count)
    }

    @Test func `the manifest says what surrounds the sheet`() async throws {
        let messages = try Messages(try await World.make())
        let sheet = try messages.sheet()
        var frame = messages.frame(sheet, from: .careOffice, to: [.clinic])
        let answered = MessageKey(
            from: messages.world.member(.clinic).id,
            messageID: MessageID.make(at: messages.world.start, SeededRandom(seed: 5))
        )
        frame.inReplyTo = answered
        frame.replaces = Manifest.Replacement(messageID: answered.messageID, reason: .resealed)
        frame.desks = [
            Manifest.DeskAddress(
                member: messages.world.member(.clinic).id,
                desk: try required(DeskID("liaison"))
            )
        ]
        let signed = try await messages.signer(.careOffice).sign(
            try messages.permit(sheet, to: [.clinic]),
            frame,
            attachments: .none
        )
        let content = try SignedData(reading: signed.contentDER, limit: Limits.sealedBytes)
        let archive = try ContentArchive(reading: content.content, padding: Padding.sheet)
        let manifest = try Manifest(reading: try required(archive["manifest.json"]))
        #expect(archive.files.map(\.name) == ["manifest.json", "routing.json", "sheet.json"])
        #expect(archive["routing.json"] == signed.routing.bytes)
        #expect(archive["sheet.json"] == sheet.bytes)
        #expect(manifest.inReplyTo == answered)
        #expect(manifest.replaces == frame.replaces)
        #expect(manifest.toDesks == frame.desks)
        #expect(manifest.pairs == frame.pairs)
        #expect(manifest.sender == frame.product)
        #expect(manifest.replyDueAt?.description == "2026-11-24T14:59:59.000Z")
        #expect(content.content.count == 8192 || content.content.count == 12288)
        #expect(content.binding == signed.routing.sha256)
        #expect(signed.contentSha256 == SHA256.hash(content.content))
    }

    @Test func `sealing again gives other bytes over the same content`() async throws {
        let messages = try Messages(try await World.make())
        let sheet = try messages.sheet()
        let signed = try await messages.signer(.careOffice).sign(
            try messages.permit(sheet, to: [.clinic]),
            messages.frame(sheet, from: .careOffice, to: [.clinic]),
            attachments: .none
        )
        #expect(try signed.sealed().bytes != signed.sealed().bytes)
    }

    @Test func `small attachments stand in the archive, large ones in chunks`() async throws {
        let messages = try Messages(try await World.make())
        let attachments = [
            bytes(Limits.unchunkedPartBytes), bytes(Limits.unchunkedPartBytes + 1, 2),
            bytes(2 * Limits.chunkPlainBytes + 1, 3),
        ]
        let sheet = try sheet(messages, attachments: attachments)
        let message = try await messages.message(sheet, attachments: attachments)
        #expect(message.chunks.count == 4)
        let padded = message.envelope.chunks.map { $0.sealedLength > Limits.chunkPlainBytes }
        #expect(padded == [false, true, true, false])
        let verified = try await messages.open(message.bytes, chunks: message.chunks)
        #expect(verified.attachments.map(\.bytes) == [attachments[0], nil, nil])
        #expect(verified.attachments.map(\.part.isChunked) == [false, true, true])
        #expect(verified.attachments.map(\.part.sha256) == attachments.map { SHA256.hash($0) })
        #expect(verified.attachments[0].part.fileName == "別紙0.pdf")
    }

    @Test func `many small attachments do not overfill the archive`() async throws {
        let messages = try Messages(try await World.make())
        let attachments = (0..<6).map { bytes(Limits.unchunkedPartBytes, UInt64($0)) }
        let sheet = try sheet(messages, attachments: attachments)
        let message = try await messages.message(sheet, attachments: attachments)
        #expect(message.envelope.bytes.count <= Limits.sealedBytes)
        #expect(!message.chunks.isEmpty)
        let verified = try await messages.open(message.bytes, chunks: message.chunks)
        #expect(verified.attachments.map(\.part.sha256) == attachments.map { SHA256.hash($0) })
    }

    @Test func `the attachments are those of the sheet`() async throws {
        let messages = try Messages(try await World.make())
        let attachment = bytes(100)
        let sheet = try sheet(messages, attachments: [attachment])
        for (wrong, index) in [
            ([], 0), ([attachment, attachment], 1), ([bytes(100, 2)], 0), ([bytes(99)], 0),
        ] as [([[UInt8]], Int)] {
            await #expect(throws: SealError.attachmentDiffers(index: index)) {
                _ = try await messages.message(sheet, attachments: wrong)
            }
        }
    }

    @Test func `a certificate that ends before the message does not sign`() async throws {
        let messages = try Messages(try await World.make())
        let sheet = try messages.sheet()
        let end = messages.world.member(.careOffice).signing.certificate.notAfter
        let usual = messages.frame(sheet, from: .careOffice, to: [.clinic])
        func sign(until expiry: Timestamp) async throws -> SignedSheet {
            let frame = Signer.Frame(
                key: usual.key,
                life: MessageLife(
                    createdAt: end.adding(.days(-1)),
                    expiresAt: expiry,
                    urgency: .urgent
                ),
                pairs: usual.pairs,
                product: usual.product
            )
            return try await messages.signer(.careOffice).sign(
                try messages.permit(sheet, to: [.clinic]),
                frame,
                attachments: .none
            )
        }
        #expect(try await sign(until: end).routing.expiresAt == end)
        await #expect(throws: SealError.certificateEnding) {
            _ = try await sign(until: end.adding(.milliseconds(1)))
        }
        // A life below the minimum is no routing header's.
        await #expect(throws: SealError.self) {
            _ = try await sign(until: end.adding(.days(-1)))
        }
    }

    @Test(arguments: [
        (SheetUrgency.emergency, Urgency.emergency), (.sameDay, .urgent), (.soon, .urgent),
        (.routine, .routine),
    ])
    func `the header tells how urgent a sheet is`(sheet: SheetUrgency, header: Urgency) {
        #expect(sheet.transport == header)
    }

    static let errors: [SealError] = [
        .keyStore(.unknownKey), .library(.unsuitableInput), .routing(DecodingRefusal(.badForm)),
        .tooLarge, .attachmentDiffers(index: 0), .pieceUnfit, .certificateEnding,
    ]

    @Test(arguments: errors)
    func `every error advises`(error: SealError) {
        #expect(!error.code.isEmpty && !error.summary.isEmpty && !error.advice.isEmpty)
        #expect(!error.isTemporary)
    }
}
