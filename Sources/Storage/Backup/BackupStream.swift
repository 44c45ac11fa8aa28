package import Primitives

/// Takes apart what the opened pieces of a backup hold, one after the other: files, whole and in
/// their places. Source: `backup.md` 3.
package struct BackupStream {
    package enum Step: Equatable {
        case begin(BackupEntry)
        /// Of the file that was begun last.
        case bytes(ArraySlice<UInt8>)
        case end
    }

    private let part: BackupManifest.Part
    private let kind: DataFolder.Kind
    private var head: [UInt8] = []
    /// Of the open file; nil between two files.
    private var missing: Int?
    private var paths: Set<ByteText> = []

    package init(of manifest: BackupManifest) {
        self.init(part: manifest.part, kind: manifest.kind)
    }

    init(part: BackupManifest.Part, kind: DataFolder.Kind) {
        self.part = part
        self.kind = kind
    }

    /// What a piece continues, begins and ends.
    ///
    /// - Throws: `badForm` for a path that no such backup has, `duplicateMember` for one that
    ///   came before.
    package mutating func steps(of piece: [UInt8]) throws(DecodingRefusal) -> [Step] {
        var steps: [Step] = []
        var rest = piece[...]
        while !rest.isEmpty {
            if let missing {
                let taken = rest.prefix(missing)
                steps.append(.bytes(taken))
                rest = rest.dropFirst(taken.count)
                self.missing = missing - taken.count
            } else if let entry = try entry(&rest) {
                steps.append(.begin(entry))
                missing = entry.byteCount
            }
            if missing == 0 {
                steps.append(.end)
                missing = nil
            }
        }
        return steps
    }

    /// - Throws: `badForm` unless all `files` were whole.
    package func finish(files: Int) throws(DecodingRefusal) {
        guard missing == nil, head.isEmpty, paths.count == files else {
            throw DecodingRefusal(.badForm)
        }
    }

    /// - Returns: nil where more of its head is to come.
    private mutating func entry(
        _ rest: inout ArraySlice<UInt8>
    ) throws(DecodingRefusal) -> BackupEntry? {
        guard take(2, &rest) else { return nil }
        let length = BackupEntry.number(head[..<2])
        guard (1...BackupEntry.pathBytes).contains(length) else {
            throw DecodingRefusal(.badForm)
        }
        guard take(2 + length + 8, &rest) else { return nil }
        guard let path = String(utf8Bytes: Array(head[2..<2 + length])),
            let entry = BackupEntry(
                path,
                byteCount: BackupEntry.number(head[(2 + length)...]),
                in: part,
                of: kind
            )
        else { throw DecodingRefusal(.badForm) }
        guard paths.insert(ByteText(path)).inserted else {
            throw DecodingRefusal(.duplicateMember)
        }
        head = []
        return entry
    }

    /// Moves bytes into the head until it has so many.
    private mutating func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> Bool {
        let taken = rest.prefix(max(0, count - head.count))
        head += taken
        rest = rest.dropFirst(taken.count)
        return head.count >= count
    }
}

/// The last bytes of a backup file: how long the manifest and the statement before them are.
package struct BackupTail: Hashable, Sendable {
    package let manifestBytes: Int
    package let statementBytes: Int

    package static let byteCount = 16
    private static let mark = "RENKEIB1"

    package init(manifestBytes: Int, statementBytes: Int) {
        self.manifestBytes = manifestBytes
        self.statementBytes = statementBytes
    }

    package var bytes: [UInt8] {
        BackupEntry.octets(manifestBytes, 4) + BackupEntry.octets(statementBytes, 4)
            + Self.mark.bytes
    }

    /// - Returns: nil for other bytes, and for lengths that no backup has.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount, Array(bytes[8...]) == Self.mark.bytes else {
            return nil
        }
        manifestBytes = BackupEntry.number(bytes[..<4])
        statementBytes = BackupEntry.number(bytes[4..<8])
        guard (1...Limits.backupManifestBytes).contains(manifestBytes),
            (1...Limits.statementBytes).contains(statementBytes)
        else { return nil }
    }
}
