package import Primitives

/// The spans after which somebody is told, or a message ends; one column per urgency.
package struct PolicyClocks: Record {
    package enum Clock: String, CaseIterable, Sendable {
        /// Not accepted: the sender's own gateway tells the sender.
        case notAccepted
        /// Not delivered: the two warnings of the exchange.
        case notDeliveredFirst, notDeliveredSecond
        /// From `createdAt` to the `expiresAt` a gateway writes unless told otherwise.
        case expires
        /// Released, and no receipt: both sides are warned.
        case noReceipt
    }

    private var seconds: [Clock: [Urgency: Int]] = [
        .notAccepted: [.emergency: 60, .urgent: 900, .routine: 7200],
        .notDeliveredFirst: [.emergency: 180, .urgent: 3600, .routine: 86_400],
        .notDeliveredSecond: [.emergency: 600, .urgent: 14_400, .routine: 259_200],
        .expires: [.emergency: 86_400, .urgent: 259_200, .routine: 604_800],
        .noReceipt: [.emergency: 120, .urgent: 1800, .routine: 14_400],
    ]

    /// The default values.
    package init() {}

    package subscript(clock: Clock, urgency: Urgency) -> Duration {
        get { .seconds(seconds[clock]?[urgency] ?? 0) }
        set { seconds[clock]?[urgency] = Int(newValue.components.seconds) }
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        for clock in Clock.allCases {
            var row = try reader.object(clock.rawValue)
            for urgency in Urgency.allCases {
                seconds[clock]?[urgency] = try row.count(urgency.rawValue)
            }
            try row.finish()
        }
    }

    package var json: JSON {
        .object(
            Clock.allCases.reduce(into: JSONObject()) { object, clock in
                object[clock.rawValue] = .object(
                    Urgency.allCases.reduce(into: JSONObject()) { row, urgency in
                        row[urgency.rawValue] = .count(seconds[clock]?[urgency] ?? 0)
                    }
                )
            }
        )
    }
}

/// What the exchange allows one member.
package struct PolicyLimits: Record {
    package enum Limit: String, CaseIterable, Sendable {
        case messageBytes, batchItems, batchBytes
        case requestsPerSecond, requestsBurst, messagesPerSecond, messagesBurst, bytesPerDay
        case pairMessages, pairBytes, openChunkBytes
    }

    private var values: [Limit: Int] = [
        .messageBytes: Limits.messageBytesAllowed,
        .batchItems: Limits.batchItems,
        .batchBytes: Limits.batchBytes,
        .requestsPerSecond: 60, .requestsBurst: 200,
        .messagesPerSecond: 20, .messagesBurst: 1000,
        .bytesPerDay: 10 << 30,
        .pairMessages: 2000, .pairBytes: 512 << 20,
        .openChunkBytes: 2 << 30,
    ]

    /// The default values.
    package init() {}

    package subscript(limit: Limit) -> Int {
        get { values[limit] ?? 0 }
        set { values[limit] = newValue }
    }

    package init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        for limit in Limit.allCases { values[limit] = try reader.count(limit.rawValue) }
    }

    package var json: JSON {
        .object(
            Limit.allCases.reduce(into: JSONObject()) { object, limit in
                object[limit.rawValue] = .count(self[limit])
            }
        )
    }
}
