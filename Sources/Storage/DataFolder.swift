package import Primitives

/// The data folder of one process: its kind, its form, and the lock that keeps others out.
///
/// `format` holds `{"created", "kind", "sandbox", "schema"}`; `lock` is held while this value
/// lives.
package final class DataFolder: Sendable {
    package enum Kind: String, Sendable {
        case exchange, gateway
    }

    package let path: String
    /// Made for trying out; nothing real may be sent from it.
    package let isSandbox: Bool
    private let lock: LockFile

    /// The form of the folder itself; the databases count their own.
    static let schema: Int64 = 1

    /// Makes the folder if need be, writes its `format` and opens it.
    ///
    /// - Throws: `unknownFile` when there is a `format` file already; otherwise as opening does.
    package static func create(
        _ path: String,
        kind: Kind,
        isSandbox: Bool,
        at now: Timestamp
    ) throws(StoreError) -> DataFolder {
        try FileSystem.makeFolder(path)
        guard try FileSystem.read(path + "/format") == nil else { throw .unknownFile }
        let format: JSON = [
            "created": .string(now.description),
            "kind": .string(kind.rawValue),
            "sandbox": .bool(isSandbox),
            "schema": .integer(schema),
        ]
        try FileSystem.write(path + "/format", format.canonicalBytes)
        return try DataFolder(path, kind: kind)
    }

    /// Opens a folder for this process alone.
    ///
    /// - Throws: `noStore`, `unknownFile` (also for the other kind of place), `newerSchema`,
    ///   `locked`.
    package init(_ path: String, kind: Kind) throws(StoreError) {
        guard let bytes = try FileSystem.read(path + "/format") else { throw .noStore }
        let format = try wrap({ _ in StoreError.unknownFile }) { () throws(DecodingRefusal) in
            var reader = try ObjectReader(try JSON(canonical: bytes))
            return Format(
                schema: Int64(try reader.integer("schema")),
                kind: try reader.value("kind", Kind.init(rawValue:)),
                isSandbox: try reader.bool("sandbox")
            )
        }
        guard format.schema <= Self.schema else {
            throw .newerSchema(found: format.schema, known: Self.schema)
        }
        guard format.kind == kind else { throw .unknownFile }
        self.path = path
        isSandbox = format.isSandbox
        lock = try LockFile(path + "/lock")
    }

    private struct Format {
        let schema: Int64
        let kind: Kind
        let isSandbox: Bool
    }
}
