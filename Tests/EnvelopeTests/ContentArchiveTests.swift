import Envelope
import Foundation
import Primitives
import Testing

/// The one byte string for some files.
struct ContentArchiveTests {
    private static func archive(_ sizes: [Int]) -> ContentArchive {
        ContentArchive(
            files: sizes.enumerated().map { index, size in
                ContentArchive.File(
                    name: "file-\(index).bin",
                    bytes: [UInt8](repeating: UInt8(index % 255 + 1), count: size)
                )
            }
        )
    }

    static let sizes: [[Int]] = [[], [0], [1], [511, 512, 513], [100_000], [0, 0, 7]]

    @Test(arguments: sizes)
    func `what is written is read`(_ sizes: [Int]) throws {
        let archive = Self.archive(sizes)
        let plain = archive.encoded()
        #expect(try ContentArchive(reading: plain).files == archive.files)
        let padded = archive.encoded(padding: Padding.sheet)
        #expect(try ContentArchive(reading: padded, padding: Padding.sheet).files == archive.files)
        #expect(padded.starts(with: plain))
    }

    @Test func `GNU tar takes it apart`() throws {
        let folder = try TemporaryFolder()
        let archive = Self.archive([5, 1000])
        let file = try folder.write("content.tar", archive.encoded(padding: Padding.sheet))
        let list = try OpenSSL.program("/usr/bin/tar", ["tvf", file, "--numeric-owner"])
        let lines = String(decoding: list, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix("-rw-r--r-- 0/0"))
        #expect(lines[0].hasSuffix("file-0.bin"))
        let bytes = try OpenSSL.program("/usr/bin/tar", ["xOf", file, "file-1.bin"])
        #expect(bytes == archive["file-1.bin"])
        #expect(archive["file-2.bin"] == nil)
    }

    @Test func `GNU tar makes the same bytes, told to`() throws {
        let folder = try TemporaryFolder()
        let archive = Self.archive([5, 1000])
        for file in archive.files { try folder.write(file.name, file.bytes) }
        let made = try OpenSSL.program(
            "/usr/bin/tar",
            [
                "c", "--format=ustar", "--numeric-owner", "--owner=:0", "--group=:0", "--mtime=@0",
                "--mode=0644", "-b", "1", "-f", "-", "file-0.bin", "file-1.bin",
            ],
            in: folder.url
        )
        // Device numbers of regular files are written as zeros there and are empty here.
        let mine = archive.encoded()
        #expect(made.count == mine.count)
        let different = mine.indices.filter { mine[$0] != made[$0] }
        #expect(different.allSatisfy { (148..<156).contains($0 % 512) || $0 % 512 >= 329 })
    }

    @Test func `every byte of a header counts`() throws {
        let good = Self.archive([5]).encoded()
        for index in 0..<512 {
            #expect(throws: DecodingRefusal.self, "byte \(index)") {
                _ = try ContentArchive(reading: good.flipped(at: index))
            }
        }
    }

    @Test func `no truncation is an archive`() throws {
        let good = Self.archive([5, 600]).encoded()
        for count in 0..<good.count {
            #expect(throws: DecodingRefusal.self) {
                _ = try ContentArchive(reading: Array(good.prefix(count)))
            }
        }
    }

    @Test func `there are not too many files`() throws {
        let most = Self.archive([Int](repeating: 0, count: 256))
        #expect(try ContentArchive(reading: most.encoded()).files.count == 256)
        let more = Self.archive([Int](repeating: 0, count: 257)).encoded()
        #expect(throws: DecodingRefusal(.tooLarge)) { _ = try ContentArchive(reading: more) }
    }

    @Test(arguments: [
        (0, 8192), (1, 8192), (8192, 8192), (8193, 12288), (32768, 32768), (32769, 36864),
        (65535, 65536), (65536, 65536), (65537, 73728), (1_048_577, 1_179_648),
        (2_000_000, 2_097_152), (2_097_152, 2_097_152),
    ])
    func `lengths are rounded up by steps`(count: Int, padded: Int) {
        #expect(Padding.sheet(count) == padded)
    }

    @Test func `padding costs an eighth at most`() {
        for count in stride(from: 32769, through: Limits.contentBytes, by: 997) {
            let padded = Padding.sheet(count)
            #expect(padded >= count && padded * 8 <= count * 9)
            #expect(Padding.sheet(padded) == padded)
        }
    }
}
