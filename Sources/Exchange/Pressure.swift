import Directory
import ExchangeAPI
import Primitives

/// How much room the disk of the store has.
package struct DiskRoom: Hashable, Sendable {
    package let freeBytes: Int64
    package let totalBytes: Int64

    package init(freeBytes: Int64, totalBytes: Int64) {
        self.freeBytes = freeBytes
        self.totalBytes = totalBytes
    }

    /// More than anybody needs.
    package static let ample = DiskRoom(freeBytes: .max, totalBytes: .max)

    /// A disk is short of room where both the share and the bytes that are free are below those of
    /// the level: a tenth of a large disk is still much.
    var level: DiskLevel {
        DiskLevel.allCases.first { level in
            guard let (percent, bytes) = level.bound else { return true }
            return freeBytes < bytes && freeBytes < totalBytes / 100 * percent
        } ?? .ample
    }
}

/// What a disk still has room for.
enum DiskLevel: CaseIterable, Comparable, Sendable {
    /// For what leads messages to their end: fetches, statements, withdrawals.
    case endingsOnly
    /// Also for new messages, but no routine ones.
    case noRoutine
    /// For everything; the operator is told.
    case low
    case ample

    /// Below how many percent and bytes.
    fileprivate var bound: (percent: Int64, bytes: Int64)? {
        let gibibyte: Int64 = 1 << 30
        return switch self {
        case .endingsOnly: (5, gibibyte)
        case .noRoutine: (10, 2 * gibibyte)
        case .low: (15, 4 * gibibyte)
        case .ample: nil
        }
    }
}

/// The disk has become too full for something.
struct DiskAlarm: Explained {
    let level: DiskLevel

    var code: String { "diskLow" }
    var isTemporary: Bool { true }
    var summary: String {
        switch level {
        case .endingsOnly: "The disk is full: no new message is taken in."
        case .noRoutine: "The disk is nearly full: no routine message is taken in."
        case .low, .ample: "The disk is filling up."
        }
    }
    var advice: String { "Make room on the disk of the data folder, or give it a larger one." }
}

/// Which new messages are taken in while the disk is short of room or the writer is behind. What
/// ends a message always is: it empties the store. Source: `exchange-api.md` 13.
struct Pressure: Sendable {
    /// Messages that are being settled.
    private(set) var waiting = 0

    mutating func add(_ messages: Int) { waiting += messages }

    func admit(_ urgency: Urgency, _ room: DiskRoom) throws(Refusal) {
        switch room.level {
        case .endingsOnly: throw Refusal(.storageFull, retryAfterSeconds: 60)
        case .noRoutine:
            guard urgency != .routine else { throw Refusal(.storageFull, retryAfterSeconds: 60) }
        case .low, .ample: break
        }
        guard waiting <= Self.mostWaiting(urgency) else {
            throw Refusal(.exchangeBusy, retryAfterSeconds: 2)
        }
    }

    /// A batch has 100: what is above is many members at once.
    private static func mostWaiting(_ urgency: Urgency) -> Int {
        switch urgency {
        case .routine: 2000
        case .urgent: 3000
        case .emergency: 4000
        }
    }
}
