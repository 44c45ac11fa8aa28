package import Audit
import Directory
import Primitives

/// What a witness says of a tree it was asked to cosign (`exchange-api.md` 10).
package struct WitnessAnswer: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case cosigned(size: UInt64, Cosignature)
        /// To be asked again from this size, which the witness has cosigned.
        case conflict(size: UInt64)
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
        case .conflict(let size): members["conflictSize"] = .integer(Int64(size))
        case .refused(let fault): members["refusal"] = .string(fault.rawValue)
        }
        return .object(members)
    }

    init(reading reader: inout ObjectReader) throws(DecodingRefusal) {
        origin = try reader.value("origin") { TreeOrigin($0) }
        if let size = try reader.optionalCount("conflictSize") {
            outcome = .conflict(size: UInt64(size))
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
