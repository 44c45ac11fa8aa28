package import Primitives

extension Manifest {
    package var bytes: [UInt8] { JSON.object(object).canonicalBytes }

    private var object: JSONObject {
        [
            "version": 1,
            "threadId": .string(threadID.text),
            "inReplyTo": inReplyTo.map {
                ["from": .string($0.from.text), "messageId": .string($0.messageID.text)]
            },
            "replaces": replaces.map {
                [
                    "messageId": .string($0.messageID.text),
                    "reason": .string($0.reason.rawValue),
                ]
            },
            "sheetType": .string(sheetType.text),
            "schemaVersion": .string(schemaVersion),
            "toDesks": toDesks.isEmpty
                ? nil
                : .array(
                    toDesks.map {
                        ["memberId": .string($0.member.text), "deskId": .string($0.desk.text)]
                    }
                ),
            "pairs": .array(
                pairs.map {
                    [
                        "memberId": .string($0.member.text),
                        "sequence": .integer($0.sequence),
                        "previousMessageId": $0.previous.map { .string($0.text) },
                    ]
                }
            ),
            "parts": .array(parts.map(\.json)),
            "chunks": chunks.isEmpty ? nil : .array(chunks.map(\.json)),
            "chunkKey": chunkKey.map {
                ["id": .string(Hex.encode($0.id)), "key": .string(Base64.encode($0.key))]
            },
            "replyDueAt": replyDueAt.map { .string($0.description) },
            "sender": [
                "product": .string(sender.product),
                "productVersion": .string(sender.productVersion),
                "supportTelephone": .string(sender.supportTelephone),
            ],
        ]
    }

    /// - Throws: `DecodingRefusal` unless `bytes` are a canonical manifest of version 1.
    package init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        let json = try JSON(canonical: bytes, .strict.within(Limits.manifestBytes))
        var reader = try ObjectReader(json)
        try reader.version()
        threadID = try reader.value("threadId", ThreadID.init(_:))
        inReplyTo = try Self.reference(&reader)
        replaces = try Self.replacement(&reader)
        sheetType = try reader.value("sheetType", SheetType.init(_:))
        schemaVersion = try reader.text("schemaVersion")
        toDesks = try Self.each(&reader, "toDesks", 0...Limits.recipients) {
            element throws(DecodingRefusal) in
            DeskAddress(
                member: try element.value("memberId", MemberID.init(_:)),
                desk: try element.value("deskId", DeskID.init(_:))
            )
        }
        pairs = try Self.each(&reader, "pairs", 1...Limits.recipients) {
            element throws(DecodingRefusal) in
            PairLink(
                member: try element.value("memberId", MemberID.init(_:)),
                sequence: Int64(try element.integer("sequence")),
                previous: try element.optionalValue("previousMessageId", MessageID.init(_:))
            )
        }
        parts = try Self.each(&reader, "parts", 1...Limits.parts) {
            element throws(DecodingRefusal) in try Part(&element)
        }
        chunks = try Self.each(&reader, "chunks", 0...Limits.chunks) {
            element throws(DecodingRefusal) in try Chunk(&element)
        }
        chunkKey = try Self.key(&reader)
        replyDueAt = try reader.optionalValue("replyDueAt", Timestamp.init(_:))
        // Gossip of other gateways; this version carries none itself and lets it stand.
        let seen = try reader.optionalArray("seenCheckpoints")
        guard seen.count <= Limits.seenCheckpoints, seen.allSatisfy({ $0.string != nil }) else {
            throw reader.refusal(.badForm, "seenCheckpoints")
        }
        sender = try Self.product(&reader)
        try reader.finish()
        guard chunks.isEmpty == (chunkKey == nil) else {
            throw reader.refusal(.missingMember, "chunkKey")
        }
    }

    private static func each<Element>(
        _ reader: inout ObjectReader,
        _ name: String,
        _ bounds: ClosedRange<Int>,
        _ read: (inout ObjectReader) throws(DecodingRefusal) -> Element
    ) throws(DecodingRefusal) -> [Element] {
        var elements: [Element] = []
        for var element in try reader.objects(name) {
            elements.append(try read(&element))
            try element.finish()
        }
        guard bounds.contains(elements.count) else { throw reader.refusal(.badForm, name) }
        return elements
    }

    private static func reference(
        _ reader: inout ObjectReader
    ) throws(DecodingRefusal) -> MessageReference? {
        guard reader.optional("inReplyTo") != nil else { return nil }
        var inner = try reader.object("inReplyTo")
        let reference = MessageReference(
            from: try inner.value("from", MemberID.init(_:)),
            messageID: try inner.value("messageId", MessageID.init(_:))
        )
        try inner.finish()
        return reference
    }

    private static func replacement(
        _ reader: inout ObjectReader
    ) throws(DecodingRefusal) -> Replacement? {
        guard reader.optional("replaces") != nil else { return nil }
        var inner = try reader.object("replaces")
        let replacement = Replacement(
            messageID: try inner.value("messageId", MessageID.init(_:)),
            reason: try inner.value("reason", Replacement.Reason.init(rawValue:))
        )
        try inner.finish()
        return replacement
    }

    private static func key(_ reader: inout ObjectReader) throws(DecodingRefusal) -> ChunkKey? {
        guard reader.optional("chunkKey") != nil else { return nil }
        var inner = try reader.object("chunkKey")
        let key = ChunkKey(
            id: try inner.value("id", Hex.decode),
            key: try inner.bytes("key")
        )
        try inner.finish()
        guard key.id.count == 16, key.key.count == 32 else {
            throw reader.refusal(.badForm, "chunkKey")
        }
        return key
    }

    private static func product(_ reader: inout ObjectReader) throws(DecodingRefusal) -> Product {
        var inner = try reader.object("sender")
        let product = Product(
            product: try inner.text("product"),
            productVersion: try inner.text("productVersion"),
            supportTelephone: try inner.text("supportTelephone")
        )
        try inner.finish()
        return product
    }
}

extension Manifest.Part {
    fileprivate var json: JSON {
        [
            "name": .string(name),
            "kind": .string(kind.rawValue),
            "mediaType": .string(mediaType),
            "byteLength": .integer(Int64(byteLength)),
            "sha256": .string(sha256.hex),
            "fileName": fileName.map { .string($0) },
            "chunked": isChunked ? true : nil,
            "signs": signs.map { .string($0) },
        ]
    }

    fileprivate init(_ reader: inout ObjectReader) throws(DecodingRefusal) {
        name = try reader.value("name") { ContentArchive.isName($0) ? $0 : nil }
        kind = try reader.value("kind", Kind.init(rawValue:))
        mediaType = try reader.text("mediaType")
        byteLength = try reader.integer("byteLength")
        sha256 = try reader.value("sha256", Digest.init(hex:))
        fileName = try reader.optionalText("fileName")
        isChunked = try reader.optionalBool("chunked") ?? false
        signs = try reader.optionalText("signs")
    }
}

extension Manifest.Chunk {
    fileprivate var json: JSON {
        [
            "part": .string(part),
            "index": .integer(Int64(index)),
            "byteLength": .integer(Int64(byteLength)),
            "plaintextSha256": .string(plaintextSha256.hex),
            "sealedLength": .integer(Int64(sealedLength)),
            "sealedSha256": .string(sealedSha256.hex),
        ]
    }

    fileprivate init(_ reader: inout ObjectReader) throws(DecodingRefusal) {
        part = try reader.value("part") { ContentArchive.isName($0) ? $0 : nil }
        index = try reader.integer("index")
        byteLength = try reader.integer("byteLength")
        plaintextSha256 = try reader.value("plaintextSha256", Digest.init(hex:))
        sealedLength = try reader.integer("sealedLength")
        sealedSha256 = try reader.value("sealedSha256", Digest.init(hex:))
    }
}
