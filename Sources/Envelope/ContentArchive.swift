package import Primitives

/// A deterministic ustar archive (POSIX.1-1988): the one byte string for its files.
///
/// Regular files only, mode 0644, owner, group and time zero, names `^[a-z0-9][a-z0-9.-]{0,63}$`,
/// two zero blocks at the end, then zero bytes up to the padded length.
package struct ContentArchive: Sendable {
    package struct File: Sendable, Equatable {
        package let name: String
        package let bytes: [UInt8]

        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    package let files: [File]

    package init(files: [File]) { self.files = files }

    package subscript(name: String) -> [UInt8]? {
        files.first { $0.name.hasSameBytes(as: name) }?.bytes
    }

    /// The archive filled up with zero bytes to `padding` of its length.
    package func encoded(padding: (Int) -> Int = Padding.blocks) -> [UInt8] {
        var archive: [UInt8] = []
        for file in files {
            archive.append(contentsOf: Self.header(file.name, file.bytes.count))
            archive.append(contentsOf: file.bytes)
            Self.fill(&archive, to: Self.roundedUp(archive.count))
        }
        Self.fill(&archive, to: archive.count + 2 * Self.block)
        Self.fill(&archive, to: padding(archive.count))
        return archive
    }

    /// - Throws: `DecodingRefusal` unless `bytes` are what `encoded` would have written, up to the
    ///   number of zero bytes at the end.
    package init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        guard bytes.count.isMultiple(of: Self.block) else { throw DecodingRefusal(.badForm) }
        var files: [File] = []
        var position = 0
        while true {
            guard position + 2 * Self.block <= bytes.count else { throw DecodingRefusal(.badForm) }
            if bytes[position] == 0 { break }
            let file = try Self.file(bytes, &position)
            guard !files.contains(where: { $0.name.hasSameBytes(as: file.name) }) else {
                throw DecodingRefusal(.duplicateMember)
            }
            files.append(file)
            guard files.count <= Limits.parts + 2 + Self.evidenceFiles else {
                throw DecodingRefusal(.tooLarge)
            }
        }
        guard bytes[position...].allSatisfy({ $0 == 0 }) else { throw DecodingRefusal(.badForm) }
        self.files = files
    }

    package static func isName(_ name: String) -> Bool {
        let letters = name.bytes
        guard let first = letters.first, letters.count <= 64, isPlain(first) else { return false }
        return letters.allSatisfy {
            isPlain($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
        }
    }

    private static let block = 512
    /// An evidence archive may hold more files than a content archive.
    private static let evidenceFiles = 256

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func roundedUp(_ count: Int) -> Int { (count + block - 1) / block * block }

    private static func fill(_ archive: inout [UInt8], to count: Int) {
        archive.append(contentsOf: repeatElement(0, count: max(0, count - archive.count)))
    }

    private static func file(
        _ bytes: [UInt8],
        _ position: inout Int
    ) throws(DecodingRefusal) -> File {
        let header = Array(bytes[position..<position + block])
        guard let name = String(utf8Bytes: header[0..<64].prefix { $0 != 0 }), isName(name),
            let length = octal(header[124..<135])
        else { throw DecodingRefusal(.badForm) }
        // Writing the header again and comparing checks every other field at once.
        guard header == self.header(name, length) else { throw DecodingRefusal(.badForm) }
        let start = position + block
        guard length <= bytes.count - start else { throw DecodingRefusal(.badForm) }
        let end = start + length
        position = roundedUp(end)
        guard position <= bytes.count, bytes[end..<position].allSatisfy({ $0 == 0 }) else {
            throw DecodingRefusal(.badForm)
        }
        return File(name: name, bytes: Array(bytes[start..<end]))
    }

    private static func octal(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
            value = value << 3 | Int(digit - UInt8(ascii: "0"))
        }
        return value
    }

    private static func header(_ name: String, _ length: Int) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: block)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        let size = String(length, radix: 8)
        put(name, at: 0)
        put("0000644", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(String(repeating: "0", count: 11 - size.utf8.count) + size, at: 124)
        put("00000000000", at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar", at: 257)
        put("00", at: 263)
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        put(String(repeating: "0", count: 6 - sum.utf8.count) + sum + "\0 ", at: 148)
        return header
    }
}

/// How long plaintext is made, so that its length tells little.
package enum Padding {
    /// Up to 32 KiB the next multiple of 4 KiB (at least 8 KiB); above, the next multiple of
    /// 2^(⌊log2 n⌋ - 3), at most 12.5 % more.
    package static func sheet(_ count: Int) -> Int {
        let step: Int
        if count <= 32 * 1024 {
            step = 4 * 1024
        } else {
            step = 1 << (Int.bitWidth - 1 - count.leadingZeroBitCount - 3)
        }
        return max(8 * 1024, (count + step - 1) / step * step)
    }

    /// Whole tar blocks only: evidence files hold nothing to hide by length.
    package static func blocks(_ count: Int) -> Int { count }
}
