package import Primitives
import Storage

/// What people here are told after an older copy of the disk was put back.
package struct Restoration: Sendable, Equatable {
    /// What was written between these two times is gone, as far as nobody else has it.
    package let backupAt: Timestamp?
    package let recoveredAt: Timestamp
    /// Whether everything was asked of the exchange that it still has.
    package var isComplete = false
    /// Received sheets that came back, and those that the exchange has no longer.
    package var returned = 0
    package var lost = 0
    /// Own messages that others have and of which no copy is here.
    package var uncopied = 0

    package init(backupAt: Timestamp?, recoveredAt: Timestamp) {
        self.backupAt = backupAt
        self.recoveredAt = recoveredAt
    }

    /// How far back the exchange is asked.
    func days(until now: Timestamp) -> Int {
        guard let backupAt else { return Limits.endedDays }
        return Int(now.since(backupAt).components.seconds / 86400) + 2
    }
}

extension Restoration {
    var json: JSON {
        [
            "backupAt": backupAt.map { .string($0.description) },
            "isComplete": .bool(isComplete),
            "lost": .integer(Int64(lost)),
            "recoveredAt": .string(recoveredAt.description),
            "returned": .integer(Int64(returned)),
            "uncopied": .integer(Int64(uncopied)),
        ]
    }

    init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        var reader = try ObjectReader(try JSON(canonical: bytes))
        backupAt = try reader.optionalValue("backupAt") { Timestamp($0) }
        recoveredAt = try reader.value("recoveredAt") { Timestamp($0) }
        isComplete = try reader.bool("isComplete")
        lost = try reader.integer("lost")
        returned = try reader.integer("returned")
        uncopied = try reader.integer("uncopied")
        try reader.finish()
    }
}

extension SettingName {
    /// The last time an older copy of the disk was put back.
    static let restoration = SettingName(rawValue: "restoration")
}
