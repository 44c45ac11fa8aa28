import Audit
import Delivery
import Directory
import Primitives

// The two answers that are plain JSON. Members of a newer exchange are ignored.

extension CopyReport {
    var json: JSON {
        [
            "place": .integer(place),
            "messageId": .name(messageID),
            "to": .name(to),
            "state": .code(state),
            "acceptedAt": .time(acceptedAt),
            "statements": .array(statements.map { .hash($0) }),
        ]
    }

    init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        self.init(
            place: Int64(try reader.count("place")),
            messageID: try reader.identifier("messageId"),
            to: try reader.identifier("to"),
            state: try reader.code("state"),
            acceptedAt: try reader.time("acceptedAt"),
            statements: try reader.values("statements") { Digest(hex: $0) }
        )
    }
}

extension ExchangeStatus {
    var json: JSON {
        var sizes = JSONObject()
        for tree in TreeKind.allCases {
            sizes[tree.rawValue] = treeSizes[tree].map { .integer(Int64($0)) }
        }
        return [
            "exchange": .name(exchange),
            "versions": .texts(ExchangeStatus.versions),
            "suites": .array(suites.map { .name($0) }),
            "features": .texts([]),
            "limits": limits.json,
            "time": .time(time),
            "treeSizes": .object(sizes),
            "operatorTelephone": operatorTelephone.map { .name($0) },
        ]
    }

    init(_ json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        var sizes: [TreeKind: UInt64] = [:]
        var counted = try reader.object("treeSizes")
        for tree in TreeKind.allCases {
            sizes[tree] = try counted.optionalCount(tree.rawValue).map { UInt64($0) }
        }
        var limits = try reader.object("limits")
        self.init(
            exchange: try reader.identifier("exchange"),
            suites: try reader.values("suites") { SuiteID($0) },
            limits: try PolicyLimits(reading: &limits),
            time: try reader.time("time"),
            treeSizes: sizes,
            operatorTelephone: try reader.optionalIdentifier("operatorTelephone")
        )
    }

    private static let versions = ["v1"]
}
