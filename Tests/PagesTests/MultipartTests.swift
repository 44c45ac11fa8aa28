import HTTP
import Primitives
import Testing

@testable import HTTP
@testable import Pages

/// A form with a file as a browser would post it.
enum FileForm {
    struct Part {
        let name: String
        var fileName: String?
        var bytes: [UInt8] = []
    }

    static let boundary = "----geckoformboundaryf00d"
    static let type = "multipart/form-data; boundary=" + boundary

    static func bytes(_ parts: [Part]) -> [UInt8] {
        parts.flatMap { part in
            let file = part.fileName.map { "; filename=\"\(escaped($0))\"" } ?? ""
            let type = file.isEmpty ? "" : "Content-Type: application/octet-stream\r\n"
            let head = "Content-Disposition: form-data; name=\"\(part.name)\"\(file)\r\n\(type)\r\n"
            return "--\(boundary)\r\n\(head)".bytes + part.bytes + "\r\n".bytes
        } + "--\(boundary)--\r\n".bytes
    }

    private static func escaped(_ name: String) -> String {
        name.replacing("\"", with: "%22").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }
}

struct MultipartTests {
    private typealias Event = MultipartReader.Event

    /// The events of a body that comes in pieces of this length, with the bytes of a part joined.
    private static func read(_ body: [UInt8], by length: Int = .max) throws -> [Event] {
        var reader = try MultipartReader(contentType: FileForm.type)
        var events: [Event] = []
        var index = 0
        while index < body.count {
            let end = length > body.count - index ? body.count : index + length
            for event in try reader.feed(Array(body[index..<end])) {
                if case .bytes(let more) = event, case .bytes(let earlier)? = events.last {
                    events[events.count - 1] = .bytes(earlier + more)
                } else {
                    events.append(event)
                }
            }
            index = end
        }
        try reader.finish()
        return events
    }

    private static func head(_ name: String, _ fileName: String? = nil) -> Event {
        .part(MultipartHead(name: name, fileName: fileName))
    }

    /// Of everything that looks like the end of a part and is none.
    private static let file =
        "\r\n--\r\n\r\n\r\n--\(FileForm.boundary.dropLast())\r\n--".bytes + [0, 0xFF]
    private static let body = FileForm.bytes([
        .init(name: "token", bytes: "t".bytes), .init(name: "none"),
        .init(name: "file", fileName: "辻󠄁本 \"計画\".pdf", bytes: file),
    ])
    private static let events: [Event] = [
        head("token"), .bytes("t".bytes), .end, head("none"), .end,
        head("file", "辻󠄁本 \"計画\".pdf"), .bytes(file), .end,
    ]

    @Test func `a form is the same however it comes`() throws {
        for length in [1, 2, 3, 7, 40, 61, Self.body.count] {
            #expect(try Self.read(Self.body, by: length) == Self.events, "\(length)")
        }
        let bare = Array(Self.body.dropLast(2))
        #expect(try Self.read(bare) == Self.events, "the last line need not end")
    }

    @Test func `a form that is cut is refused, wherever that is`() {
        for count in 0..<(Self.body.count - 2) {
            #expect(throws: HTTPFailure.malformed, "\(count)") {
                _ = try Self.read(Array(Self.body[..<count]))
            }
        }
        #expect(throws: HTTPFailure.malformed) { _ = try Self.read(Self.body.dropLast()) }
    }

    @Test func `nothing that is changed in one place is taken for another form`() throws {
        // The type that a browser guesses is not looked at.
        let guess = Self.body.firstRange(of: " application/octet-stream".bytes)
        let unseen = try #require(guess)
        for index in Self.body.indices where !unseen.contains(index) {
            var wrong = Self.body
            wrong[index] ^= 0x01
            do {
                #expect(try Self.read(wrong) != Self.events, "\(index)")
            } catch HTTPFailure.malformed {}
        }
    }

    @Test(arguments: [
        "", "name=\"a\"", "form-data", "form-data; name=a", "form-data; name=\"\"",
        "form-data; name=\"a\"; name=\"b\"", "form-data; name=\"a\"; size=\"1\"",
        "form-data; name=\"a", "form-data; name=\"a\" x", "form-data name=\"a\"",
        "form-data; name=\"a\"; filename*=UTF-8''b.pdf", "attachment; name=\"a\"",
        "form-data; name=\"a\u{1}\"", "form-data; filename=\"a\"",
    ])
    func `a part without a plain name is refused`(disposition: String) {
        let body = "--\(FileForm.boundary)\r\nContent-Disposition: \(disposition)\r\n\r\n1\r\n"
        #expect(throws: HTTPFailure.malformed) {
            _ = try Self.read((body + "--\(FileForm.boundary)--\r\n").bytes)
        }
    }

    @Test(arguments: [
        "", "X-Other: 1\r\nContent-Disposition: form-data; name=\"a\"",
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"",
        "Content-Disposition: form-data; name=\"a\"\r\nContent-Type: a\r\nContent-Type: b",
        "Content-Disposition: form-data; name=\"a\"\nContent-Type: b", "no field",
        "Content-Disposition : form-data; name=\"a\"",
    ])
    func `a head that no browser sends is refused`(head: String) {
        let body = "--\(FileForm.boundary)\r\n\(head)\r\n\r\n1\r\n--\(FileForm.boundary)--\r\n"
        #expect(throws: HTTPFailure.malformed) { _ = try Self.read(body.bytes) }
    }

    @Test func `a name that is no UTF-8 is refused`() {
        let start = "--\(FileForm.boundary)\r\nContent-Disposition: form-data; name=\"".bytes
        let end = "\"\r\n\r\n1\r\n--\(FileForm.boundary)--\r\n".bytes
        #expect(throws: Never.self) { _ = try Self.read(start + "a".bytes + end) }
        for name: [UInt8] in [[0x83, 0x5C], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF]] {
            #expect(throws: HTTPFailure.malformed) { _ = try Self.read(start + name + end) }
        }
    }

    @Test(arguments: ["x", "\r\n", "\r\n\r\n", "--", "\r\nx"])
    func `nothing stands before the first boundary or behind the last`(more: String) {
        #expect(throws: HTTPFailure.malformed) { _ = try Self.read(more.bytes + Self.body) }
        #expect(throws: HTTPFailure.malformed) { _ = try Self.read(Self.body + more.bytes) }
    }

    @Test func `a form has so many parts, and a head so many bytes`() throws {
        let most = MultipartReader.maximumParts
        let parts = (0...most).map { FileForm.Part(name: "\($0)") }
        #expect(try Self.read(FileForm.bytes(parts.dropLast())).count == 2 * most)
        #expect(throws: HTTPFailure.tooLarge) { _ = try Self.read(FileForm.bytes(parts)) }
        let long = String(repeating: "x", count: MultipartReader.maximumHeadBytes)
        for length in [1000, Int.max] {
            #expect(throws: HTTPFailure.malformed) {
                _ = try Self.read(FileForm.bytes([.init(name: long)]), by: length)
            }
        }
        // It does not wait for an end that never comes.
        var reader = try MultipartReader(contentType: FileForm.type)
        #expect(throws: HTTPFailure.malformed) {
            _ = try reader.feed("--\(FileForm.boundary)\r\n\(long)".bytes)
        }
    }

    @Test func `one boundary is named, in a form that RFC 2046 has`() throws {
        for type in [
            nil, "", "multipart/form-data", "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"\"", "multipart/mixed; boundary=a",
            "multipart/form-data; boundary=a b", "multipart/form-data; boundary=a; boundary=b",
            "multipart/form-data; boundary=a\"", "multipart/form-data; charset=utf-8",
            "multipart/form-data; boundary=" + String(repeating: "a", count: 71),
        ] {
            #expect(throws: HTTPFailure.malformed, "\(type ?? "none")") {
                _ = try MultipartReader(contentType: type)
            }
        }
        for type in ["Multipart/Form-Data;boundary=a", "multipart/form-data; BOUNDARY=\"a:b\""] {
            _ = try MultipartReader(contentType: type)
        }
    }
}
