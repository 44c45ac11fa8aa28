package import Audit
import Cryptography
package import Directory
package import Primitives

/// What stands in a backup file and how it is put together; a signed `BackupStatement` names its
/// hash. Source: `backup.md`.
package struct BackupManifest: Hashable, Sendable {
    /// The wrapped keys lie apart from what they open: their files are short-lived.
    package enum Part: String, Sendable {
        case store, keys
    }

    package let kind: DataFolder.Kind
    /// The exchange or the organisation that was backed up.
    package let owner: PartyID
    package let part: Part
    package let madeAt: Timestamp
    package let isSandbox: Bool
    /// Of the database in it.
    package let schema: Int
    package let product: ProductVersion
    package let files: Int
    package let trees: [BackupTree]
    /// Whose keys open it.
    package let recipients: [KeyID]
    /// In the order in which they stand in the file.
    package let pieces: [BackupPiece]

    package init(
        of name: BackupName,
        isSandbox: Bool,
        product: ProductVersion,
        facts: StoreCopy.Facts,
        contents: (files: Int, recipients: [KeyID], pieces: [BackupPiece])
    ) {
        (kind, owner, part, madeAt) = (name.kind, name.owner, name.part, name.madeAt)
        self.isSandbox = isSandbox
        self.product = product
        (schema, trees) = (facts.schema, facts.trees)
        (files, recipients, pieces) = contents
    }

    /// - Throws: `DecodingRefusal` unless `bytes` are what `canonicalBytes` of a manifest gives.
    package init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        let rules = JSONRules.strict.within(Limits.backupManifestBytes)
        var reader = try ObjectReader(try JSON(canonical: bytes, rules))
        try reader.version()
        kind = try reader.value("kind", DataFolder.Kind.init(rawValue:))
        owner = try reader.identifier("owner")
        part = try reader.code("part")
        madeAt = try reader.time("madeAt")
        isSandbox = try reader.bool("sandbox")
        schema = try reader.count("schema")
        product = try reader.identifier("productVersion")
        files = try reader.count("files")
        trees = try reader.records("trees")
        recipients = try reader.values("recipients") { KeyID($0) }
        pieces = try reader.records("pieces")
        try reader.finish()
        let isExchange = kind == .exchange
        guard isExchange == (owner.member == nil) else { throw reader.refusal(.badForm, "owner") }
        guard !pieces.isEmpty, pieces.count <= Limits.backupPieces else {
            throw reader.refusal(.badForm, "pieces")
        }
        guard (1...Limits.recipients).contains(recipients.count) else {
            throw reader.refusal(.badForm, "recipients")
        }
    }

    package var canonicalBytes: [UInt8] {
        let json: JSON = [
            "version": 1, "kind": .code(kind), "owner": .name(owner), "part": .code(part),
            "madeAt": .time(madeAt), "sandbox": .bool(isSandbox), "schema": .count(schema),
            "productVersion": .name(product), "files": .count(files), "trees": .records(trees),
            "recipients": .texts(recipients.map(\.text)), "pieces": .records(pieces),
        ]
        return json.canonicalBytes
    }

    /// What the file is called.
    package var name: BackupName {
        BackupName(kind: kind, owner: owner, part: part, madeAt: madeAt)
    }

    /// Of all pieces in the file.
    package var sealedBytes: Int { pieces.reduce(0) { $0 + $1.sealedLength } }
}

/// One AuthEnvelopedData of a backup.
package struct BackupPiece: Record, Hashable {
    package let sealedSha256: Digest
    package let sealedLength: Int

    package init(_ sealed: [UInt8]) {
        sealedSha256 = SHA256.hash(sealed)
        sealedLength = sealed.count
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        sealedSha256 = try reader.digest("sealedSha256")
        sealedLength = try reader.count("sealedLength")
        guard (1...Self.limit).contains(sealedLength) else {
            throw reader.refusal(.badForm, "sealedLength")
        }
    }

    package var json: JSON {
        ["sealedSha256": .hash(sealedSha256), "sealedLength": .count(sealedLength)]
    }

    /// With an entry for each recipient.
    package static let limit = Limits.backupPieceBytes + 16 * 1024
}

/// How far a tree had come, and its newest checkpoint as far as there was one.
package struct BackupTree: Record, Hashable {
    package let origin: TreeOrigin
    package let size: Int
    package let checkpointSha256: Digest?

    package init(origin: TreeOrigin, size: Int, checkpointSha256: Digest?) {
        self.origin = origin
        self.size = size
        self.checkpointSha256 = checkpointSha256
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        origin = try reader.value("origin") { TreeOrigin($0) }
        size = try reader.count("size")
        checkpointSha256 = try reader.optionalDigest("checkpointSha256")
    }

    package var json: JSON {
        [
            "origin": .string(origin.text), "size": .count(size),
            "checkpointSha256": checkpointSha256.map { .hash($0) },
        ]
    }
}

/// A place vouches for a backup of itself.
package struct BackupStatement: StatementBody, Hashable {
    package static let type = StatementType.backup

    package let issuer: PartyID
    package let manifest: Digest

    package init(by issuer: PartyID, manifest: Digest) {
        self.issuer = issuer
        self.manifest = manifest
    }

    package init(issuer: PartyID, reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.issuer = issuer
        manifest = try reader.digest("manifestSha256")
    }

    package var members: JSONObject { ["manifestSha256": .hash(manifest)] }
}
