import Foundation
import Primitives
import TestKit
import Testing

@testable import Pages

/// Small files of each kind, as they are taken and as they are not.
enum Files {
    static let pdf = "%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n".bytes
    static let text = "担当: 髙﨑\r\n".bytes
    static let ms932: [UInt8] = [0x92, 0x53, 0x93, 0x96, 0x2C, 0xB6, 0xC5, 0x0D, 0x0A]
    static let xml = [0xEF, 0xBB, 0xBF] + "\n<?xml version=\"1.0\"?><a>髙</a>".bytes
    static let tiff: [UInt8] = [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    static let heic = [0, 0, 0, 0x18] + "ftypheic".bytes + [0, 0, 0, 0] + "mif1heic".bytes

    /// What nobody but the camera's owner should know.
    static let place = "35.6895N139.6917E"

    // MARK: JPEG

    static func segment(_ marker: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let length = payload.count + 2
        return [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + payload
    }

    private static let jfif = segment(0xE0, "JFIF\0".bytes + [1, 2, 0, 0, 1, 0, 1, 0, 0])
    private static let profile = segment(0xE2, "ICC_PROFILE\0".bytes + [1, 1, 7])
    private static let adobe = segment(0xEE, "Adobe".bytes + [0, 100, 0, 0, 0, 0, 1])
    private static let tables = segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
    private static let frame = segment(0xC0, [8, 0, 1, 0, 1, 1, 1, 0x11, 0])
    private static let scan =
        segment(0xDA, [1, 1, 0, 0, 63, 0]) + [0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56]

    /// Exif with a row of the table before the one that says which way is up.
    static func exif(_ orientation: UInt8, isLittle: Bool = false) -> [UInt8] {
        let start: [UInt8] =
            isLittle
            ? "II".bytes + [42, 0, 8, 0, 0, 0, 2, 0] : "MM".bytes + [0, 42, 0, 0, 0, 8, 0, 2]
        let other = [UInt8](repeating: 1, count: 12)
        let row: [UInt8] =
            isLittle
            ? [0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]
            : [1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]
        return segment(0xE1, "Exif\0\0".bytes + start + other + row + [0, 0, 0, 0] + place.bytes)
    }

    /// A photograph as a telephone takes it.
    static func photograph(_ exif: [UInt8] = exif(6)) -> [UInt8] {
        [0xFF, 0xD8] + jfif + exif + segment(0xE1, "http://ns.adobe.com/xap/1.0/\0\(place)".bytes)
            + segment(0xE2, "MPF\0\(place)".bytes) + profile + segment(0xED, place.bytes)
            + segment(0xFE, place.bytes) + segment(0xE0, "JFXX\0\(place)".bytes) + adobe
            + tables + [0xFF] + frame + scan + exif + scan + [0xFF, 0xD9] + place.bytes
    }

    /// What is left of it.
    static func picture(_ exif: [UInt8] = up(6)) -> [UInt8] {
        let before = [0xFF, 0xD8] + jfif + exif + profile + adobe + tables + frame
        return before + scan + exif + scan + [0xFF, 0xD9]
    }

    /// Which way is up, and nothing else.
    static func up(_ orientation: UInt8) -> [UInt8] {
        let row: [UInt8] = [1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]
        let table = "MM".bytes + [0, 42, 0, 0, 0, 8, 0, 1] + row + [0, 0, 0, 0]
        return segment(0xE1, "Exif\0\0".bytes + table)
    }

    // MARK: PNG

    static func chunk(_ name: String, _ payload: [UInt8] = []) -> [UInt8] {
        [0, 0, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + name.bytes + payload
            + [1, 2, 3, 4]
    }

    static let png =
        PNGSieve.signature + chunk("IHDR", [UInt8](repeating: 1, count: 13))
        + chunk("iCCP", [9]) + chunk("IDAT", [UInt8](repeating: 5, count: 300)) + chunk("IEND")

    static let screenshot =
        PNGSieve.signature + chunk("IHDR", [UInt8](repeating: 1, count: 13))
        + chunk("tEXt", place.bytes) + chunk("iCCP", [9]) + chunk("eXIf", place.bytes)
        + chunk("zZzZ", place.bytes) + chunk("IDAT", [UInt8](repeating: 5, count: 300))
        + chunk("tIME", place.bytes) + chunk("iTXt", place.bytes) + chunk("IEND") + place.bytes
}

struct FileContentTests {
    /// What is kept of a file that comes in pieces.
    private static func kept(
        _ bytes: [UInt8],
        as kind: FileKind,
        by length: Int = .max
    ) throws -> [UInt8] {
        var reading = FileReading(as: kind)
        var kept: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let end = length > bytes.count - index ? bytes.count : index + length
            kept += try reading.take(Array(bytes[index..<end]))
            index = end
        }
        return try kept + reading.end()
    }

    private static let lengths = [1, 2, 3, 5, 11, 12, 13, 100, Int.max]

    private static let whole: [(FileKind, [UInt8])] = [
        (.pdf, Files.pdf), (.tiff, Files.tiff), (.heic, Files.heic), (.text, Files.text),
        (.csv, Files.ms932), (.csv, Files.text), (.xml, Files.xml), (.png, Files.png),
        (.jpeg, Files.picture()), (.text, [0x31]),
    ]

    @Test(arguments: whole.indices)
    func `a file that is what it says is kept byte for byte`(index: Int) throws {
        let (kind, bytes) = Self.whole[index]
        for length in Self.lengths {
            #expect(try Self.kept(bytes, as: kind, by: length) == bytes, "\(length)")
        }
    }

    @Test func `every file is refused under the name of another kind`() {
        for (kind, bytes) in Self.whole {
            for other in FileKind.allCases where other != kind {
                // Text has no first bytes, and what is text is a table as well.
                if kind.isText, other.isText, other != .xml { continue }
                #expect(throws: FileRefusal.self, "\(kind) as \(other)") {
                    _ = try Self.kept(bytes, as: other)
                }
            }
        }
        let refusal = FileRefusal.differs(named: .text, is: .pdf)
        #expect(throws: refusal) { _ = try Self.kept(Files.pdf, as: .text) }
        #expect(throws: FileRefusal.differs(named: .pdf, is: nil)) {
            _ = try Self.kept("PK\u{3}\u{4}word/document.xml".bytes, as: .pdf)
        }
        #expect(throws: FileRefusal.differs(named: .xml, is: nil)) {
            _ = try Self.kept(Files.text, as: .xml)
        }
    }

    @Test func `a photograph loses the place, and stays upright`() throws {
        let photographs: [(photograph: [UInt8], picture: [UInt8])] = [
            (Files.photograph(), Files.picture()),
            (Files.photograph(Files.exif(3, isLittle: true)), Files.picture(Files.up(3))),
            // As it is, and what no camera writes.
            (Files.photograph(Files.exif(1)), Files.picture([])),
            (Files.photograph(Files.exif(9)), Files.picture([])),
            (Files.photograph(Files.segment(0xE1, "Exif\0\0MM".bytes)), Files.picture([])),
            (
                Files.photograph(
                    Files.segment(0xE1, "Exif\0\0MM".bytes + [0, 42, 0xFF, 0xFF, 0xFF, 0xFF])
                ), Files.picture([])
            ),
        ]
        for (photograph, picture) in photographs {
            for length in Self.lengths {
                let kept = try Self.kept(photograph, as: .jpeg, by: length)
                #expect(kept == picture, "\(length)")
                #expect(kept.firstRange(of: Files.place.bytes) == nil)
            }
        }
    }

    @Test func `a screenshot loses what stands beside the picture`() throws {
        for length in Self.lengths {
            #expect(try Self.kept(Files.screenshot, as: .png, by: length) == Files.png)
        }
    }

    /// A picture that is kept is kept as it is: taking it again changes nothing.
    @Test func `what was taken once is taken again the same`() throws {
        let once = try Self.kept(Files.photograph(), as: .jpeg)
        #expect(try Self.kept(once, as: .jpeg) == once)
    }

    @Test func `a file that was cut is refused, wherever that is`() {
        let files: [(FileKind, [UInt8])] = [
            (.jpeg, Files.picture()), (.png, Files.png),
            (.pdf, Files.pdf.dropLast(2)),
        ]
        for (kind, bytes) in files {
            for count in 0..<bytes.count {
                #expect(throws: FileRefusal.self, "\(kind) \(count)") {
                    _ = try Self.kept(Array(bytes[..<count]), as: kind)
                }
            }
        }
    }

    /// Whatever is changed: it is taken or refused, and never more is kept than came, but for the
    /// one number of a photograph that is written anew.
    @Test func `no changed picture brings the reading down`() {
        let random = SeededRandom(seed: 11)
        for (kind, bytes) in [(FileKind.jpeg, Files.photograph()), (.png, Files.screenshot)] {
            for index in bytes.indices.dropFirst(FileKind.markBytes) {
                var wrong = bytes
                wrong[index] = random.bytes(1)[0]
                do {
                    let kept = try Self.kept(wrong, as: kind, by: 64)
                    #expect(kept.count <= bytes.count)
                } catch { #expect(error is FileRefusal) }
            }
        }
    }

    @Test(
        arguments: [
            [0x31, 0x00], [0x1B, 0x5B], [0x7F], [0x80], [0xFF, 0xFE, 0x41, 0x00], [0xA0],
            [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x81, 0x20], [0x81],
            [0xE9, 0xAB, 0x31, 0xFF],
        ] as [[UInt8]]
    )
    func `what is no text is none`(bytes: [UInt8]) {
        #expect(throws: FileRefusal.notText) { _ = try Self.kept(bytes, as: .text) }
        #expect(throws: FileRefusal.notText) {
            _ = try Self.kept(Files.text + bytes, as: .csv, by: 1)
        }
    }

    @Test func `text is one of two forms, not a bit of each`() {
        // The one is no UTF-8, the other no MS932.
        let mixed = Files.ms932 + "髙\n".bytes
        #expect(throws: FileRefusal.notText) { _ = try Self.kept(mixed, as: .text) }
    }

    @Test func `a file has a byte, and so many at most`() throws {
        #expect(throws: FileRefusal.empty) { _ = try Self.kept([], as: .pdf) }
        let most = Limits.attachedFileBytes
        let rest = [UInt8](repeating: 0x20, count: most - Files.pdf.count)
        let head = Array(Files.pdf.dropLast(6))
        var reading = FileReading(as: .pdf)
        _ = try reading.take(head)
        _ = try reading.take(rest)
        _ = try reading.take("%%EOF\n".bytes)
        _ = try reading.end()
        #expect(throws: FileRefusal.tooLarge) { _ = try reading.take([0]) }
    }

    // MARK: Names

    @Test(arguments: [
        ("計画.pdf", "計画.pdf", FileKind.pdf), ("C:\\辻󠄁本\\計画.PDF", "計画.PDF", .pdf),
        ("../../etc/a.txt", "a.txt", .text), ("a\u{202E}gpj.pdf", "agpj.pdf", .pdf),
        (" 写真\u{0}\r\n.JPEG\u{3000}", "写真.JPEG", .jpeg), ("..a.b.csv.", "a.b.csv", .csv),
        ("x.tif", "x.tif", .tiff), ("x.heif", "x.heif", .heic), ("x.xml", "x.xml", .xml),
        ("葛󠄀\u{FEFF}.png", "葛󠄀.png", .png),
    ])
    func `a name is kept without path and controls`(
        sent: String,
        kept: String,
        kind: FileKind
    ) throws {
        let name = try FileName(sent)
        #expect(name.text.bytes == kept.bytes && name.kind == kind)
    }

    @Test func `a name tells a kind, and is not too long`() throws {
        #expect(throws: FileRefusal.noFile) { _ = try FileName("") }
        for name in ["計画", "計画.docx", ".pdf", "a/.pdf", "a.pdf.exe", "pdf", "...", "/"] {
            #expect(throws: FileRefusal.unknownEnding, "\(name)") { _ = try FileName(name) }
        }
        let longest = String(repeating: "𠮷", count: Limits.attachedNameScalars - 4) + ".pdf"
        #expect(try FileName(longest).text == longest)
        #expect(throws: FileRefusal.nameTooLong) { _ = try FileName("x" + longest) }
    }

    // MARK: The form of the sheet

    @Test func `the sheet's form takes just these files`() throws {
        let common = try #require(
            try SheetExamples.catalogueFiles().first { $0.path == "common.json" }
        )
        let json = try JSON(reading: common.bytes, .general)
        let list = try #require(json["properties"]?["attachments"])
        #expect(list["maxItems"]?.integer == Int64(Limits.attachedFiles))
        let members = try #require(json["$defs"]?["Attachment"]?["properties"])
        #expect(members["byteLength"]?["maximum"]?.integer == Int64(Limits.attachedFileBytes))
        #expect(members["name"]?["maxLength"]?.integer == Int64(Limits.attachedNameScalars))
        let types = members["mediaType"]?["enum"]?.array?.compactMap(\.string) ?? []
        #expect(Set(types) == Set(FileKind.allCases.map(\.mediaType)))
        #expect(FileKind.allCases.allSatisfy { FileKind(mediaType: $0.mediaType) == $0 })
    }
}
