import Delivery
package import Primitives

/// A deterministic ustar archive (POSIX.1-1988): the one byte string for its files.
///
/// Regular files only, mode 0644, owner, group and time zero, names of `PartForm`, two zero blocks
/// at the end, then zero bytes up to the padded length. Source: `envelope.md` 2.2.
package struct ContentArchive: Sendable {
    /// A file by its name; content, so it is never printed.
    package struct File: Sendable, Equatable {
        package let name: String
        package let bytes: [UInt8]

        /// Takes a name of `PartForm`.
        package init(name: String, bytes: [UInt8]) {
            precondition(PartName(name) != nil, "a name in an archive is never a path")
            self.name = name
            self.bytes = bytes
        }
    }

    package let files: [File]

    package init(files: [File]) { self.files = files }

    package subscript(name: String) -> [UInt8]? {
        files.first { $0.name.hasSameBytes(as: name) }?.bytes
    }

    /// The archive, filled up with zero bytes to `padding` of its length.
    package func encoded(padding: (Int) -> Int = Padding.blocks) -> [UInt8] {
        var archive: [UInt8] = []
        let whole = files.reduce(2) { $0 + 1 + TarHeader.blocks($1.bytes.count) / TarHeader.block }
        archive.reserveCapacity(padding(whole * TarHeader.block))
        for file in files {
            archive += TarHeader.bytes(file.name, file.bytes.count)
            archive += file.bytes
            Self.fill(&archive, to: TarHeader.blocks(archive.count))
        }
        Self.fill(&archive, to: archive.count + 2 * TarHeader.block)
        Self.fill(&archive, to: padding(archive.count))
        return archive
    }

    /// - Throws: `DecodingRefusal` unless `bytes` are what `encoded` with this `padding` writes.
    package init(
        reading bytes: [UInt8],
        padding: (Int) -> Int = Padding.blocks
    ) throws(DecodingRefusal) {
        var files: [File] = []
        var names: Set<ByteText> = []
        var position = 0
        while true {
            guard position + 2 * TarHeader.block <= bytes.count else {
                throw DecodingRefusal(.badForm)
            }
            if bytes[position] == 0 { break }
            let file = try Self.file(bytes, &position)
            guard names.insert(ByteText(file.name)).inserted else {
                throw DecodingRefusal(.duplicateMember)
            }
            guard files.count < Self.fileLimit else { throw DecodingRefusal(.tooLarge) }
            files.append(file)
        }
        guard bytes[position...].allSatisfy({ $0 == 0 }),
            bytes.count == padding(position + 2 * TarHeader.block)
        else { throw DecodingRefusal(.notCanonical) }
        self.files = files
    }

    /// An evidence archive holds more files than the `Limits.parts` and two of a content archive.
    private static let fileLimit = 256

    private static func fill(_ archive: inout [UInt8], to count: Int) {
        archive.append(contentsOf: repeatElement(0, count: max(0, count - archive.count)))
    }

    private static func file(
        _ bytes: [UInt8],
        _ position: inout Int
    ) throws(DecodingRefusal) -> File {
        let start = position + TarHeader.block
        guard let header = TarHeader(reading: bytes[position..<start]),
            header.length <= bytes.count - start
        else { throw DecodingRefusal(.badForm) }
        let end = start + header.length
        position = TarHeader.blocks(end)
        guard position <= bytes.count, bytes[end..<position].allSatisfy({ $0 == 0 }) else {
            throw DecodingRefusal(.badForm)
        }
        return File(name: header.name, bytes: Array(bytes[start..<end]))
    }
}

/// The one header block for a name and a length.
private struct TarHeader {
    static let block = 512

    let name: String
    let length: Int

    /// - Returns: nil for any block that `bytes` would not have written: writing it again and
    ///   comparing checks every other field at once.
    init?(reading block: ArraySlice<UInt8>) {
        let fields = Array(block)
        guard let name = String(utf8Bytes: fields[0..<64].prefix { $0 != 0 }),
            PartName(name) != nil, let length = Self.octal(fields[124..<135]),
            Self.bytes(name, length) == fields
        else { return nil }
        self.name = name
        self.length = length
    }

    /// Whole blocks.
    static func blocks(_ count: Int) -> Int { (count + block - 1) / block * block }

    static func bytes(_ name: String, _ length: Int) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: block)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        put(name, at: 0)
        put("0000644", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(octal(length, digits: 11), at: 124)
        put("00000000000", at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(octal(sum, digits: 6) + "\0 ", at: 148)
        return header
    }

    private static func octal(_ value: Int, digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }

    private static func octal(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
            value = value << 3 | Int(digit - UInt8(ascii: "0"))
        }
        return value
    }
}

/// How long plaintext is made, so that its length tells little. Source: `envelope.md` 8.
package enum Padding {
    /// Up to 32 KiB the next multiple of 4 KiB (at least 8 KiB); above, the next multiple of
    /// 2^(⌊log2 n⌋ - 3), at most 12.5 % more.
    package static func sheet(_ count: Int) -> Int {
        let step =
            count <= 32 * 1024
            ? 4 * 1024 : 1 << (Int.bitWidth - 1 - count.leadingZeroBitCount - 3)
        return max(8 * 1024, (count + step - 1) / step * step)
    }

    /// Whole tar blocks only: evidence files hold nothing to hide by length.
    package static func blocks(_ count: Int) -> Int { count }
}
