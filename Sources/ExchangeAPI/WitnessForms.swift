package import Audit
import Directory
import Primitives

/// What a witness says of a tree it was asked to cosign (`exchange-api.md` 10).
package struct WitnessAnswer: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case cosigned(size: UInt64, Cosignature)
        /// To be asked again from this size, which the witness has cosigned. The exchange shows a
        /// member the head of its log that it has seen last: whoever has signed more than is here
        /// works on an older copy.
        case conflict(size: UInt64, seen: Checkpoint? = nil)
        case refused(WitnessFault)
    }

    package let origin: TreeOrigin
    package let outcome: Outcome

    package var isRefusal: Bool { if case .refused = outcome { true } else { false } }

    package init(_ origin: TreeOrigin, _ outcome: Outcome) {
        self.origin = origin
        self.outcome = outcome
    }
}

extension WitnessAnswer {
    var json: JSON {
        var members: JSONObject = ["origin": .string(origin.text)]
        switch outcome {
        case .cosigned(let size, let cosignature):
            members["size"] = .integer(Int64(size))
            members["cosignature"] = .string(cosignature.line)
        case .conflict(let size, let seen):
            members["conflictSize"] = .integer(Int64(size))
            members["seen"] = seen.map { .string(String(decoding: $0.note, as: UTF8.self)) }
        case .refused(let fault): members["refusal"] = .string(fault.rawValue)
        }
        return .object(members)
    }

    init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        origin = try reader.value("origin") { TreeOrigin($0) }
        if let size = try reader.optionalCount("conflictSize") {
            let seen = try reader.optionalValue("seen") { Checkpoint(text: $0) }
            outcome = .conflict(size: UInt64(size), seen: seen)
        } else if let fault = try reader.optionalValue("refusal", WitnessFault.init(rawValue:)) {
            outcome = .refused(fault)
        } else {
            let size = UInt64(try reader.count("size"))
            let line = try reader.value("cosignature") { text -> Cosignature? in
                do throws(AuditRefusal) { return try Cosignature(reading: text) } catch {
                    return nil
                }
            }
            outcome = .cosigned(size: size, line)
        }
        try reader.finish()
    }
}

/// The body of `add-checkpoint` as text, in the answer of `witness/requests`.
extension WitnessRequest {
    init?(text: String) {
        do throws(AuditRefusal) { self = try WitnessRequest(reading: text.bytes) } catch {
            return nil
        }
    }

    var json: JSON {
        [
            "origin": .string(checkpoint.origin.text),
            "oldSize": .integer(Int64(oldSize)),
            "body": .string(String(decoding: bytes, as: UTF8.self)),
        ]
    }
}

extension Checkpoint {
    fileprivate init?(text: String) {
        do throws(AuditRefusal) { self = try Checkpoint(reading: text.bytes) } catch { return nil }
    }
}
