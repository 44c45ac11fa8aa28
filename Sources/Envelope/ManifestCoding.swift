package import Delivery
import Directory
package import Primitives

extension Manifest {
    /// Canonical JSON.
    package var bytes: [UInt8] {
        let json: JSON = [
            "version": 1,
            "threadId": .name(threadID),
            "inReplyTo": inReplyTo?.json,
            "replaces": replaces?.json,
            "sheetType": .name(sheetType),
            "schemaVersion": .string(schemaVersion),
            "toDesks": toDesks.isEmpty ? nil : .records(toDesks),
            "pairs": .records(pairs),
            "parts": .records(parts),
            "chunks": chunks.isEmpty ? nil : .records(chunks),
            "chunkKey": chunkKey?.json,
            "replyDueAt": replyDueAt.map { .time($0) },
            "seenCheckpoints": seenCheckpoints.isEmpty ? nil : .texts(seenCheckpoints),
            "sender": sender.json,
        ]
        return json.canonicalBytes
    }

    /// - Throws: `DecodingRefusal` unless `bytes` are a canonical manifest of version 1.
    package init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        var reader = try ObjectReader(
            try JSON(canonical: bytes, .strict.within(Limits.manifestBytes))
        )
        try reader.version()
        threadID = try reader.identifier("threadId")
        inReplyTo = try reader.optionalRecord("inReplyTo")
        replaces = try reader.optionalRecord("replaces")
        sheetType = try reader.identifier("sheetType")
        schemaVersion = try reader.text("schemaVersion")
        toDesks = try reader.optionalRecords("toDesks", atMost: Limits.recipients)
        pairs = try reader.records("pairs", atMost: Limits.recipients)
        parts = try reader.records("parts", atMost: Limits.parts)
        chunks = try reader.optionalRecords("chunks", atMost: Limits.chunks)
        chunkKey = try reader.optionalRecord("chunkKey")
        replyDueAt = try reader.optionalTime("replyDueAt")
        seenCheckpoints = try reader.optionalValues("seenCheckpoints") { $0 }
        sender = try reader.record("sender")
        try reader.finish()
        guard seenCheckpoints.count <= Limits.seenCheckpoints else {
            throw reader.refusal(.tooLarge, "seenCheckpoints")
        }
        guard chunks.isEmpty == (chunkKey == nil) else {
            throw reader.refusal(.missingMember, "chunkKey")
        }
    }
}

extension ObjectReader {
    /// 1 to `limit` objects.
    fileprivate mutating func records<Value: Record>(
        _ name: String,
        atMost limit: Int
    ) throws(DecodingRefusal) -> [Value] {
        let values: [Value] = try records(name)
        guard !values.isEmpty else { throw refusal(.missingMember, name) }
        guard values.count <= limit else { throw refusal(.tooLarge, name) }
        return values
    }

    fileprivate mutating func optionalRecords<Value: Record>(
        _ name: String,
        atMost limit: Int
    ) throws(DecodingRefusal) -> [Value] {
        optional(name) == nil ? [] : try records(name, atMost: limit)
    }
}

extension MessageKey: Record {
    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.init(
            from: try reader.identifier("from"),
            messageID: try reader.identifier("messageId")
        )
    }

    package var json: JSON { ["from": .name(from), "messageId": .name(messageID)] }
}

extension Manifest.Replacement: Record {
    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        messageID = try reader.identifier("messageId")
        reason = try reader.code("reason")
    }

    package var json: JSON { ["messageId": .name(messageID), "reason": .code(reason)] }
}

extension Manifest.DeskAddress: Record {
    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        member = try reader.identifier("memberId")
        desk = try reader.identifier("deskId")
    }

    package var json: JSON { ["memberId": .name(member), "deskId": .name(desk)] }
}

extension Manifest.PairLink: Record {
    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        member = try reader.identifier("memberId")
        sequence = Int64(try reader.count("sequence"))
        previous = try reader.optionalIdentifier("previousMessageId")
    }

    package var json: JSON {
        [
            "memberId": .name(member), "sequence": .integer(sequence),
            "previousMessageId": previous.map { .name($0) },
        ]
    }
}

extension Manifest.Part: Record {
    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        name = try reader.identifier("name")
        kind = try reader.code("kind")
        mediaType = try reader.text("mediaType")
        byteLength = try reader.count("byteLength")
        sha256 = try reader.digest("sha256")
        fileName = try reader.optionalText("fileName")
        signs = try reader.optionalIdentifier("signs")
        let chunked = try reader.optionalBool("chunked")
        guard chunked != false else { throw reader.refusal(.notCanonical, "chunked") }
        isChunked = chunked ?? false
        guard (signs != nil) == (kind == .personSignature) else {
            throw reader.refusal(.badForm, "signs")
        }
    }

    package var json: JSON {
        [
            "name": .name(name),
            "kind": .code(kind),
            "mediaType": .string(mediaType),
            "byteLength": .count(byteLength),
            "sha256": .hash(sha256),
            "fileName": fileName.map { .string($0) },
            "chunked": isChunked ? true : nil,
            "signs": signs.map { .name($0) },
        ]
    }
}

extension Manifest.Chunk: Record {
    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        part = try reader.identifier("part")
        index = try reader.count("index")
        byteLength = try reader.count("byteLength")
        plaintextSha256 = try reader.digest("plaintextSha256")
        sealed = try OfferedChunk(reading: &reader)
    }

    package var json: JSON {
        [
            "part": .name(part),
            "index": .count(index),
            "byteLength": .count(byteLength),
            "plaintextSha256": .hash(plaintextSha256),
            "sealedLength": .count(sealed.sealedLength),
            "sealedSha256": .hash(sealed.sealedSha256),
        ]
    }
}

extension Manifest.ChunkKey: Record {
    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        id = try reader.value("id") { text in
            Hex.decode(text).flatMap { $0.count == Self.idBytes ? $0 : nil }
        }
        key = try reader.bytes("key")
        guard key.count == Self.keyBytes else { throw reader.refusal(.badForm, "key") }
    }

    package var json: JSON { ["id": .string(Hex.encode(id)), "key": .bytes(key)] }

    static let idBytes = 16
    static let keyBytes = 32
}

extension Manifest.Product: Record {
    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        product = try reader.text("product")
        productVersion = try reader.text("productVersion")
        supportTelephone = try reader.text("supportTelephone")
    }

    package var json: JSON {
        [
            "product": .string(product),
            "productVersion": .string(productVersion),
            "supportTelephone": .string(supportTelephone),
        ]
    }
}
