package import Primitives

/// The name of a backup file: `renkei-<kind>-<owner>-<time>.rkb`, and for the wrapped keys
/// `renkei-<kind>-<owner>-<time>-keys.rkb`. The time is UTC: `20261123T020304Z`.
package struct BackupName: Hashable, Sendable, CustomStringConvertible {
    package let kind: DataFolder.Kind
    package let owner: PartyID
    package let part: BackupManifest.Part
    /// To the second.
    package let madeAt: Timestamp

    package init(
        kind: DataFolder.Kind,
        owner: PartyID,
        part: BackupManifest.Part,
        madeAt: Timestamp
    ) {
        self.kind = kind
        self.owner = owner
        self.part = part
        self.madeAt = Timestamp(milliseconds: madeAt.seconds * 1000)
    }

    /// - Returns: nil for any other file.
    package init?(_ file: String) {
        guard file.hasSuffix(Self.suffix) else { return nil }
        let words = file.dropLast(Self.suffix.utf8.count)
            .split(separator: "-", omittingEmptySubsequences: false).map { String($0) }
        guard words.count == 4 || words.count == 5, words[0].hasSameBytes(as: "renkei"),
            let kind = DataFolder.Kind(rawValue: words[1]), let owner = PartyID(words[2]),
            let madeAt = Self.time(words[3])
        else { return nil }
        let part: BackupManifest.Part = words.count == 5 ? .keys : .store
        self.init(kind: kind, owner: owner, part: part, madeAt: madeAt)
        guard text.hasSameBytes(as: file) else { return nil }
    }

    package var text: String {
        let time = madeAt.description.prefix(19).filter { $0 != "-" && $0 != ":" }
        let tail = part == .keys ? "-keys" : ""
        return "renkei-\(kind.rawValue)-\(owner)-\(time)Z\(tail)\(Self.suffix)"
    }

    package var description: String { text }

    /// That of the other part of the same backup.
    package func of(_ part: BackupManifest.Part) -> BackupName {
        BackupName(kind: kind, owner: owner, part: part, madeAt: madeAt)
    }

    private static let suffix = ".rkb"

    private static func time(_ text: String) -> Timestamp? {
        let digits = text.bytes
        guard digits.count == 16 else { return nil }
        func part(_ range: Range<Int>) -> String { String(decoding: digits[range], as: UTF8.self) }
        return Timestamp(
            "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T"
                + "\(part(9..<11)):\(part(11..<13)):\(part(13..<15)).000Z"
        )
    }
}
