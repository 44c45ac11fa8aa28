package import Primitives

/// That the files of a place are an older copy: put there by a restore, or found out later.
///
/// The file `restored` beside the database holds it, as `{"backupAt", "restoredAt"}`. While it is
/// there a store opens for a recovery alone.
package struct RestoreMark: Hashable, Sendable {
    /// When the backup was made; nil where no restore of ours put the copy there.
    package let backupAt: Timestamp?
    /// When it was put there, or found out.
    package let restoredAt: Timestamp

    package init(backupAt: Timestamp?, restoredAt: Timestamp) {
        self.backupAt = backupAt
        self.restoredAt = restoredAt
    }

    /// `folder` is the one of the database: the exchange's own, or `orgs/<memberId>` of a gateway.
    package func write(in folder: String) throws(StoreError) {
        let json: JSON = [
            "backupAt": backupAt.map { .string($0.description) },
            "restoredAt": .string(restoredAt.description),
        ]
        try FileSystem.write(RestoreMark.path(folder), json.canonicalBytes)
    }

    /// - Throws: `unknownFile` for a file of another form.
    package static func read(in folder: String) throws(StoreError) -> RestoreMark? {
        guard let bytes = try FileSystem.read(path(folder)) else { return nil }
        return try wrap({ _ in StoreError.unknownFile }) { () throws(DecodingRefusal) in
            var reader = try ObjectReader(try JSON(canonical: bytes))
            let mark = RestoreMark(
                backupAt: try reader.optionalValue("backupAt") { Timestamp($0) },
                restoredAt: try reader.value("restoredAt") { Timestamp($0) }
            )
            try reader.finish()
            return mark
        }
    }

    static func remove(in folder: String) throws(StoreError) {
        try FileSystem.remove(path(folder))
    }

    private static func path(_ folder: String) -> String { folder + "/restored" }
}
