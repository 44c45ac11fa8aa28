import Envelope
import Primitives

/// What a command asks a running service, or the folder itself, to do: a name, JSON, and files.
///
/// On the control socket it is one archive: `call.json`, then `file-1`, `file-2` and so on. The
/// answer has the same form.
struct ControlCall: Sendable {
    let name: String
    let json: JSON
    let files: [[UInt8]]

    init(_ name: String, _ json: JSON = [:], files: [[UInt8]] = []) {
        self.name = name
        self.json = json
        self.files = files
    }

    var bytes: [UInt8] {
        ControlArchive.bytes(["name": .string(name), "value": json], files)
    }

    init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        let (json, files) = try ControlArchive.read(bytes)
        var reader = try ObjectReader(json)
        name = try reader.text("name")
        self.json = try reader.required("value")
        self.files = files
    }
}

/// What came of a call.
struct ControlAnswer: Sendable {
    let json: JSON
    let files: [[UInt8]]

    init(_ json: JSON = [:], files: [[UInt8]] = []) {
        self.json = json
        self.files = files
    }

    var bytes: [UInt8] { ControlArchive.bytes(["value": json], files) }

    /// - Throws: `RelayedError` where the service answered with an error.
    init(reading bytes: [UInt8]) throws {
        let (json, files) = try ControlArchive.read(bytes)
        if let error = json["error"] { throw try RelayedError(error) }
        self.json = json["value"] ?? [:]
        self.files = files
    }

    static func bytes(_ error: any Explained) -> [UInt8] {
        ControlArchive.bytes(["error": RelayedError(error).json], [])
    }
}

/// An error of a service as its command line tells it.
struct RelayedError: Explained {
    let code: String
    let summary: String
    let advice: String
    let isTemporary: Bool
    /// Problems of a sheet, one a line.
    let details: [String]
    /// Said where the case inside the code is still known.
    let japanese: Saying

    init(_ error: any Explained) {
        code = error.code
        summary = error.summary
        advice = error.advice
        isTemporary = error.isTemporary
        details = ErrorDetails.lines(of: error)
        japanese = Saying(error, .japanese)
    }

    init(_ json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        code = try reader.text("code")
        summary = try reader.text("summary")
        advice = try reader.text("advice")
        isTemporary = try reader.bool("isTemporary")
        details = try reader.array("details").compactMap(\.string)
        japanese = try Saying(reading: try reader.required("japanese"))
    }

    var json: JSON {
        [
            "code": .string(code), "summary": .string(summary), "advice": .string(advice),
            "isTemporary": .bool(isTemporary), "details": .array(details.map { .string($0) }),
            "japanese": japanese.json,
        ]
    }
}

private enum ControlArchive {
    static func bytes(_ json: JSON, _ files: [[UInt8]]) -> [UInt8] {
        let call = ContentArchive.File(name: "call.json", bytes: json.canonicalBytes)
        let others = files.enumerated().map {
            ContentArchive.File(name: "file-\($0.offset + 1)", bytes: $0.element)
        }
        return ContentArchive(files: [call] + others).encoded()
    }

    static func read(_ bytes: [UInt8]) throws(DecodingRefusal) -> (JSON, [[UInt8]]) {
        let archive = try ContentArchive(reading: bytes)
        guard let first = archive.files.first else { throw DecodingRefusal(.missingMember) }
        let json = try JSON(reading: first.bytes, .strict.within(Limits.batchBytes))
        return (json, archive.files.dropFirst().map(\.bytes))
    }
}
