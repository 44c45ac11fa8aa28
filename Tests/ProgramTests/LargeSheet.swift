import Foundation
import Primitives
import Sheets

@testable import renkei

/// A type of sheet of its own, which allows an attachment of a gibibyte: files in the folder of an
/// installed program, and nothing else.
enum LargeSheet {
    private static let type = "imageSeries"

    /// A program with its own `share/renkei/schemas`, and what its exchange allows.
    static func install(in room: Room) throws -> CrashTown.Installed {
        let files = FileManager.default
        let schemas = room.path("share/renkei/schemas")
        try files.createDirectory(atPath: room.path("bin"), withIntermediateDirectories: true)
        try files.createDirectory(
            atPath: room.path("share/renkei"),
            withIntermediateDirectories: true
        )
        try files.linkItem(
            atPath: Session.products.path + "/renkei",
            toPath: room.path("bin/renkei")
        )
        try files.copyItem(atPath: try Installation.schemas(), toPath: schemas)
        let like = schemas + "/sheets/careLiaison"
        let own = schemas + "/sheets/" + type
        try files.copyItem(atPath: like, toPath: own)
        try Files.replace(
            own + "/schema.json",
            try schema(json(schemas + "/common.json"), json(like + "/schema.json")),
            mode: Files.readable
        )
        let settings = room.path("exchange.toml")
        try Files.create(
            settings,
            """
            [exchange]
            origin = "localhost"
            max_message = "1026MiB"
            pair_bytes = "2GiB"
            """.bytes,
            mode: Files.readable
        )
        return CrashTown.Installed(
            program: room.path("bin/renkei"),
            exchangeWords: ["--config", settings]
        )
    }

    /// The common part of all sheets with a larger attachment and the body of another sheet.
    private static func schema(_ common: JSON, _ like: JSON) -> [UInt8] {
        let text = common.canonicalText.replacingOccurrences(
            of: "\"types.json#",
            with: "\"../../types.json#"
        ).replacingOccurrences(of: "20971520", with: "\(1 << 30)")
        guard var schema = (try? JSON(reading: text.bytes, .general))?.object,
            var definitions = schema["$defs"]?.object,
            var properties = schema["properties"]?.object
        else { preconditionFailure("the common part is an object") }
        definitions["body"] = like["$defs"]?["body"]
        properties["sheetType"] = ["const": .string(type)]
        properties["schemaVersion"] = ["const": "1.0.0"]
        properties["body"] = ["$ref": "#/$defs/body"]
        schema["$defs"] = .object(definitions)
        schema["properties"] = .object(properties)
        schema["$id"] = .string("https://renkei.invalid/schemas/sheets/\(type)/schema.json")
        schema["title"] = "画像一式"
        return JSON.object(schema).canonicalBytes
    }

    private static func json(_ path: String) throws -> JSON {
        try JSON(reading: try Files.read(path, atMost: Limits.contentBytes), .general)
    }

    /// - Returns: the path of a sheet that lists one attachment.
    static func write(to room: Room, byteLength: Int, _ sha256: Digest) throws -> String {
        var sheet = try json(try Installation.demoData() + "/care-liaison.json").object ?? [:]
        sheet["sheetType"] = .string(type)
        sheet["attachments"] = [
            [
                "name": "large.pdf", "mediaType": "application/pdf",
                "byteLength": .integer(Int64(byteLength)), "sha256": .string(sha256.hex),
                "kind": "other",
            ]
        ]
        return try room.write("large.json", JSON.object(sheet).canonicalBytes)
    }
}
