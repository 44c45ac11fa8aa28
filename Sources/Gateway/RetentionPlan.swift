import Cryptography
package import Delivery
import Directory
import Japanese
package import Primitives
package import Storage

/// What is kept together and ends together: all sheets of one thread, or one record by itself.
package struct RetentionItem: Sendable, CustomStringConvertible {
    package enum Name: Hashable, Sendable {
        /// All messages and paper routes of it.
        case thread(ThreadID)
        /// What was refused, set apart, or ended before any content came.
        case message(MessageKey)
        case consent(RecordID)
        /// A draft with its attachments.
        case draft(RecordID)
    }

    /// Why it is kept, or not.
    package enum State: Hashable, Sendable {
        /// Nobody has said that the work is completed; `isForgotten` after long silence.
        case unfinished(isForgotten: Bool)
        /// To the end of that day.
        case kept(until: Day)
        /// Under way, or a consent that holds.
        case inUse
        case held
        /// The period has ended.
        case over(Day)
    }

    package let name: Name
    package let holdings: [Holding]
    package var ending = ThreadEnding()
    /// A consent that holds, or is of a person of whom sheets are kept.
    package var isInUse = false
    /// Of a consent, where it has an end.
    var validTo: Day?

    package var description: String { "RetentionItem" }

    /// When something last happened to it.
    package var movedAt: Timestamp { holdings.map(\.movedAt).max() ?? Timestamp(milliseconds: 0) }

    /// The day on which the work was completed: what happened later begins it anew.
    package var completedOn: Day? {
        let last = movedAt.dayInJapan
        switch name {
        case .thread: return ending.completedOn.flatMap { $0 < last ? nil : $0 }
        case .consent: return max(last, validTo ?? last)
        case .message, .draft: return last
        }
    }

    package func state(on today: Day) -> State {
        guard ending.heldSince == nil else { return .held }
        guard !isInUse, !holdings.contains(where: \.isMoving) else { return .inUse }
        guard let completedOn else {
            let isForgotten = movedAt.dayInJapan.adding(days: Self.silentDays) < today
            return .unfinished(isForgotten: isForgotten)
        }
        let end =
            if case .draft = name { completedOn.adding(days: Self.draftDays) } else {
                FiscalYear.keepUntil(completedOn: completedOn)
            }
        return end < today ? .over(end) : .kept(until: end)
    }

    /// After so many days without a word somebody is to say whether it is completed.
    private static var silentDays: Int { 400 }
    /// A draft that nobody has touched for so long is given up.
    private static var draftDays: Int { 90 }
}

/// What people have said about the end of a thread. Sealed at rest.
package struct ThreadEnding: Hashable, Sendable, CustomStringConvertible {
    package var completedOn: Day?
    package var heldSince: Timestamp?
    /// Why it is held, in the words of who holds it.
    package var reason: String?
    /// Who said so last.
    package var by: String?

    package var description: String { "ThreadEnding" }

    init() {}

    init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        var reader = try ObjectReader(try JSON(canonical: bytes))
        completedOn = try reader.optionalValue("completedOn") { Day($0) }
        heldSince = try reader.optionalValue("heldSince") { Timestamp($0) }
        reason = try reader.optionalText("reason")
        by = try reader.optionalText("by")
        try reader.finish()
    }

    var json: JSON {
        [
            "completedOn": completedOn.map { .string($0.description) },
            "heldSince": heldSince.map { .string($0.description) },
            "reason": reason.map { .string($0) }, "by": by.map { .string($0) },
        ]
    }
}

/// All that is kept of patients here, and until when.
package struct RetentionPlan: Sendable, CustomStringConvertible {
    package let items: [RetentionItem]
    package let today: Day

    package var description: String { "RetentionPlan(\(items.count))" }

    /// Those whose period has ended.
    package var ended: [RetentionItem] {
        items.filter { item in
            if case .over = item.state(on: today) { true } else { false }
        }
    }
}

/// A list of what goes, as it is shown before and kept afterwards: ids and days alone.
package struct ErasureList: Sendable, CustomStringConvertible {
    package let items: [RetentionItem]

    package init(_ items: [RetentionItem]) {
        self.items = items.sorted { $0.word.utf8.lexicographicallyPrecedes($1.word.utf8) }
    }

    package var description: String { "ErasureList(\(items.count))" }

    /// By which whoever confirms the list names it.
    package var sha256: Digest { SHA256.hash(JSON.array(json).canonicalBytes) }

    var json: [JSON] {
        items.map { item in
            [
                "item": .string(item.word),
                "completedOn": item.completedOn.map { .string($0.description) },
                "holdings": .array(item.holdings.map(\.name.word).sorted().map { .string($0) }),
            ]
        }
    }
}

extension RetentionItem {
    /// Kind and id; nothing personal.
    package var word: String {
        switch name {
        case .thread(let id): "thread/\(id)"
        case .message(let key): "message/\(key.name)"
        case .consent(let id): "consent/\(id)"
        case .draft(let id): "draft/\(id)"
        }
    }
}

extension Holding.Name {
    fileprivate var word: String {
        switch self {
        case .sent(let id): "sent/\(id)"
        case .received(let key): "received/\(key.name)"
        case .record(let kind, let id): "\(kind.rawValue)/\(id)"
        }
    }
}
