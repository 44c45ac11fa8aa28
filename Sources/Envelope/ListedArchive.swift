import Cryptography
import Delivery
import Directory
import Primitives

/// The names that files of an archive may have, in the order in which they stand; `*` is a key's
/// name in a list's and a member's elsewhere.
struct FileOrder: Sendable {
    private let patterns: [String]

    init(_ patterns: [String]) { self.patterns = patterns }

    func precedes(_ left: String, _ right: String) -> Bool {
        let ranks = (rank(left) ?? patterns.count, rank(right) ?? patterns.count)
        return ranks.0 == ranks.1 ? ByteText(left) < ByteText(right) : ranks.0 < ranks.1
    }

    /// - Returns: nil for a name of no meaning.
    func rank(_ name: String) -> Int? {
        if let rank = patterns.firstIndex(where: { $0.hasSameBytes(as: name) }) { return rank }
        return patterns.firstIndex { pattern in
            let halves = pattern.split(separator: "*", omittingEmptySubsequences: false)
            guard halves.count == 2, name.hasPrefix(halves[0]), name.hasSuffix(halves[1]),
                name.count > pattern.count
            else { return false }
            let middle = String(name.dropFirst(halves[0].count).dropLast(halves[1].count))
            return pattern.hasPrefix("crl") ? KeyID(middle) != nil : MemberID(middle) != nil
        }
    }
}

/// An archive whose first file lists all others with their hashes, in one order.
struct ListedArchive: Sendable {
    /// The name of the first file.
    let list: String
    let order: FileOrder

    /// `members` are what the list says beside the files.
    func written(_ files: [ContentArchive.File], _ members: JSONObject) -> ContentArchive {
        let files = files.sorted { order.precedes($0.name, $1.name) }
        var members = members
        members["files"] = .array(files.map { Row($0).json })
        let bytes = JSON.object(members).canonicalBytes
        return ContentArchive(files: [ContentArchive.File(name: list, bytes: bytes)] + files)
    }

    /// - Throws: `EvidenceFault` where the archive is not canonical, or a file differs from the
    ///   list, is missing, is not listed, or has a name that means nothing here.
    func read<Head>(
        _ bytes: [UInt8],
        _ head: (inout ObjectReader) throws(DecodingRefusal) -> Head
    ) throws(EvidenceFault) -> (ContentArchive, Head) {
        let archive = try wrap({ _ in EvidenceFault("archive", .notCanonical) }) {
            () throws(DecodingRefusal) in try ContentArchive(reading: bytes)
        }
        guard let first = archive.files.first, first.name.hasSameBytes(as: list) else {
            throw EvidenceFault(list, .missing)
        }
        let (said, listed) = try wrap({ _ in EvidenceFault(list, .malformed) }) {
            () throws(DecodingRefusal) in
            var reader = try ObjectReader(try JSON(canonical: first.bytes))
            let said = try head(&reader)
            var rows: [Row] = []
            for row in try reader.objects("files") { rows.append(try Row(reading: row)) }
            try reader.finish()
            return (said, rows)
        }
        let present = Array(archive.files.dropFirst())
        try compare(present, listed)
        for (index, file) in present.enumerated() {
            guard order.rank(file.name) != nil else {
                throw EvidenceFault(file.name, .unknownFile)
            }
            guard index == 0 || order.precedes(present[index - 1].name, file.name) else {
                throw EvidenceFault(file.name, .notCanonical)
            }
        }
        return (archive, said)
    }

    private func compare(
        _ present: [ContentArchive.File],
        _ listed: [Row]
    ) throws(EvidenceFault) {
        let names = listed.map(\.name)
        for name in names where !present.contains(where: { $0.name.hasSameBytes(as: name) }) {
            throw EvidenceFault(name, .missing)
        }
        for file in present where !names.contains(where: { $0.hasSameBytes(as: file.name) }) {
            throw EvidenceFault(file.name, .notListed)
        }
        guard present.count == listed.count else { throw EvidenceFault(list, .malformed) }
        for (file, listed) in zip(present, listed) where Row(file) != listed {
            throw EvidenceFault(file.name, .listDiffers)
        }
    }

    /// What the list says of a file.
    private struct Row: Equatable {
        let name: String
        private let count: Int
        private let sha256: Digest

        init(_ file: ContentArchive.File) {
            name = file.name
            count = file.bytes.count
            sha256 = SHA256.hash(file.bytes)
        }

        init(reading row: ObjectReader) throws(DecodingRefusal) {
            var row = row
            name = try row.value("name") { PartName($0) }.text
            count = try row.count("byteLength")
            sha256 = try row.value("sha256") { Digest(hex: $0) }
            try row.finish()
        }

        var json: JSON {
            ["name": .string(name), "byteLength": .count(count), "sha256": .hash(sha256)]
        }
    }
}
